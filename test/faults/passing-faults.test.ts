// Faults that pass: whatever fails once, or for a while, leaves nothing that lasts.
import { once } from 'node:events';
import { spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Sqlite } from '../../lib/store/database/sqlite.ts';
import { isAlive, payload, TrackerHome } from '../processes/tracker-home.ts';
import { until } from '../support/until.ts';
import { buildFailingCall, failingEnv, startFailingCourier } from './failing-call.ts';
import type { FailingCall } from './failing-call.ts';

/** What a checkpoint says: frames in the WAL, and how many of them are in the file. */
interface WalState {
  readonly busy: number;
  readonly log: number;
  readonly checkpointed: number;
}

const folder = mkdtempSync(join(tmpdir(), 'failing-call-'));
const library = buildFailingCall(folder);
afterAll(() => rmSync(folder, { recursive: true }));

let home: TrackerHome;
let healed: string;
let courier: ChildProcess | undefined;
beforeEach(() => {
  home = new TrackerHome('courier: { idle_exit_seconds: 1 }\n');
  healed = join(home.folder, 'healed');
  courier = undefined;
});
afterEach(async () => {
  if (courier?.pid !== undefined && courier.exitCode === null) courier.kill('SIGKILL');
  await home.remove();
});

function spoolEvents(from: number, to: number): void {
  for (let n = from; n < to; n++) {
    const fields = { hook_event_name: 'PostToolUse', tool_name: 'Write', tool_use_id: `t${n}` };
    const content = { file_path: `/p/f${n}.ts`, content: `export const value${n} = ${n};\n` };
    home.spool(`${n}.settings`, payload({ ...fields, tool_input: content, tool_response: {} }));
  }
}

const ended = async () => {
  if (!courier) throw new Error('no courier was started');
  const [code] = courier.exitCode === null ? await once(courier, 'exit') : [courier.exitCode];
  return code as number | null;
};
const stored = () => home.value('SELECT count(*) FROM events');
const duplicates = () => home.value("SELECT value FROM counters WHERE name = 'duplicates'");
const start = (fault: FailingCall) => {
  courier = startFailingCourier(home, library ?? '', fault);
};

/** Each site of the courier at which a call on our files can fail before an event is stored. */
const SITES: readonly Pick<FailingCall, 'path' | 'call'>[] = [
  { path: 'spool/new/', call: 'open' },
  { path: 'spool/new/', call: 'read' },
  { path: 'spool/new', call: 'opendir' },
  { path: 'spool/tmp', call: 'mkdir' },
  { path: 'data/drops', call: 'open' },
  { path: 'spool/max-files', call: 'open' },
  { path: 'courier.lock', call: 'open' },
  { path: 'courier.pid', call: 'open' },
  { path: 'tracker.log', call: 'open' },
  { path: 'config.yaml', call: 'open' },
  { path: 'tracker.db', call: 'open' },
  { path: 'tracker.db', call: 'write' },
];

describe.skipIf(library === undefined)('a call of the courier that fails once', () => {
  // `npm run test:faults` tries each error at each call.
  const errors = ['EIO', 'ENOSPC', 'EMFILE'] as const;
  const cases = SITES.map((site, at) => ({ ...site, error: errors[at % 3] ?? 'EIO' }));
  it.each(cases)('leaves nothing that lasts: $call of $path with $error', async (fault) => {
    spoolEvents(0, 6);
    if (fault.call === 'mkdir') rmSync(home.paths.spoolTmp, { recursive: true });
    start(fault);
    expect(await ended()).toBe(0);
    expect([stored(), home.waiting, home.quarantined]).toEqual([6, [], []]);
    expect(duplicates() ?? 0).toBe(0);
  });
});

describe.skipIf(library === undefined)('a call of a hook that fails once', () => {
  const HOOKS = {
    sh: [resolve('hooks/capture.sh')],
    node: [process.execPath, resolve('dist/hooks/stop.cjs')],
  };
  it.each([
    ['sh', 'open', 'EIO'],
    ['sh', 'open', 'EMFILE'],
    ['node', 'open', 'EIO'],
    ['node', 'open', 'EMFILE'],
    ['node', 'rename', 'EIO'],
  ] as const)('loses no event: front %s, %s with %s', (front, call, error) => {
    home.spool('first.settings', ''); // so that the folders are there
    rmSync(join(home.paths.spoolNew, 'first.settings'));
    const [program = '', ...args] = HOOKS[front];
    const env = { ...home.env, ...failingEnv(library ?? '', { path: 'spool/', call, error }) };
    const input = payload({ hook_event_name: 'Stop' });
    const run = spawnSync(program, args, { env, input, encoding: 'utf8' });
    expect([run.status, run.stdout, run.stderr]).toEqual([0, '', '']);
    expect(home.drops).toBe('');
    const kept = home.waiting.map((name) => readFileSync(join(home.paths.spoolNew, name), 'utf8'));
    if (kept.length > 0) expect(kept).toEqual([input]); // else a courier has it already
  });
});

