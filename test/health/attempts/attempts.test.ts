import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countAttempt } from '../../../lib/capture/attempt.ts';
import type { AttemptKind } from '../../../lib/capture/attempt.ts';
import { listTranscripts } from '../../../lib/claude-code/transcript-list.ts';
import { allAttempts } from '../../../lib/health/attempts/all-attempts.ts';
import { attemptReasons, attemptTexts } from '../../../lib/health/attempts/attempt-text.ts';
import { forgetAttempts, readAttempts } from '../../../lib/health/attempts/attempts.ts';
import { readProjectSettings } from '../../../lib/health/attempts/project-settings.ts';

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'attempts-')));
  mkdirSync(join(project(), '.claude'), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const project = () => join(folder, 'its 100% project');
const tried = () => join(folder, 'tried');
const settings = (value: object, name = 'settings.json') =>
  writeFileSync(join(project(), '.claude', name), JSON.stringify(value));
const count = (kind: AttemptKind, path = project()) =>
  countAttempt(tried(), kind, { CLAUDE_PROJECT_DIR: path });

describe('what hooks have counted', () => {
  it('is read for each project, the last first', () => {
    for (const kind of ['h', 'h', 'd'] as const) count(kind);
    count('d', '/elsewhere');
    utimesSync(join(tried(), '%2Felsewhere'), 1, 1);
    expect(readAttempts(tried())).toMatchObject([
      { project: project(), redirected: 2, switchedOff: 1, isGone: false },
      { project: '/elsewhere', redirected: 0, switchedOff: 1, isGone: true, lastAt: 1000 },
    ]);
    forgetAttempts(tried());
    expect(readAttempts(tried())).toEqual([]);
  });

  it('is nothing where nothing was counted, or something else lies there', () => {
    expect(readAttempts(tried())).toEqual([]);
    mkdirSync(join(tried(), 'folder'), { recursive: true });
    symlinkSync('/dev/zero', join(tried(), 'zero'));
    expect(readAttempts(tried())).toEqual([]);
  });

  it('names the file that sets the variable, the project and the time', () => {
    count('h');
    count('d');
    settings({ env: { PATTERN_TRACKER_HOME: '/x', PATTERN_TRACKER_DISABLED: '1' } });
    const reasons = readAttempts(tried()).flatMap(attemptReasons);
    const file = join(project(), '.claude', 'settings.json');
    expect(reasons).toEqual([
      expect.stringMatching(
        /^PATTERN_TRACKER_HOME was set .*not obeyed: .*1 hook, the last \d{4}-/,
      ),
      expect.stringMatching(/^PATTERN_TRACKER_DISABLED=1 switched .*1 event, the last \d{4}-/),
    ]);
    for (const reason of reasons) expect(reason).toContain(`${project()}, `);
    for (const reason of reasons) expect(reason).toContain(`; it is set in ${file}.`);
  });

  it("tells the user's own wish from a project's", () => {
    count('d');
    const { notices, facts, isCounted } = attemptTexts(readAttempts(tried()));
    expect([notices, isCounted]).toEqual([[], true]);
    expect(facts).toEqual([expect.stringContaining('do not set it now, so it was you')]);
  });

  it('takes nobody for the one who switched off when the project is gone', () => {
    count('d', join(folder, 'removed'));
    expect(attemptTexts(readAttempts(tried())).notices).toEqual([
      expect.stringContaining('by whom is not known'),
    ]);
  });

  it('says how many projects it leaves out', () => {
    for (let n = 0; n < 8; n++) count('h', `/p${n}`);
    expect(attemptTexts(readAttempts(tried()))).toMatchObject({ more: 3 });
  });
});

describe("a project's settings", () => {
  const NOTHING = {
    hooksDisabledIn: null,
    switchedOffIn: null,
    redirectedIn: null,
    hooksFailIn: null,
    unreadIn: null,
    variables: [],
  };

  it('are read from both files', () => {
    settings({ env: { PATH: 'bin', EDITOR: 'vi', PATTERN_TRACKER_DISABLED: 1 } });
    settings({ disableAllHooks: true, env: { LD_PRELOAD: 'x', PATH: 'b' } }, 'settings.local.json');
    const file = (name: string) => join(project(), '.claude', name);
    expect(readProjectSettings(project())).toEqual({
      hooksDisabledIn: file('settings.local.json'),
      switchedOffIn: file('settings.json'),
      redirectedIn: null,
      hooksFailIn: null,
      unreadIn: null,
      variables: ['LD_PRELOAD', 'PATH', 'PATTERN_TRACKER_DISABLED'],
    });
  });

  it.each<[string, (file: string) => void]>([
    ['a FIFO', (file) => execFileSync('mkfifo', [file])],
    ['a link to a device that never ends', (file) => symlinkSync('/dev/zero', file)],
    ['a folder', (file) => mkdirSync(file)],
    ['brackets without end', (file) => writeFileSync(file, '['.repeat(60_000))],
    ['no object', (file) => writeFileSync(file, 'null')],
    ['an odd env', (file) => writeFileSync(file, '{"env":["PATH"],"disableAllHooks":"true"}')],
  ])('say nothing when the file is %s', (_, make) => {
    make(join(project(), '.claude', 'settings.json'));
    expect(readProjectSettings(project())).toEqual(NOTHING);
  });

  it('are known to be unread when they are too large, and read when they are only padded', () => {
    const file = join(project(), '.claude', 'settings.json');
    writeFileSync(file, `${' '.repeat(500_000)}{"disableAllHooks":true}`);
    expect(readProjectSettings(project())).toEqual({ ...NOTHING, hooksDisabledIn: file });
    truncateSync(file, 3e9);
    expect(readProjectSettings(project())).toEqual({ ...NOTHING, unreadIn: file });
    count('d');
    expect(attemptTexts(readAttempts(tried())).notices).toEqual([
      expect.stringContaining(`${file} is too large to read, so by whom is not known`),
    ]);
  });

  it('are looked for in the folders above, up to the root of the repository', () => {
    settings({ disableAllHooks: true });
    const below = join(project(), 'a', 'b');
    mkdirSync(below, { recursive: true });
    expect(readProjectSettings(below).hooksDisabledIn).toContain('settings.json');
    mkdirSync(join(project(), 'a', '.git'));
    expect(readProjectSettings(below)).toEqual(NOTHING);
  });

  it('say nothing for a relative path, which would be looked for here', () => {
    expect(readProjectSettings('.')).toEqual(NOTHING);
  });
});

describe('sessions of which nothing is recorded', () => {
  const ID = '0f6a1c1e-1111-4222-8333-444444444444';
  const transcript = (cwd: string, at: number, id = ID) => {
    const file = join(folder, 'claude', 'projects', '-p', `${id}.jsonl`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `{"type":"user","cwd":${JSON.stringify(cwd)}}\n{"half":`);
    utimesSync(file, at / 1000, at / 1000);
  };
  const found = ({ known = [] as string[], firstAt = 0, oldestAt = null as number | null } = {}) =>
    allAttempts({
      tried: tried(),
      transcripts: listTranscripts(join(folder, 'claude')),
      spool: { oldestAt },
      work: { known: new Set(known), firstAt, roots: [] },
    });

  it('are counted where the settings switch the hooks off', () => {
    settings({ disableAllHooks: true });
    transcript(project(), 5000);
    transcript(project(), 7000, ID.replace('0f', '1f'));
    expect(found()).toMatchObject([
      { project: project(), unrecordedSessions: 2, switchedOff: 0, lastAt: 7000 },
    ]);
    expect(found().flatMap(attemptReasons)).toEqual([
      expect.stringContaining(
        `"disableAllHooks" is true in ${join(project(), '.claude', 'settings.json')}`,
      ),
    ]);
  });

  it.each(['OPTIND', 'SHELLOPTS'])('are counted where the settings set %s', (name) => {
    settings({ env: { [name]: 'noexec' } });
    transcript(project(), 5000);
    expect(found().flatMap(attemptReasons)).toEqual([
      expect.stringContaining('a variable that makes hooks fail is set in'),
    ]);
  });

  it('are found by the beginning of a transcript whose last record is long, or names another folder', () => {
    settings({ disableAllHooks: true });
    transcript(project(), 5000);
    const file = join(folder, 'claude', 'projects', '-p', `${ID}.jsonl`);
    writeFileSync(file, JSON.stringify({ cwd: project(), text: 'x'.repeat(200_000) }));
    expect(found()).toMatchObject([{ project: project(), unrecordedSessions: 1 }]);
    writeFileSync(file, `${JSON.stringify({ cwd: project() })}\n{"cwd":"/elsewhere"}\n`);
    expect(found()).toMatchObject([{ project: project(), unrecordedSessions: 1 }]);
  });

  it('are not those that are recorded, wait in the spool, are older, or of other projects', () => {
    transcript(project(), 5000);
    expect(found()).toEqual([]); // nothing says why
    settings({ disableAllHooks: true });
    expect(found({ known: [ID] })).toEqual([]);
    expect(found({ firstAt: 6000 })).toEqual([]);
    expect(found({ oldestAt: 4000 })).toEqual([]);
    expect(found({ oldestAt: 6000 })).toHaveLength(1);
  });

  it('are looked for in transcripts of sessions only', () => {
    transcript(project(), 5000, 'agent-1234');
    expect(listTranscripts(join(folder, 'claude'))).toEqual([]);
    expect(listTranscripts(join(folder, 'nowhere'))).toEqual([]);
    expect(existsSync(tried())).toBe(false);
  });

  it('stand beside what the settings of known projects set', () => {
    settings({ env: { LD_PRELOAD: './x.so' } });
    const work = { known: new Set<string>(), firstAt: 0, roots: [project(), '/other'] };
    const attempts = allAttempts({
      tried: tried(),
      transcripts: [],
      spool: { oldestAt: null },
      work,
    });
    expect(attempts).toMatchObject([{ project: project(), lastAt: null }]);
    expect(attemptTexts(attempts)).toMatchObject({
      notices: [],
      facts: [expect.stringContaining('sets LD_PRELOAD')],
      isCounted: false,
    });
  });
});
