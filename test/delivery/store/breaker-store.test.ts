import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { acquire, CLOSED, release, report } from '../../../lib/delivery/breaker/breaker.ts';
import type {
  BreakerPolicy,
  CallResult,
  Permit,
  Transition,
} from '../../../lib/delivery/breaker/breaker.ts';
import { BreakerStore } from '../../../lib/delivery/store/breaker-store.ts';
import { openDatabase } from '../../../lib/store/database/database.ts';
import { openTestDatabase } from '../../support/test-database.ts';
import type { Database } from '../../../lib/store/database/database.ts';
import type { BreakerDeed, BreakerTask } from './breaker-process.ts';

const POLICY: BreakerPolicy = {
  failureThreshold: 3,
  recoveryTimeoutMs: 50,
  halfOpenAttempts: 3,
  permitMs: 200,
  slowCallMs: 1_000,
  slowCallRate: 0.5,
  minimumCalls: 5,
  windowCalls: 10,
};
const T0 = 1_000_000;
const OK: CallResult = { ok: true, latencyMs: 5 };
const FAILED: CallResult = { ok: false, latencyMs: 5, reason: '503' };
const PROCESSES = 8;

/** Where the script of the processes lies, bundled once: each by itself would take seconds to compile it. */
const bundled = mkdtempSync(join(tmpdir(), 'breaker-process-'));
const script = join(bundled, 'breaker-process.mjs');
beforeAll(async () => {
  symlinkSync(resolve('node_modules'), join(bundled, 'node_modules'));
  await build({
    entryPoints: ['test/delivery/store/breaker-process.ts'],
    outfile: script,
    bundle: true,
    platform: 'node',
    format: 'esm',
  });
});
afterAll(() => rmSync(bundled, { recursive: true, force: true }));

let folder: string;
let path: string;
let database: Database;
let now: number;
let ids = 0;
const children: Child[] = [];

beforeEach(() => {
  now = T0;
  folder = mkdtempSync(join(tmpdir(), 'breaker-'));
  path = join(folder, 'tracker.db');
  database = openTestDatabase(path);
});
afterEach(async () => {
  for (const child of children.splice(0)) await child.kill();
  database.close();
  rmSync(folder, { recursive: true, force: true });
});

const storeOf = (sink = 'http', on = database) =>
  new BreakerStore(on, sink, {
    policy: POLICY,
    clock: () => now,
    newId: () => `p${(ids += 1)}`,
  });

function permitOf(store: BreakerStore): Permit {
  const { permit } = store.acquire();
  if (!permit) throw new Error('the circuit lets no call through');
  return permit;
}

function call(store: BreakerStore, ...results: CallResult[]): (Transition | null)[] {
  return results.map((result) => store.report(permitOf(store), result));
}

const writes = () => database.prepare('SELECT total_changes()').pluck().get();

/** A process that shares the breaker. */
class Child {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;
  readonly #ended: Promise<unknown>;

  constructor(task: Partial<BreakerTask>) {
    const whole = { path, policy: POLICY, now, seed: 1, job: 'mix', times: 40, ...task };
    this.#process = spawn(process.execPath, [script, JSON.stringify(whole)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
    this.#ended = once(this.#process, 'exit');
    children.push(this);
  }

  async line(): Promise<string | undefined> {
    const { value, done } = await this.#lines.next();
    return done ? undefined : value;
  }

  goOn(): void {
    this.#process.stdin.write('\n');
  }

  async exitCode(): Promise<number | null> {
    await this.#ended;
    return this.#process.exitCode;
  }

  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#ended;
  }
}

/** Starts eight processes, and lets them begin together. */
async function eight(task: Partial<BreakerTask>): Promise<Child[]> {
  const started = Array.from({ length: PROCESSES }, (_, seed) => new Child({ ...task, seed }));
  for (const child of started) expect(await child.line()).toBe('ready');
  for (const child of started) child.goOn();
  return started;
}

