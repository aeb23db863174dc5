// One of several processes that share a breaker; breaker-store.test.ts starts it with its task as JSON.
// It says `ready`, waits for a line, does its job, and says what came of it.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { BreakerPolicy, CallResult, Permit } from '../../../lib/delivery/breaker/breaker.ts';
import { BreakerStore } from '../../../lib/delivery/store/breaker-store.ts';
import { openDatabase } from '../../../lib/store/database/database.ts';
import type { Database } from '../../../lib/store/database/database.ts';

export interface BreakerTask {
  readonly path: string;
  readonly policy: BreakerPolicy;
  /** The time when it starts, in milliseconds. */
  readonly now: number;
  readonly seed: number;
  /** fail: reports failures. probe: asks for permits and keeps them. mix: everything, with a ledger. */
  readonly job: 'fail' | 'probe' | 'mix';
  /** Calls, or deeds. */
  readonly times: number;
}

/** One thing that a process did to the breaker, and when by the clock of the test. */
export type BreakerDeed = { readonly at: number } & (
  | { readonly kind: 'acquire'; readonly permit: Permit | null }
  | { readonly kind: 'report'; readonly permit: Permit; readonly result: CallResult }
  | { readonly kind: 'release'; readonly permit: Permit }
);

const task = JSON.parse(process.argv[2] ?? '') as BreakerTask;
const { path, policy, times } = task;
let now = task.now;
const database = openDatabase(path);
database.pragma('busy_timeout = 600000'); // eight take turns, and on a busy machine those that lose wait for long
const store = new BreakerStore(database, 'http', { policy, clock: () => now, newId: randomUUID });
console.log('ready');
await once(process.stdin, 'data');
if (task.job === 'fail') fail();
if (task.job === 'probe') await probe();
if (task.job === 'mix') mix(database, generator(task.seed));
database.close();
process.stdin.destroy();

// --- internal ---

function fail(): void {
  for (let call = 0; call < times; call += 1) {
    const { permit } = store.acquire();
    if (permit) store.report(permit, { ok: false, latencyMs: 1, reason: '503' });
  }
}

async function probe(): Promise<void> {
  let permits = 0;
  for (let call = 0; call < times; call += 1) if (store.acquire().permit) permits += 1;
  console.log(permits);
  await once(process.stdin, 'data'); // its probes are on their way meanwhile
}

function mix(ledger: Database, random: () => number): void {
  const last = ledger
    .prepare<[], number>(`SELECT deed ->> 'at' FROM ledger ORDER BY id DESC LIMIT 1`)
    .pluck();
  const note = ledger.prepare<[string]>('INSERT INTO ledger (deed) VALUES (?)');
  let held: Permit[] = [];

  const act = (): BreakerDeed => {
    now = (last.get() ?? now) + Math.floor(random() * 12) - (random() < 0.05 ? 300 : 0);
    const [permit] = held;
    const what = random();
    if (!permit || what < 0.4) {
      const asked = store.acquire();
      if (asked.permit) held.push(asked.permit);
      return { kind: 'acquire', at: now, permit: asked.permit };
    }
    held = held.slice(1);
    if (what < 0.45) {
      store.release(permit);
      return { kind: 'release', at: now, permit };
    }
    const result = { ok: what < 0.75, latencyMs: random() < 0.1 ? 1_000 : 1, reason: '503' };
    store.report(permit, result);
    return { kind: 'report', at: now, permit, result };
  };

  // A deed and its entry are one transaction: the ledger has them in the order in which they were done.
  const recorded = ledger.transaction(() => note.run(JSON.stringify(act())));
  for (let deed = 0; deed < times; deed += 1) {
    recorded.immediate();
    if (random() < 0.05) held = []; // as if it had died
  }
}

/** Numbers from 0 to below 1 that a seed decides (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