describe.skipIf(library === undefined)('a call of the courier that fails for a while', () => {
  it('to read events: they wait, it says so, and takes them when it can', async () => {
    spoolEvents(0, 6);
    start({ path: 'spool/new/', call: 'read', error: 'EIO', times: -1, until: healed });
    await expect.poll(() => home.courierState?.status).toBe('degraded');
    expect(home.courierState).toMatchObject({
      reason: expect.stringMatching(/^6 spool files cannot be read or moved: EIO/),
      degradedAt: expect.any(Number),
    });
    expect([home.waiting.length, home.quarantined]).toEqual([6, []]);
    writeFileSync(healed, '');
    expect(await ended()).toBe(0);
    expect([stored(), home.waiting, home.quarantined]).toEqual([6, [], []]);
  });

  it('to remove stored files: it goes on, takes none twice, and removes them when it can', async () => {
    home.configure('courier: { idle_exit_seconds: 600 }\n');
    spoolEvents(0, 6);
    start({ path: 'spool/new/', call: 'unlink', error: 'EPERM', times: -1, until: healed });
    await expect.poll(stored).toBe(6);
    spoolEvents(6, 9);
    await expect.poll(stored).toBe(9);
    await expect
      .poll(() => home.courierState?.reason)
      .toMatch(/^9 stored spool files cannot be removed: EPERM/);
    expect(home.courierState?.status).toBe('idle');
    writeFileSync(healed, '');
    await home.settled();
    await expect.poll(() => home.courierState?.reason).toBeNull();
    expect([stored(), duplicates() ?? 0]).toEqual([9, 0]);
    courier?.kill('SIGTERM');
    expect(await ended()).toBe(0);
  });

  it('to remove its pid file: it leaves all the same, and lets go of everything', async () => {
    spoolEvents(0, 1);
    start({ path: 'courier.pid', call: 'unlink', error: 'EROFS', times: -1 });
    expect(await ended()).toBe(0);
    expect([stored(), home.waiting, home.courierState?.status]).toEqual([1, [], 'stopped']);
    home.capture(payload({ hook_event_name: 'Stop' })); // starts another one
    await expect.poll(stored).toBe(2);
  });

  it('to read the database: it is not taken for corrupt', async () => {
    spoolEvents(0, 6);
    await home.runCourier();
    spoolEvents(6, 12);
    start({ path: 'tracker.db', call: 'read', error: 'EIO', at: 6, times: -1, until: healed });
    await expect.poll(() => home.courierState?.status).toBe('degraded');
    writeFileSync(healed, '');
    expect(await ended()).toBe(0);
    expect([stored(), home.waiting, home.quarantined]).toEqual([12, [], []]);
  });

  it.each([6, 8, 12])(
    'no longer than once, when it reads the database for the %ith time: it is not taken for corrupt',
    async (at) => {
      spoolEvents(0, 6);
      await home.runCourier();
      spoolEvents(6, 12);
      start({ path: 'tracker.db', call: 'read', error: 'EIO', at });
      expect(await ended()).toBe(0);
      expect([stored(), home.waiting, home.quarantined]).toEqual([12, [], []]);
    },
  );

  it('to set bad files aside: the others are taken', async () => {
    home.spool('bad.settings', 'not json at all');
    home.configure('courier: { idle_exit_seconds: 1 }\nspool: { partial_seconds: 0 }\n');
    spoolEvents(0, 3);
    start({ path: 'bad.settings', call: 'rename', error: 'EIO', times: 2 });
    expect(await ended()).toBe(0);
    expect([stored(), home.waiting, home.quarantined]).toEqual([3, [], ['bad.settings.not-json']]);
  });
});

describe('a database that is locked for longer than the courier would idle', () => {
  it('keeps the courier there while files wait; it heals by itself', async () => {
    spoolEvents(0, 1);
    await home.runCourier();
    const other = new Sqlite(home.paths.database);
    other.exec('BEGIN EXCLUSIVE');
    spoolEvents(1, 5);
    const running = home.runCourier();
    const lasts = () => Date.now() - (home.courierState?.degradedAt ?? Infinity);
    await expect.poll(lasts).toBeGreaterThan(3_000); // three times its idle exit
    expect([home.waiting.length, home.courierPid !== undefined]).toEqual([4, true]);
    other.exec('ROLLBACK');
    other.close();
    expect(await running).toBe(0);
    expect([stored(), home.waiting, home.quarantined]).toEqual([5, [], []]);
  });
});

