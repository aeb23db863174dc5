import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { trackerPaths } from '../../../lib/base/paths.ts';
import type { TrackerPaths } from '../../../lib/base/paths.ts';
import { countAttempt } from '../../../lib/capture/attempt.ts';
import { openDatabase } from '../../../lib/store/database/database.ts';

/** An installation with the bundle in it. */
function installed(): { paths: TrackerPaths; bundle: string } {
  const home = mkdtempSync(join(tmpdir(), 'statusline-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const paths = trackerPaths(home);
  mkdirSync(paths.spoolNew, { recursive: true });
  mkdirSync(join(home, 'dist'));
  copyFileSync('dist/statusline.cjs', join(home, 'dist', 'statusline.cjs'));
  symlinkSync(resolve('node_modules'), join(home, 'node_modules'));
  return { paths, bundle: join(home, 'dist', 'statusline.cjs') };
}

function record(paths: TrackerPaths, more = ''): void {
  const database = openDatabase(paths.database);
  database.exec(
    `INSERT INTO sessions (id, started_at, last_event_at) VALUES ('s1', 1000, 1000);
     INSERT INTO occurrences (event_id, ordinal, pattern_id, action, session_id, tool_name,
       file_path, language, at)
     VALUES ('e', 0, 'p1', 'created', 's1', 'Write', '/a', 'ts', 1),
       ('e', 1, 'p2', 'created', 's1', 'Write', '/a', 'ts', 1),
       ('f', 0, 'p2', 'applied', 's1', 'Write', '/b', 'ts', 2);${more}`,
  );
  database.close();
}

const INPUT = `${JSON.stringify({ session_id: 's1', model: { display_name: 'Opus' } })}\n`;

function show(
  bundle: string,
  {
    input = INPUT,
    args = [],
    env = { NO_COLOR: '1' },
  }: { input?: string; args?: string[]; env?: Record<string, string> } = {},
): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bundle, ...args], {
    input,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

describe('the status line', () => {
  it('counts the different patterns of the session, and is green', () => {
    const { paths, bundle } = installed();
    record(paths);
    expect(show(bundle, { env: {} })).toBe('\u001b[32m●\u001b[39m tracker · 2 patterns\n');
    expect(show(bundle)).toBe('● tracker · 2 patterns\n');
  });

  it('is yellow for a session that is not recorded, and while the database is missing', () => {
    const { paths, bundle } = installed();
    expect(show(bundle)).toBe('▲ tracker · This session is not recorded\n');
    record(paths);
    expect(show(bundle, { input: '{"session_id":"other"}', env: {} })).toContain('\u001b[33m▲');
  });

  it.skipIf(process.platform === 'win32')('waits for no file that TZ names', () => {
    const { paths, bundle } = installed();
    record(paths);
    const fifo = join(paths.home, 'fifo');
    execFileSync('mkfifo', [fifo]);
    countAttempt(paths.tried, 'h', { CLAUDE_PROJECT_DIR: '/p' }); // whose local time is shown
    expect(show(bundle, { env: { NO_COLOR: '1', TZ: `:${fifo}` } })).toContain('▲ tracker');
  });

  it('is red while the database is damaged', () => {
    const { paths, bundle } = installed();
    writeFileSync(paths.database, 'not a database, but long enough to have a header. '.repeat(100));
    const line = '✖ tracker · The database is damaged: run `pattern-tracker repair`\n';
    expect(show(bundle)).toBe(line);
    expect(show(bundle, { env: {} })).toContain('\u001b[31m✖');
  });

  it('does not wait for a lock', () => {
    const { paths, bundle } = installed();
    record(paths);
    const database = openDatabase(paths.database);
    database.pragma('locking_mode = EXCLUSIVE');
    database.exec('BEGIN EXCLUSIVE');
    try {
      expect(show(bundle)).toMatch(/^[▲●] tracker/);
    } finally {
      database.close();
    }
  });

  it('shows what waits in the spool, what waits to be sent, and the worst fault', () => {
    const { paths, bundle } = installed();
    const row = (id: number, dead: string) =>
      `(${id}, 'http', 'e${id}', 'created', 'p', 'l', '{}', 1, ${dead})`;
    record(
      paths,
      `INSERT INTO outbox (id, sink, event_id, event_type, pattern_id, lineage_id, body, created_at,
         dead_at) VALUES ${row(1, 'NULL')}, ${row(2, 'NULL')}, ${row(3, '5')};`,
    );
    writeFileSync(join(paths.spoolNew, 'a'), '{}');
    expect(show(bundle)).toBe(
      '▲ tracker · 2 patterns · 1 waiting · 2 to send · Events were refused: 1\n',
    );
    writeFileSync(paths.spoolFull, '');
    expect(show(bundle)).toContain('The spool is full: events are dropped (and 1 more)');
  });

  it('says that recording is switched off', () => {
    const { paths, bundle } = installed();
    record(paths);
    const env = { NO_COLOR: '1', PATTERN_TRACKER_DISABLED: '1' };
    expect(show(bundle, { env })).toContain('✖ tracker');
  });

  it.each([
    ['nothing', ''],
    ['no JSON', 'hello'],
    ['half a document', '{"session_id":'],
    ['another type', '[1]'],
    ['a session that is no text', '{"session_id":7}'],
    ['a megabyte', JSON.stringify({ session_id: 's1', text: 'x'.repeat(3_000_000) })],
  ])('takes %s as input', (_, input) => {
    const { paths, bundle } = installed();
    record(paths);
    expect(show(bundle, { input })).toBe('● tracker\n');
  });

  it('takes a socket as input, and does not wait for its end', async () => {
    const { paths, bundle } = installed();
    record(paths);
    const env = { PATH: process.env['PATH'] ?? '', NO_COLOR: '1' };
    const child = spawn(process.execPath, [bundle], { env, stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin.write(INPUT.slice(0, 9));
    setTimeout(() => child.stdin.write(INPUT.slice(9)), 50); // in two parts
    const [shown, code] = await Promise.all([
      child.stdout.setEncoding('utf8').toArray(),
      new Promise((done) => child.on('exit', done)),
    ]);
    expect([shown.join(''), code]).toEqual(['● tracker · 2 patterns\n', 0]);
  });

  it('does not wait for the end of its input', async () => {
    const { paths, bundle } = installed();
    record(paths);
    for (const [input, line] of [
      [INPUT, '● tracker · 2 patterns\n'],
      ['', '● tracker\n'],
    ] as const) {
      // A pipe of the shell, whose writing end stays open.
      const child = spawn(
        'sh',
        ['-c', '(printf %s "$INPUT"; exec sleep 600) | "$@"', 'sh', process.execPath, bundle],
        {
          env: { PATH: process.env['PATH'] ?? '', NO_COLOR: '1', INPUT: input },
          stdio: ['ignore', 'pipe', 'inherit'],
          detached: true,
        },
      );
      const shown = await new Promise<string>((done) => {
        let text = '';
        child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
          if (text.endsWith('\n')) done(text); // the shell itself waits for `sleep`
        });
      });
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      expect(shown).toBe(line);
    }
  });
});

describe('a former status line', () => {
  it('comes first and gets the same input', () => {
    const { paths, bundle } = installed();
    record(paths);
    expect(show(bundle, { args: ['cat; printf "[me]"'] })).toBe(
      `${INPUT}[me] · ● tracker · 2 patterns\n`,
    );
  });

  it.each([
    ['fails', 'echo no; exit 3'],
    ['does not exist', '/nowhere/at/all'],
    ['prints nothing', 'true'],
    ['never ends', 'echo early; sleep 600'],
    ['never stops printing', 'yes'],
  ])('that %s does not hide ours', (_, former) => {
    const { paths, bundle } = installed();
    record(paths);
    expect(show(bundle, { args: [former] })).toBe('● tracker · 2 patterns\n');
  });

  it('is not waited for because of what it left running', () => {
    const { paths, bundle } = installed();
    record(paths);
    expect(show(bundle, { args: ['sleep 600 & echo mine'] })).toBe(
      'mine · ● tracker · 2 patterns\n',
    );
  });

  it('has ours below it where both do not fit', () => {
    const { paths, bundle } = installed();
    record(paths);
    const env = { NO_COLOR: '1', COLUMNS: '30' };
    expect(show(bundle, { env, args: ['echo a long line of somebody'] })).toBe(
      'a long line of somebody\n● tracker · 2 patterns\n',
    );
  });
});
