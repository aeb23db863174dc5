import { readFileSync } from 'node:fs';
import { DROP_MARK } from '../../lib/capture/drop-count.ts';
import { processesNaming } from '../../test/processes/tracker-home.ts';
import type { TrackerHome } from '../../test/processes/tracker-home.ts';
import { patience } from '../../test/support/patience.ts';

/** What `status --json` shows, as far as it is compared. */
export interface ShownStatus {
  readonly courier: { readonly status: string; readonly reason: string | null };
  readonly spool: {
    readonly waiting: number;
    readonly dropped: { readonly unwritable: number; readonly spool_full: number };
  };
  readonly totals: { readonly events: number } | null;
  readonly database: { readonly error: unknown };
}

/** What is so, seen without our programs. */
export interface HomeFacts {
  readonly waiting: number;
  /** For how long the same files have waited, in milliseconds. */
  readonly stuckMs: number;
  readonly dropped: number;
  /** Process ids. */
  readonly couriers: readonly number[];
  /** Undefined while the database cannot be read. */
  readonly events: number | undefined;
}

/** The couriers that run in a home, as the system knows them. */
export function couriersOf({ paths }: TrackerHome): number[] {
  return processesNaming(paths.home).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('courier.cjs');
    } catch {
      return false; // it has ended
    }
  });
}

/** Looks at a home from outside. */
export class HomeWatch {
  readonly #home: TrackerHome;
  #waiting: { readonly names: string; readonly sinceMs: number } | undefined;

  constructor(home: TrackerHome) {
    this.#home = home;
  }

  facts(): HomeFacts {
    const names = this.#home.waiting;
    const waiting = names.filter((name) => !name.endsWith(DROP_MARK));
    const key = waiting.toSorted().join();
    if (waiting.length === 0) this.#waiting = undefined;
    else if (this.#waiting?.names !== key)
      this.#waiting = { names: key, sinceMs: performance.now() };
    const events = this.#home.value('SELECT count(*) FROM events');
    return {
      waiting: waiting.length,
      stuckMs: this.#waiting === undefined ? 0 : performance.now() - this.#waiting.sinceMs,
      dropped: this.#home.drops.length + names.length - waiting.length,
      couriers: couriersOf(this.#home),
      events: typeof events === 'number' ? events : undefined,
    };
  }
}

/** What was so around the moment at which `status` was asked. */
export interface StatusMoment {
  readonly before: HomeFacts;
  readonly after: HomeFacts;
  /** Of the courier that wrote last that it works; undefined if none did. */
  readonly pid: number | undefined;
  /** True while hooks run, whose files come and go. */
  readonly isBusy: boolean;
}

/** What `status` says and is not so. */
export function untruths(
  { courier, spool, totals, database }: ShownStatus,
  { before, after, pid, isBusy }: StatusMoment,
): string[] {
  const found: string[] = [];
  const isBetween = (value: number, one: number, other: number) =>
    value >= Math.min(one, other) && value <= Math.max(one, other);
  if (!isBusy && !isBetween(spool.waiting, before.waiting, after.waiting))
    found.push(`${spool.waiting} wait, but there are ${after.waiting}`);
  const dropped = spool.dropped.unwritable + spool.dropped.spool_full;
  if (!isBetween(dropped, before.dropped, after.dropped))
    found.push(`${dropped} dropped, but it is ${after.dropped}`);
  // That of another container, or whoever else holds the lock, is not seen here.
  const isUnseen = courier.reason?.includes('does not show itself') === true;
  const isNone = before.couriers.length + after.couriers.length === 0;
  if (courier.status !== 'stopped' && isNone && !isUnseen)
    found.push(`the courier is ${courier.status}, but there is none`);
  const lives = before.couriers.filter((one) => after.couriers.includes(one));
  if (courier.status === 'stopped' && pid !== undefined && lives.includes(pid))
    found.push('the courier is stopped, but it runs');
  if (courier.status === 'degraded' && courier.reason === null)
    found.push('degraded for no reason');
  if (courier.status === 'idle' && after.stuckMs > STUCK_MS * patience && lives.length > 0)
    found.push(`idle, while files wait for ${Math.round(after.stuckMs / 1000)} s`);
  const isCounted = database.error === null && totals !== null;
  if (isCounted && before.events !== undefined && after.events !== undefined) {
    if (!isBetween(totals.events, before.events, after.events))
      found.push(`${totals.events} events, but there are ${after.events}`);
  }
  return found;
}

// --- internal ---

/** After this, a courier that makes no progress is to be called stalled or degraded. */
const STUCK_MS = 12_000;
