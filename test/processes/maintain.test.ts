// `maintain`, of the built program, on an installation that is at work.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDatabase } from '../../lib/store/database/database.ts';
import { until } from '../support/until.ts';
import { OperatedHome } from './operated-home.ts';

let home: OperatedHome;
beforeEach(() => {
  home = new OperatedHome();
});
afterEach(() => home.remove());

const DAY_MS = 86_400_000;

async function maintain(args: string) {
  const { exitCode, out } = await home.command(`maintain ${args} --json`);
  const report = JSON.parse(out) as {
    ok: boolean;
    is_dry: boolean;
    steps: { id: string; status: string; detail: string }[];
  };
  return {
    exitCode,
    report,
    status: Object.fromEntries(report.steps.map(({ id, status }) => [id, status])),
    detail: Object.fromEntries(report.steps.map(({ id, detail }) => [id, detail])),
  };
}

const backups = () => {
  const folder = join(dirname(home.paths.database), 'backups');
  return existsSync(folder) ? readdirSync(folder) : [];
};

/** Makes something for each step to do. */
async function fill(): Promise<void> {
  await home.write('export const one = 1;\n');
  await home.stop();
  const database = openDatabase(home.paths.database);
  const old = Date.now() - 40 * DAY_MS;
  database.exec(`
    UPDATE events SET received_at = ${old};
    INSERT INTO cache_entries (key, value, stored_at, used) VALUES ('old', '{}', 1, 1);
    INSERT INTO metrics (scope, name, value) VALUES ('http', 'delivered', 7), ('http', 'requests', 3);`);
  database.close();
  mkdirSync(home.paths.logs, { recursive: true });
  writeFileSync(
    home.paths.logFile,
    `{"level":"info","time":"2020-01-01T00:00:00.000Z","msg":"long ago"}\n`,
  );
  home.configure('retention: { raw_events_days: 30 }\n');
}

it('says what it would do, and does nothing', async () => {
  await fill();
  const before = readFileSync(home.paths.database);
  const { exitCode, report, status } = await maintain('--dry-run');
  expect([exitCode, report.is_dry, Object.keys(status)]).toEqual([
    0,
    true,
    'integrity backup restore rotation retention cache metrics optimise logs drift'.split(' '),
  ]);
  expect(readFileSync(home.paths.database)).toEqual(before);
  expect(backups()).toEqual([]);
  expect(existsSync(`${home.paths.logFile}.1`)).toBe(false);
});

it.each(['--weekly', '--monthly'])('does each step of %s, and says what it did', async (list) => {
  await fill();
  const { exitCode, report, status, detail } = await maintain(list);
  expect([exitCode, report.ok, new Set(Object.values(status))]).toEqual([0, true, new Set(['ok'])]);
  expect(backups()).toHaveLength(1);
  expect(detail['restore']).toMatch(/^[\d,]+ rows of \d+ tables restored and removed$/);
  expect(detail['cache']).toBe('1 old answer removed');
  expect(detail['metrics']).toBe('http: 7 of 7 events delivered; noted in the log, and reset');
  expect(home.value('SELECT count(*) FROM cache_entries')).toBe(0);
  expect(home.value(`SELECT count(*) FROM metrics WHERE scope = 'http'`)).toBe(0);
  expect(readFileSync(`${home.paths.logFile}.1`, 'utf8')).toContain('long ago');
  expect(readFileSync(home.paths.logFile, 'utf8')).toContain('"successful_requests":7');
  expect(readdirSync(home.paths.configBackups)).toHaveLength(1);
  expect(readdirSync(home.paths.data).filter((name) => name.includes('.next-'))).toEqual([]);
  expect((await home.check('--weekly')).status).toMatchObject({ backup: 'ok', drift: 'ok' });
});

it('keeps as many backups as it is told', async () => {
  await home.write('export const one = 1;\n');
  for (let n = 0; n < 3; n++) await home.command('backup');
  expect((await maintain('--keep 2')).detail['rotation']).toBe('2 backups kept, 2 removed');
  expect(backups()).toHaveLength(2);
  expect((await home.command('maintain --keep 0')).exitCode).toBe(2);
});

it('removes nothing when the database is damaged', async () => {
  await fill();
  await home.command('backup');
  truncateSync(home.paths.database, 20_000);
  const { exitCode, status } = await maintain('--keep 1');
  expect(exitCode).toBe(1);
  expect(status).toMatchObject({
    integrity: 'fail',
    backup: 'warn',
    retention: 'warn',
    logs: 'ok',
  });
  expect(backups()).toHaveLength(1);
});

it('loses nothing that hooks capture meanwhile', async () => {
  await home.write('export const one = 1;\n');
  let isDone = false;
  const maintenance = maintain('--monthly').finally(() => (isDone = true));
  let calls = 1;
  while (!isDone) {
    const event = {
      hook_event_name: 'PostToolUse',
      tool_name: 'Read',
      tool_use_id: `toolu_${calls}`,
    };
    home.capture(
      JSON.stringify({
        session_id: 's',
        ...event,
        tool_input: { file_path: '/a' },
        tool_response: {},
      }),
    );
    calls += 1;
    await new Promise((done) => setTimeout(done, 20)); // Claude works while it is maintained
  }
  expect((await maintenance).exitCode).toBe(0);
  await until(
    () => home.value('SELECT count(*) FROM tool_calls') === calls,
    'all that was captured is recorded',
  );
  expect(calls).toBeGreaterThan(2);
});
