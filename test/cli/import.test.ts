import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { trackerPaths } from '../../lib/base/paths.ts';
import type { TrackerPaths } from '../../lib/base/paths.ts';
import type { CliEnvironment } from '../../lib/cli/environment.ts';
import { main } from '../../lib/cli/main.ts';
import { MAX_LINE_BYTES } from '../../lib/transcript/claude-code/transcript-lines.ts';
import { openDatabase } from '../../lib/store/database/database.ts';
import {
  FORK,
  REAL_TRANSCRIPTS,
  Records,
  SESSION,
  TranscriptFolder,
} from '../transcript/sample-transcript.ts';
import { testEnvironment } from './test-environment.ts';

let folder: string;
let paths: TrackerPaths;
let projects: TranscriptFolder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'import-'));
  paths = trackerPaths(join(folder, '.claude', 'hooks', 'pattern-tracker'));
  projects = new TranscriptFolder();
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  projects.remove();
});

const NOW = Date.UTC(2026, 10, 28);

async function run(argv: readonly string[], overrides: Partial<CliEnvironment> = {}) {
  const { cli, written } = testEnvironment({ folder, paths }, { now: () => NOW, ...overrides });
  const exitCode = await main([...argv], cli);
  return { exitCode, ...written, json: () => JSON.parse(written.out) as never };
}

/** Puts a session where Claude Code keeps it. */
function keep(...records: readonly object[]): void {
  const path = join(folder, '.claude', 'projects', '-home-dev-project', `${SESSION}.jsonl`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
}

function session(): object[] {
  const make = new Records();
  const write = { file_path: '/home/dev/project/a.ts', content: 'export const a = 1;\n' };
  return [
    make.prompt('write a'),
    make.calls([['t1', 'Write', write]]),
    make.result('t1', {
      type: 'create',
      filePath: write.file_path,
      content: write.content,
      structuredPatch: [],
    }),
    make.done(),
  ];
}

function value(sql: string): unknown {
  const database = openDatabase(paths.database);
  try {
    return database.prepare(sql).pluck().get();
  } finally {
    database.close();
  }
}

describe('import', () => {
  it("records what the transcripts of all projects in Claude Code's folder tell", async () => {
    keep(...session());
    const { exitCode, out } = await run(['import']);
    expect(exitCode).toBe(0);
    expect(out).toMatch(
      /^Recorded 4 events from 1 file \(.* kB\) of 1 session\.\n1 of 1 tool call: recorded\.\n$/,
    );
    expect(value('SELECT count(*) FROM patterns')).toBe(1);
  });

  it('says what would come, and writes nothing', async () => {
    keep(...session());
    expect((await run(['import', '--dry-run'])).out).toMatch(/^Would record 4 events from 1 file/);
    expect((await run(['import', '--dry-run', '--json'])).json()).toMatchObject({
      events: 4,
      recorded: 4,
      is_dry: true,
    });
    expect((await run(['reconcile', '--dry-run', '--json'])).json()).toMatchObject([
      { transcript: 1, tracked: 0, missing: 1 },
    ]);
    expect(existsSync(paths.home)).toBe(false);
    await run(['import']);
    const before = readFileSync(paths.database);
    await run(['import', '--dry-run', join(REAL_TRANSCRIPTS, 'bash')]);
    expect(readFileSync(paths.database).equals(before)).toBe(true);
  });

  it('says what a real run will say, however many batches it takes and however often a fork repeats it', async () => {
    const make = new Records();
    const records = Array.from({ length: 700 }, (_, n) => [
      make.calls([[`t${n}`, 'Bash', { command: 'true' }]]),
      make.result(`t${n}`, {}),
    ]).flat();
    projects.write(`-p/${SESSION}.jsonl`, ...records);
    projects.write(`-p/${FORK}.jsonl`, ...records);
    const dry = (await run(['import', '--json', '--dry-run', projects.path])).json() as Record<
      string,
      number
    >;
    const real = (await run(['import', '--json', projects.path])).json() as Record<string, number>;
    for (const sums of [dry, real]) {
      expect(sums).toMatchObject({ events: 2800, recorded: 1400, duplicates: 1400 });
    }
  });

  it('follows a link that a person names', async () => {
    const link = join(folder, 'link');
    symlinkSync(projects.write(`-p/${SESSION}.jsonl`, ...session()), link);
    expect((await run(['import', '--json', link])).json()).toMatchObject({ files: 1, recorded: 4 });
  });

  it('says of a record that is too long that it was not read whole, and knows its call all the same', async () => {
    const make = new Records();
    const write = { file_path: '/home/dev/project/a.ts', content: 'x'.repeat(MAX_LINE_BYTES) };
    keep(...session(), make.calls([['t2', 'Write', write]]));
    const first = await run(['import', '--json']);
    expect(first).toMatchObject({ exitCode: 1 });
    expect(first.err).toContain('a record of 33.6 MB was not read whole');
    expect(first.json()).toMatchObject({ calls: 2, missing: 0, unreadable: 1 });
    expect(value('SELECT count(*) FROM patterns')).toBe(1); // none of a part
    expect((await run(['import'])).err).toContain('not read whole');
    expect((await run(['reconcile', '--json'])).json()).toMatchObject([{ is_whole: false }]);
  });

  it('tells the same figures again the second time, with nothing new', async () => {
    const path = join(REAL_TRANSCRIPTS, 'subagents');
    const first = (await run(['import', '--json', path])).json() as Record<string, number>;
    expect(first).toMatchObject({
      files: 6,
      sessions: 1,
      recorded: first['events'],
      duplicates: 0,
      calls: 21,
      missing: 0,
    });
    const second = (await run(['import', '--json', path])).json();
    expect(second).toMatchObject({
      files: 6,
      sessions: 1,
      recorded: 0,
      duplicates: first['events'],
      events: first['events'],
    });
  });

  it('takes several files and folders, each once', async () => {
    const edits = join(REAL_TRANSCRIPTS, 'edits', 'projects');
    const file = projects.write(`${SESSION}.jsonl`, ...session());
    const { json } = await run(['import', '--json', edits, projects.path, file]);
    expect(json()).toMatchObject({ files: 2, sessions: 2 });
  });

  it('ends when it is interrupted, and goes on the next time', async () => {
    keep(...session());
    const interruption = () => AbortSignal.abort();
    const interrupted = await run(['import'], { interruption });
    expect([interrupted.exitCode, interrupted.out]).toEqual([
      1,
      expect.stringContaining('run it again'),
    ]);
    expect((await run(['import', '--json'])).json()).toMatchObject({ recorded: 4 });
  });

  it('closes calls of sessions that ended long ago, as the courier does', async () => {
    const make = new Records();
    keep(make.calls([['t1', 'Bash', { command: 'sleep 9' }]]));
    await run(['import']);
    expect(value('SELECT outcome FROM tool_calls')).toBe('interrupted');
  });

  it('refuses a path where nothing is, and says where there are no transcripts', async () => {
    expect(await run(['import', 'nowhere'])).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('nothing at'),
    });
    expect(await run(['import'])).toMatchObject({
      exitCode: 0,
      out: 'There are no transcripts.\n',
    });
  });

  it('reads none, like reconcile, if the configuration says so', async () => {
    keep(...session());
    mkdirSync(dirname(paths.configFile), { recursive: true });
    writeFileSync(paths.configFile, 'transcripts: off\n');
    for (const command of ['import', 'reconcile']) {
      const { exitCode, err } = await run([command]);
      expect([exitCode, err]).toEqual([1, expect.stringContaining('transcripts is off')]);
    }
  });
});

