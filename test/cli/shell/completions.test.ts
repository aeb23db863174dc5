import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localTime } from '../../../lib/base/time-text.ts';
import { openDatabase } from '../../../lib/store/database/database.ts';
import { COMMANDS } from '../../../lib/cli/command-list.ts';

const root = mkdtempSync(join(tmpdir(), 'completions-'));
const cli = resolve('dist/cli.cjs');
const env = {
  HOME: root,
  PATH: `${join(root, 'bin')}:${process.env['PATH'] ?? ''}`,
  TERM: 'dumb',
  LC_ALL: 'C.UTF-8',
};

function script(...args: string[]): string {
  return execFileSync(process.execPath, [cli, ...args], { env, encoding: 'utf8' });
}

beforeAll(() => {
  mkdirSync(join(root, 'bin'));
  writeFileSync(
    join(root, 'bin', 'pattern-tracker'),
    `#!/bin/sh\nexec '${process.execPath}' '${cli}' "$@"\n`,
    { mode: 0o755 },
  );
  mkdirSync(join(root, 'work', 'inner'), { recursive: true });
  writeFileSync(join(root, 'work', 'copy.db'), '');
  for (const [shell, name] of [
    ['bash', 'script.bash'],
    ['zsh', '_pattern-tracker'],
    ['fish', 'script.fish'],
  ] as const) {
    writeFileSync(join(root, name), script('completions', shell));
  }
  writeFileSync(join(root, 'page.1'), script('man'));
  const data = join(root, '.claude', 'hooks', 'pattern-tracker', 'data');
  mkdirSync(data, { recursive: true });
  const database = openDatabase(join(data, 'tracker.db'));
  database.exec(
    `INSERT INTO sessions (id, started_at, last_event_at) VALUES ('5e551011-aaaa', 1000, 1000);
     INSERT INTO patterns (id, name, code, language, lines, origin, generation, lineage_id,
       occurrences, first_seen_at, last_seen_at)
     VALUES ('0123456789abcdef', 'a.ts', 'const a = 1;', 'typescript', 1, 'created', 1,
       '0123456789abcdef', 1, 1000, 1000);
     INSERT INTO occurrences (event_id, ordinal, pattern_id, action, session_id, tool_name,
       file_path, language, at)
     VALUES ('e', 0, '0123456789abcdef', 'created', '5e551011-aaaa', 'Write', '/p/a.ts',
       'typescript', 1000);`,
  );
  database.close();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** What each shell offers for a line that ends where the cursor is, without descriptions. */
const offered: Readonly<Record<string, (line: string) => string[]>> = {
  bash: (line) => {
    const words = line
      .split(' ')
      .flatMap((word) => word.split(/(=)/))
      .filter((word, at, all) => word !== '' || at === all.length - 1);
    const array = words.map((word) => `'${word}'`).join(' ');
    return run('bash', [
      '--norc',
      '-c',
      `. "$HOME/script.bash"; COMP_WORDS=(${array}); COMP_CWORD=${words.length - 1}; _pattern_tracker; printf '%s\\n' "\${COMPREPLY[@]}"`,
    ]);
  },
  zsh: (line) => run('zsh', ['-f', resolve('test/cli/shell/capture.zsh'), root, line]),
  fish: (line) =>
    run('fish', ['--no-config', '-c', `source $HOME/script.fish; complete -C '${line}'`]),
};

function run(shell: string, args: string[]): string[] {
  const { stdout } = spawnSync(shell, args, { env, cwd: join(root, 'work'), encoding: 'utf8' });
  const matches = stdout
    .split('\n')
    .map((match) => (match.split('\t', 1)[0] ?? '').trim().replace(/[=/]$/, ''))
    .filter(Boolean);
  return [...new Set(matches)].toSorted();
}

function isMissing(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0;
}

describe.each(Object.keys(offered))('in %s', (shell) => {
  const complete = (line: string) => offered[shell]?.(`pattern-tracker ${line}`) ?? [];

  it.skipIf(isMissing(shell))('every command is offered, and one by its beginning', () => {
    expect(complete('')).toEqual(expect.arrayContaining(Object.keys(COMMANDS)));
    expect(complete('pat')).toEqual(['patterns']);
  });

  it.skipIf(isMissing(shell)).each([
    ['patterns --so', ['--sort']],
    ['install --no-l', ['--no-link']],
    ['patterns --sort ', ['recent', 'used']],
    ['patterns --sort=u', [expect.stringMatching(/^(?:--sort=)?used$/)]],
    ['outbox --sink ', ['http', 'otlp']],
    ['outbox --format cl', ['cloudevents']],
    ['outbox re', ['retry']],
    ['config --origin ba', ['backup']],
    ['help tok', ['token']],
    ['show 0', ['0123456789abcdef']],
    ['tail --session 5', ['5e551011-aaaa']],
    ['verify co', ['copy.db']],
    ['patterns --project in', ['inner']],
  ])('%s is completed', (line, matches) => {
    expect(complete(line)).toEqual(matches);
  });

  it.skipIf(isMissing(shell))('nothing is offered where nothing is known', () => {
    expect(complete('patterns --limit ')).toEqual([]);
    expect(complete('patterns wor')).toEqual([]);
  });
});

describe('the man page', () => {
  it('names every command', () => {
    const page = script('man');
    for (const name of Object.keys(COMMANDS)) {
      expect(page).toContain(`.B ${name.replaceAll('-', String.raw`\-`)} `);
    }
  });

  it.skipIf(isMissing('mandoc'))('has no fault that mandoc knows', () => {
    expect(
      spawnSync('mandoc', ['-T', 'lint', join(root, 'page.1')], { encoding: 'utf8' }),
    ).toMatchObject({
      status: 0,
      stdout: '',
      stderr: '',
    });
  });

  it.skipIf(isMissing('man'))('is shown by man without a warning', () => {
    const { stdout, stderr } = spawnSync('man', ['--warnings', '-l', join(root, 'page.1')], {
      env: { ...env, MANWIDTH: '80', MANPAGER: 'cat' },
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(stdout).toContain('pattern-tracker tool-calls --outcome failed');
  });
});

describe('completions', () => {
  it('offer nothing but what can be typed', () => {
    const all = script('completions', 'bash');
    const lists = [...all.matchAll(/options='([^']*)'/g)].map(([, words = '']) => words.split(' '));
    expect(lists.length).toBeGreaterThan(20);
    expect(lists.flat().filter((word) => !/^--[a-z][a-z-]*=?$/.test(word))).toEqual([]);
  });

  it('prints ids for the scripts, and JSON on request', () => {
    expect(script('completions', 'patterns')).toBe('0123456789abcdef\ta.ts: const a = 1;\n');
    expect(JSON.parse(script('completions', 'sessions', '--json'))).toEqual([
      { id: '5e551011-aaaa', meaning: localTime(0).slice(0, 16) },
    ]);
    expect(JSON.parse(script('completions', 'fish', '--json'))).toHaveProperty('script');
  });
});
