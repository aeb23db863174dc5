// `check`, of the built program, on an installation in which the fault is really there.
import { existsSync, mkdirSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../lib/store/database/database.ts';
import { SLOT_MS } from '../../lib/store/database/schema-parts/statistics-schema.ts';
import { ServiceProcess } from '../support/service-process.ts';
import { until } from '../support/until.ts';
import { OperatedHome } from './operated-home.ts';

let home: OperatedHome;
const ends: (() => unknown)[] = [];
beforeEach(() => {
  home = new OperatedHome();
});
afterEach(async () => {
  await home.remove();
  for (const end of ends.splice(0)) await end();
});

/** What these find depends on how busy the machine of the test is, on which a service may answer late. */
const TIMED: ReadonlySet<string> = new Set(['api', 'slow', 'performance']);

/** An installation that delivers to a service on this machine, and that is backed up. */
async function deliver(): Promise<ServiceProcess> {
  const service = new ServiceProcess(join(home.folder, 'service.db'));
  ends.push(() => service.remove());
  await service.start();
  home.configure(
    `api: { base_url: '${service.url}' }\npattern_tracking: { timeout: 60 }\nresilience: { circuit_breaker: { failure_threshold: 2 }, retry: { base_delay: 0.05 } }\n`,
  );
  await home.write('export const one = 1;\n');
  await until(() => home.value('SELECT count(*) FROM outbox') === 0, 'all is delivered');
  await home.stop();
  for (const command of ['backup', 'config backup']) {
    expect((await home.command(command)).exitCode).toBe(0);
  }
  return service;
}

/** A server whose health is answered as `answer` says. */
async function answering(answer: (reply: (status: number, body: object) => void) => void) {
  const server: Server = createServer((_, response) => {
    answer((status, body) => {
      response.statusCode = status;
      response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  ends.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const WELL = { status: 'healthy', components: { lineage_tracker: 'operational' } };
const log = (entries: readonly object[]) => {
  mkdirSync(home.paths.logs, { recursive: true });
  writeFileSync(home.paths.logFile, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
};

describe('an installation in order', () => {
  it('passes every check of the day, and prints just these keys', async () => {
    await deliver();
    const { exitCode, report, status } = await home.check();
    expect(exitCode).toBe(0);
    expect(Object.keys(report)).toEqual(['ok', 'checks']);
    expect(report.ok).toBe(true);
    for (const check of report.checks)
      expect(Object.keys(check)).toEqual(['id', 'status', 'detail']);
    expect(report.checks.filter(({ id, status: of }) => of !== 'ok' && !TIMED.has(id))).toEqual([]);
    expect(Object.keys(status)).toEqual(
      'health recording native_module courier serve store sinks api success_rate breaker slow backlog drops quarantine log_errors disk certificates tokens completeness backup config drift alerts'.split(
        ' ',
      ),
    );
  });

  it('passes the lists of the evening, the week and the month', async () => {
    await deliver();
    for (const list of ['--evening', '--weekly', '--monthly']) {
      const { report } = await home.check(list);
      const failed = report.checks.filter(({ status }) => status === 'fail').map(({ id }) => id);
      // The tests lay the program out without the installer, which notes what it has put there.
      const known = list === '--monthly' ? ['program'] : [];
      expect([list, failed.filter((id) => !TIMED.has(id))]).toEqual([list, known]);
      expect(report.ok).toBe(failed.length === 0);
      const ids = report.checks.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
    }
  });

  it('is one screen of marks', async () => {
    const { out } = await home.command('check');
    expect(out).toMatch(/^✓ {2}Health {9}healthy$/m);
    expect(out.split('\n').length).toBeLessThan(40);
  });

  it('refuses two lists', async () => {
    const { exitCode, err } = await home.command('check --weekly --monthly');
    expect([exitCode, err]).toEqual([2, expect.stringContaining('are two lists')]);
  });
});

describe('a fault that is really there', () => {
  it('is a service that was killed', async () => {
    const service = await deliver();
    await service.stop('SIGKILL');
    const { exitCode, status, detail } = await home.check();
    expect(exitCode).toBe(1);
    expect(status).toMatchObject({ serve: 'fail', api: 'fail', sinks: 'fail', store: 'ok' });
    expect(detail['serve']).toContain(service.url);
  });

  it('is a server that is late, or does not answer in time', async () => {
    const late = await answering((reply) => setTimeout(() => reply(200, WELL), 1_100));
    home.configure(`api: { base_url: '${late}' }\n`);
    const slow = await home.check();
    expect(slow.status).toMatchObject({ api: 'warn', serve: 'ok' });
    expect(slow.detail['api']).toMatch(/^the server is well, after \d/);

    const silent = await answering(() => {});
    home.configure(`api: { base_url: '${silent}' }\npattern_tracking: { timeout: 0.2 }\n`);
    expect((await home.check()).status).toMatchObject({ api: 'fail', serve: 'fail' });
  });

  it('is a server that is not well', async () => {
    const sick = await answering((reply) => reply(503, { detail: 'database_unavailable' }));
    home.configure(`api: { base_url: '${sick}' }\n`);
    const { exitCode, status, detail } = await home.check();
    expect([exitCode, status['api'], status['serve']]).toEqual([1, 'fail', 'ok']);
    expect(detail['api']).toContain('database_unavailable');
  });

  it('is a breaker that has tripped, and a trip that is over', async () => {
    await deliver();
    await home.command('breaker trip --reason drill');
    const open = await home.check();
    expect(open.exitCode).toBe(1);
    expect(open.status).toMatchObject({ breaker: 'fail', sinks: 'fail', health: 'warn' });
    expect(open.detail['breaker']).toContain('server open: drill; 1 trip since yesterday');
    await home.command('breaker reset');
    const over = await home.check();
    expect([over.exitCode, over.status['breaker']]).toEqual([0, 'warn']);
  });

  it('is an outage that leaves less than 95 % delivered', async () => {
    const service = await deliver();
    await service.stop('SIGKILL');
    await home.write('export const two = 2;\n');
    await until(
      () => home.value('SELECT count(*) FROM outbox WHERE attempts > 0') === 1,
      'delivery has failed',
    );
    const { status, detail } = await home.check('--evening');
    expect(status['success_rate']).toBe('fail');
    expect(detail['success_rate']).toMatch(/^50\.0 % of 2 events/);
    expect(detail['backlog']).toMatch(/1 event for the server/);
  });

  it('is a request that took more than 5 seconds', async () => {
    await home.write('export const one = 1;\n');
    await home.stop();
    const database = openDatabase(home.paths.database);
    const slow = database.prepare<[number]>(
      `INSERT INTO delivery_totals (slot, scope, name, value) VALUES (?, 'http', 'latency_le_10000', 2)`,
    );
    const slot = Math.floor(Date.now() / SLOT_MS);
    slow.run(slot - 200); // more than two days ago, which is no news
    expect((await home.check()).status['slow']).toBe('ok');
    slow.run(slot);
    database.close();
    const { status, detail } = await home.check();
    expect([status['slow'], detail['slow']]).toEqual([
      'warn',
      expect.stringMatching(/^2 requests of/),
    ]);
  });

  it('is a database that was cut', async () => {
    await deliver();
    truncateSync(home.paths.database, 5_000);
    const { exitCode, report, status } = await home.check();
    expect([exitCode, report.ok]).toEqual([1, false]);
    expect(status).toMatchObject({ store: 'fail', health: 'fail', backup: 'ok' });
    expect(status['completeness']).not.toBe('ok');
    expect(status['tokens']).not.toBe('ok');
  });

  it('is a backup that is missing, damaged or elsewhere', async () => {
    await home.write('export const one = 1;\n');
    await home.stop();
    const none = await home.check();
    expect([none.exitCode, none.status['backup']]).toEqual([0, 'ok']); // the database is new
    const database = openDatabase(home.paths.database);
    database.exec("UPDATE meta SET value = 0 WHERE key = 'redactions_counted_since'");
    database.close();
    const late = await home.check();
    expect([late.exitCode, late.status['backup']]).toEqual([1, 'fail']);

    const elsewhere = join(home.folder, 'elsewhere');
    mkdirSync(elsewhere);
    await home.command(`backup ${elsewhere}`);
    const noted = await home.check();
    expect([noted.status['backup'], noted.detail['backup']]).toEqual([
      'ok',
      expect.stringContaining(elsewhere),
    ]);

    const { out } = await home.command('backup --json');
    const { path } = JSON.parse(out) as { path: string };
    expect(existsSync(path)).toBe(true);
    expect((await home.check()).status['backup']).toBe('ok');
    truncateSync(path, 5_000);
    const cut = await home.check();
    expect([cut.exitCode, cut.status['backup']]).toEqual([1, 'fail']);
  });

  it('is a configuration that has drifted from its backup', async () => {
    home.configure('pattern_tracking: { timeout: 5 }\n');
    expect((await home.check()).detail['drift']).toBe('never backed up');
    await home.command('config backup');
    expect((await home.check()).status['drift']).toBe('ok');
    home.configure('pattern_tracking: { timeout: 15 }\n');
    const { status, detail } = await home.check('--weekly');
    expect([status['drift'], detail['drift']]).toEqual([
      'warn',
      expect.stringMatching(/^1 key changed since .*: pattern_tracking\.timeout$/),
    ]);
  });

  it('is what the log says since yesterday, grouped', async () => {
    const time = new Date().toISOString();
    const error = { level: 'error', time, msg: 'The spool cannot be bounded' };
    log([
      { ...error, time: '2020-01-01T00:00:00.000Z', msg: 'long ago' },
      error,
      { ...error, msg: '❌ [PatternTracker] API unavailable', reason: 'refused' },
      { level: 'info', time, msg: 'all is well' },
      error,
    ]);
    const { status, detail } = await home.check();
    expect([status['log_errors'], detail['log_errors']]).toEqual([
      'warn',
      '2 × The spool cannot be bounded, 1 × ❌ [PatternTracker] API unavailable',
    ]);
  });

  it('is a call that was not recorded', async () => {
    await home.write('export const one = 1;\n');
    await home.stop();
    const database = openDatabase(home.paths.database);
    database
      .prepare(
        `INSERT INTO transcript_proofs (session_id, at, bytes, is_whole, attempts, events, calls, tracked, extra, disagreeing, rewritten, recovered, reasons)
         VALUES ('session-1', ?, 1, 1, 0, 2, 2, 1, 0, 0, 0, 0, '{}')`,
      )
      .run(Date.now());
    database.close();
    const { status, detail } = await home.check();
    expect([status['completeness'], detail['completeness']]).toEqual([
      'warn',
      expect.stringMatching(/^1 of 2 calls of 1 session/),
    ]);
  });

  it('is events that wait for a courier that does not come', async () => {
    home.spool('1.settings', '{}');
    utimesSync(join(home.paths.spoolNew, '1.settings'), 1_700_000_000, 1_700_000_000);
    const { exitCode, status } = await home.check();
    expect([exitCode, status['courier'], status['backlog']]).toEqual([1, 'fail', 'warn']);
  });
});

describe('a token', () => {
  const claims = (exp: number) => Buffer.from(JSON.stringify({ exp })).toString('base64url');

  it.each<[string, string, string, RegExp]>([
    ['is past', `e30.${claims(1_700_000_000)}.x`, 'fail', /has expired on 2023-11-14/],
    ['has years left', `e30.${claims(4_102_444_800)}.x`, 'ok', /is valid for \d+ d/],
    ['tells nothing', 'opaque', 'warn', /not known, because only the server can tell/],
  ])('that %s is judged by what it says', async (_, token, expected, text) => {
    home.configure(`api: { base_url: 'http://127.0.0.1:9', token: '${token}' }\n`);
    const { status, detail } = await home.check();
    expect([status['tokens'], detail['tokens']]).toEqual([expected, expect.stringMatching(text)]);
  });
});

it('a token that tells nothing is judged with what the last attempt came to', async () => {
  const refusing = await answering((reply) => reply(401, { detail: 'unknown token' }));
  home.configure(`api: { base_url: '${refusing}', token: 'opaque' }\n`);
  await home.write('export const one = 1;\n');
  await home.command('flush');
  const { status, detail } = await home.check();
  expect([status['tokens'], detail['tokens']]).toEqual([
    'warn',
    expect.stringMatching(/because only the server can tell, and the last attempt failed \(.*401/),
  ]);
});

describe('health --watch', () => {
  it('counts failures, and says how long answers took', async () => {
    let asked = 0;
    const flapping = await answering((reply) => {
      asked += 1;
      if (asked % 2 === 1) reply(200, WELL);
      else reply(500, { detail: 'oops' });
    });
    home.configure(`api: { base_url: '${flapping}' }\n`);
    const { exitCode, out } = await home.command('health --watch 4 --every 0 --json');
    const shown = JSON.parse(out) as Record<string, unknown>;
    expect([exitCode, shown['attempts'], shown['failures'], asked]).toEqual([1, 4, 2, 4]);
    for (const key of ['min_ms', 'p50_ms', 'p95_ms'])
      expect(shown[key]).toEqual(expect.any(Number));
    expect(shown['answers']).toHaveLength(4);
    expect((await home.command('health --watch 2 --every 0')).out).toMatch(
      /^✓ 1 .*\n✗ 2 .*oops\n\n.*: 2 attempts, 1 failure; min /s,
    );
  });

  it('says that no answer came', async () => {
    home.configure(`api: { base_url: 'http://127.0.0.1:9' }\n`);
    const { exitCode, out } = await home.command('health --watch 1 --json');
    expect(exitCode).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ failures: 1, min_ms: null, p95_ms: null });
    home.configure('');
    expect((await home.command('health --watch 1')).err).toContain('no server is configured');
    expect((await home.command('health --watch zero')).exitCode).toBe(2);
  });
});