describe('reconcile', () => {
  it('proves that all is recorded, and adds what was not', async () => {
    keep(...session());
    const dry = await run(['reconcile', '--json', '--dry-run']);
    expect(dry.json()).toMatchObject([
      { session_id: SESSION, transcript: 1, tracked: 0, missing: 1, recovered: 0 },
    ]);
    expect(dry.exitCode).toBe(1);
    const { exitCode, json } = await run(['reconcile', '--json']);
    expect(json()).toEqual([
      {
        session_id: SESSION,
        transcript: 1,
        tracked: 1,
        missing: 0,
        extra: 0,
        recovered: 1,
        disagreeing: 0,
        rewritten: 0,
        reasons: { recording_off: 1 },
        is_whole: true,
        at: '2026-11-28T00:00:00.000Z',
      },
    ]);
    expect(exitCode).toBe(0);
    const { out } = await run(['reconcile']);
    expect(out).toContain('1 of 1 call of 1 session.');
    expect(out).toContain('recording was switched off');
    expect((await run(['status'])).out).toMatch(/Proof {7}1 of 1 call of 1 session/);
    expect((await run(['status', '--json'])).json()).toMatchObject({
      proof: { sessions: 1, calls: 1, tracked: 1, recovered: 1, at: '2026-11-28T00:00:00.000Z' },
    });
  });

  it('looks at the sessions that are chosen', async () => {
    keep(...session());
    await run(['import']);
    for (const args of [
      ['--session', SESSION.slice(0, 6)],
      ['--project', 'project'],
      ['--project', '/home/dev/project'],
    ]) {
      expect((await run(['reconcile', '--json', ...args])).json()).toHaveLength(1);
    }
    expect((await run(['reconcile', '--session', 'ffff'])).exitCode).toBe(1);
    expect((await run(['reconcile', '--project', 'other'])).exitCode).toBe(1);
    const future = { now: () => Date.now() + 30 * 86_400_000 };
    expect((await run(['reconcile', '--json', '--since', '2d'], future)).json()).toEqual([]);
  });
});