describe('a database that somebody damages under a living courier', () => {
  beforeEach(() => home.configure('courier: { idle_exit_seconds: 600 }\n'));

  it.each<[string, () => void]>([
    ['is cut to nothing', () => truncateSync(home.paths.database, 0)],
    ['is cut', () => truncateSync(home.paths.database, 8_192)],
    ['loses its header', () => overwrite(Buffer.alloc(4_096, 0x55))],
    [
      'loses a table',
      () => {
        const database = new Sqlite(home.paths.database);
        database.exec('DROP TABLE tool_calls');
        database.close();
      },
    ],
  ])('and that %s is noticed: events wait, and none is set aside', async (_, damage) => {
    spoolEvents(0, 50);
    const running = home.runCourier();
    await expect.poll(stored).toBe(50);
    await home.settled();
    await checkpoint();
    damage();
    spoolEvents(50, 100);
    await expect.poll(() => home.courierState?.status).toBe('degraded');
    expect([home.waiting.length, home.quarantined]).toEqual([50, []]);
    // Another part of the courier may have met with it first, and says less.
    await expect
      .poll(() => home.courierState?.hint)
      .toMatch(/it is set aside|pattern-tracker repair/);
    const pid = home.courierPid;
    await home.stop();
    await running;
    expect(pid !== undefined && isAlive(pid)).toBe(false);
    expect(home.waiting).toHaveLength(50);
  });

  it('and that it is cut before a courier starts is given time, too: it takes them once the file is back', async () => {
    home.configure('courier: { idle_exit_seconds: 0.1 }\n');
    spoolEvents(0, 50);
    await home.runCourier();
    const whole = readFileSync(home.paths.database);
    truncateSync(home.paths.database, 8_192);
    spoolEvents(50, 100);
    const running = home.runCourier();
    await expect.poll(() => home.courierState?.status).toBe('degraded');
    expect(home.courierState?.reason).toMatch(/it was cut to 8192 of/);
    writeFileSync(home.paths.database, whole);
    expect(await running).toBe(0);
    expect([stored(), home.quarantined]).toEqual([100, []]);
  });

  it('and that its WAL has the rest of is whole: a process was killed while it brought pages from there', async () => {
    spoolEvents(0, 200);
    const running = home.runCourier();
    await expect.poll(stored).toBe(200);
    await home.settled();
    const header = Buffer.alloc(4);
    header.writeUInt32BE(Number(home.value('PRAGMA page_count')) + 100); // as if only page 1 had been brought
    const file = openSync(home.paths.database, 'r+');
    writeSync(file, header, 0, 4, 28);
    closeSync(file);
    spoolEvents(200, 250);
    await home.settled();
    await home.stop();
    await running;
    expect([stored(), home.quarantined]).toEqual([250, []]);
    expect(readdirSync(home.paths.data).filter((name) => name.includes('corrupt'))).toEqual([]);
  });

  it('and that its WAL is removed loses nothing, also if the courier is killed', async () => {
    spoolEvents(0, 50);
    const running = home.runCourier();
    await expect.poll(stored).toBe(50);
    await home.settled();
    for (const suffix of ['-wal', '-shm']) rmSync(home.paths.database + suffix);
    spoolEvents(50, 100);
    await home.settled();
    await home.stop('SIGKILL');
    await running;
    expect([stored(), home.quarantined]).toEqual([100, []]);
    expect(home.value('PRAGMA integrity_check')).toBe('ok');
  });

  /** Brings all of the WAL into the file: what the file lacks is then lost. A reader may keep a part of it back. */
  async function checkpoint(): Promise<void> {
    const database = new Sqlite(home.paths.database);
    await until(() => {
      const [row] = database.pragma('wal_checkpoint(PASSIVE)') as WalState[];
      return row?.busy === 0 && row.log === row.checkpointed;
    }, 'the file has all of the WAL');
    database.close();
  }

  /** Writes over the beginning of the file, as `dd conv=notrunc` does. */
  function overwrite(bytes: Buffer): void {
    const whole = readFileSync(home.paths.database);
    bytes.copy(whole);
    writeFileSync(home.paths.database, whole, { flag: 'r+' });
  }
});