describe('BreakerStore', () => {
  it('is closed where nothing is stored', () => {
    expect(storeOf().read()).toEqual(CLOSED);
  });

  it('shares its state with every connection, and keeps sinks apart', () => {
    const opened = call(storeOf(), FAILED, FAILED, FAILED).at(-1);
    expect(opened).toMatchObject({ from: 'closed', to: 'open' });
    const other = openDatabase(path);
    try {
      expect(storeOf('http', other).acquire()).toMatchObject({ permit: null, retryAt: T0 + 50 });
      expect(storeOf('other', other).acquire().permit).not.toBeNull();
      expect(storeOf('other', other).history(10)).toEqual([]);
    } finally {
      other.close();
    }
  });

  it('goes the whole way round, and remembers it newest first', () => {
    const store = storeOf();
    call(store, FAILED, FAILED, FAILED);
    now += 50;
    call(store, OK, OK, OK);
    expect(store.read()).toMatchObject({ phase: 'closed', trips: 1, window: '' });
    expect(store.history(10).map(({ at, from, to }) => [at, from, to])).toEqual([
      [T0 + 50, 'half_open', 'closed'],
      [T0 + 50, 'open', 'half_open'],
      [T0, 'closed', 'open'],
    ]);
    expect(store.history(1)).toHaveLength(1);
  });

  it('is opened and closed by hand', () => {
    const store = storeOf();
    expect(store.trip('drill')).toMatchObject({ to: 'open', reason: 'drill' });
    expect(store.reset()).toMatchObject({ from: 'open', to: 'closed' });
    expect(store.reset()).toBeNull();
    expect(store.history(10)).toHaveLength(2);
  });

  it('takes a row that can not be read for a closed circuit, and mends it', () => {
    const store = storeOf();
    store.trip('drill');
    for (const broken of ['{"phase":"open"', 'null', '', Buffer.from([0xff, 0x00])]) {
      database.prepare('UPDATE breakers SET state = ?').run(broken);
      expect(store.read()).toEqual(CLOSED);
      expect(call(store, OK)).toEqual([null]);
      expect(store.read()).toMatchObject({ phase: 'closed', window: 'f' });
    }
  });

  it('writes nothing to let a call through or to turn one away', () => {
    const store = storeOf();
    call(store, OK);
    const before = writes();
    store.release(permitOf(store));
    expect(writes()).toBe(before);
    store.trip('drill');
    const open = writes();
    expect(store.acquire().permit).toBeNull();
    expect(writes()).toBe(open);
  });

  it('waits for no lock to let a call through or to turn one away', () => {
    const store = storeOf();
    const other = openDatabase(path);
    database.pragma('busy_timeout = 0');
    const whileLocked = (ask: () => void) => other.transaction(ask).immediate();
    try {
      whileLocked(() => store.release(permitOf(store)));
      store.trip('drill');
      whileLocked(() => expect(store.acquire().permit).toBeNull());
      now += 50; // a probe is a change
      expect(() => whileLocked(() => store.acquire())).toThrow('database is locked');
    } finally {
      other.close();
    }
  });

  it('writes one row for a success', () => {
    const store = storeOf();
    call(store, OK);
    const before = Number(writes());
    call(store, OK);
    expect(writes()).toBe(before + 1);
  });

  it('frees the place of a probe that was not made', () => {
    const store = storeOf();
    store.trip('drill');
    now += 50;
    const [probe] = [permitOf(store), permitOf(store), permitOf(store)];
    expect(store.acquire().permit).toBeNull();
    if (probe) store.release(probe);
    expect(store.acquire().permit).not.toBeNull();
  });

  it('joins the transaction of its caller', () => {
    const store = storeOf();
    const failing = database.transaction(() => {
      call(store, FAILED, FAILED, FAILED);
      expect(store.read().phase).toBe('open');
      throw new Error('the rest failed');
    });
    expect(() => failing.immediate()).toThrow('the rest failed');
    expect(store.read()).toEqual(CLOSED);
    expect(store.history(10)).toEqual([]);
  });

  it('remembers the last thousand changes', () => {
    const store = storeOf();
    database.transaction(() => {
      for (let drill = 1; drill <= 1_010; drill += 1) store.trip(`drill ${drill}`);
    })();
    const history = store.history(5_000);
    expect(history).toHaveLength(1_000);
    expect([history[0]?.reason, history.at(-1)?.reason]).toEqual(['drill 1010', 'drill 11']);
    expect(store.read().trips).toBe(1_010);
  });
});

describe('a breaker in eight processes', () => {
  it('loses no report', async () => {
    const policy = { ...POLICY, failureThreshold: 1_000_000 };
    const started = await eight({ job: 'fail', policy });
    for (const child of started) expect(await child.exitCode()).toBe(0);
    expect(storeOf().read()).toMatchObject({ consecutiveFailures: PROCESSES * 40 });
  });

  it('lets as many probes through as it may, and others in place of those that were killed', async () => {
    storeOf().trip('drill');
    now += 50;
    const started = await eight({ job: 'probe' });
    let permits = 0;
    for (const child of started) permits += Number(await child.line());
    expect(permits).toBe(POLICY.halfOpenAttempts);
    expect(
      storeOf()
        .history(10)
        .map(({ to }) => to),
    ).toEqual(['half_open', 'open']);

    for (const child of started) await child.kill();
    const store = storeOf();
    expect(store.acquire()).toMatchObject({ permit: null, retryAt: now + POLICY.permitMs });
    now += POLICY.permitMs;
    expect(call(store, OK, OK, OK).at(-1)).toMatchObject({ to: 'closed' });
  });

  it('moves as if they had come one after the other', async () => {
    database.exec('CREATE TABLE ledger (id INTEGER PRIMARY KEY, deed TEXT NOT NULL)');
    const started = await eight({ job: 'mix', times: 100 });
    for (const child of started) expect(await child.exitCode()).toBe(0);
    const deeds = database
      .prepare<[], string>('SELECT deed FROM ledger ORDER BY id')
      .pluck()
      .all()
      .map((deed) => JSON.parse(deed) as BreakerDeed);
    expect(deeds).toHaveLength(PROCESSES * 100);

    let state = CLOSED;
    const transitions: Transition[] = [];
    for (const deed of deeds) {
      if (deed.kind === 'release') {
        state = release(state, deed.permit);
        continue;
      }
      const moved =
        deed.kind === 'acquire'
          ? acquire(state, POLICY, deed.at, deed.permit?.id ?? 'none')
          : report(state, POLICY, deed.permit, deed.result, deed.at);
      if (deed.kind === 'acquire') expect(moved).toMatchObject({ permit: deed.permit });
      if (moved.transition) transitions.unshift(moved.transition);
      state = moved.state;
    }
    expect(storeOf().read()).toEqual(state);
    expect(storeOf().history(5_000)).toEqual(transitions);
    const paths = new Set(transitions.map(({ from, to }) => `${from} to ${to}`));
    expect(paths).toContain('closed to open');
    expect(paths).toContain('half_open to open');
  });
});
