import type { Database } from '../../database/database.ts';
import { SLOT_MS } from '../../database/schema-parts/statistics-schema.ts';
import { dayOf } from './group-key.ts';

/** How delivery went in some time, over all sinks. Rates are 0 to 1; null means no data. */
export interface DeliveryFigures {
  /** Events that hooks or transcripts told of. */
  readonly captured: number;
  /** Events that sinks acknowledged. */
  readonly delivered: number;
  /** Events that became dead letters. */
  readonly dead: number;
  readonly requests: number;
  /** Of the requests, those that did not fail. */
  readonly successRate: number | null;
  readonly averageMs: number | null;
  /** Percentiles are estimated from a histogram. */
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  /** How often a circuit breaker opened. */
  readonly trips: number;
  readonly cacheHitRate: number | null;
}

/** The numbers where nothing was delivered. */
export const NO_DELIVERY: DeliveryFigures = {
  captured: 0,
  delivered: 0,
  dead: 0,
  requests: 0,
  successRate: null,
  averageMs: null,
  p95Ms: null,
  p99Ms: null,
  trips: 0,
  cacheHitRate: null,
};

/** The same of one day: 2026-11-01. */
export interface DeliveryDay extends DeliveryFigures {
  readonly day: string;
}

/** How delivery went from `since` on, before `until`; both in milliseconds since 1970 UTC, and slots begin with them. */
export function deliveryFigures(database: Database, since: number, until: number): DeliveryFigures {
  const rows = database
    .prepare<[], Named>(
      `SELECT scope, name, sum(value) AS value ${between(since, until)} GROUP BY 1, 2`,
    )
    .all();
  const captured = Number(
    database
      .prepare(`SELECT count(*) ${events(since, until)}`)
      .pluck()
      .get(),
  );
  return figuresOf(rows, captured);
}

/** How delivery went on each day that has numbers, in the zone of this machine. */
export function deliveryDays(database: Database, since: number, until: number): DeliveryDay[] {
  const rows = database
    .prepare<[], Named & { day: number }>(
      `SELECT ${dayOf('slot')} AS day, scope, name, sum(value) AS value ${between(since, until)} GROUP BY 1, 2, 3`,
    )
    .all();
  const captured = database
    .prepare<[], { day: number; count: number }>(
      `SELECT ${dayOf(`CAST(received_at / ${SLOT_MS} AS INTEGER)`)} AS day, count(*) AS count
       ${events(since, until)} GROUP BY 1`,
    )
    .all();
  const counts = new Map(captured.map(({ day, count }) => [day, count]));
  const days = new Set([...rows.map(({ day }) => day), ...counts.keys()]);
  return [...days]
    .toSorted((one, other) => one - other)
    .map((day) => ({
      day: new Date(day * DAY_MS).toISOString().slice(0, 10),
      ...figuresOf(
        rows.filter((row) => row.day === day),
        counts.get(day) ?? 0,
      ),
    }));
}

/** How many requests ended from `since` on, in milliseconds since 1970 UTC, and how many of them took more than `ms`. */
export function requestsSince(
  database: Database,
  since: number,
  ms: number,
): { readonly all: number; readonly slow: number } {
  const rows = database
    .prepare<[], Named>(
      `SELECT scope, name, sum(value) AS value ${between(since, Number.MAX_SAFE_INTEGER)} GROUP BY 1, 2`,
    )
    .all();
  const buckets = bucketsOf(rows);
  const sum = (of: readonly Bucket[]) => of.reduce((total, { count }) => total + count, 0);
  return { all: sum(buckets), slow: sum(buckets.filter(({ upTo }) => upTo > ms)) };
}

/**
 * How often breakers have tripped from `since` on, and when last. Only the newest changes of phase are kept; for an older
 * trip, `lastAt` is the quarter of an hour in which it happened. Both times in milliseconds since 1970 UTC.
 */
export function tripsSince(
  database: Database,
  since: number,
): { readonly count: number; readonly lastAt: number } {
  const { count, slot } = database
    .prepare<[], { count: number | null; slot: number | null }>(
      `SELECT sum(value) AS count, max(slot) AS slot ${between(since, Number.MAX_SAFE_INTEGER)} AND name = 'trips'`,
    )
    .get() ?? { count: null, slot: null };
  const at = database
    .prepare<[], number | null>(
      "SELECT max(at) FROM breaker_transitions WHERE to_phase = 'open' AND from_phase != 'half_open'",
    )
    .pluck()
    .get();
  return { count: count ?? 0, lastAt: Math.max((slot ?? 0) * SLOT_MS, at ?? 0) };
}

/** Events that wait for a sink now. */
export function waitingNow(database: Database): number {
  return Number(
    database.prepare('SELECT count(*) FROM outbox WHERE dead_at IS NULL').pluck().get(),
  );
}

// --- internal ---

const DAY_MS = 24 * 60 * 60_000;
/** The scope of the numbers that belong to no sink. */
const CACHE = 'cache';
const BUCKET = /^latency_le_(\d+|inf)$/;

interface Named {
  readonly scope: string;
  readonly name: string;
  readonly value: number;
}

function between(since: number, until: number): string {
  return `FROM delivery_totals WHERE slot >= ${Math.floor(since / SLOT_MS)} AND slot < ${Math.ceil(until / SLOT_MS)}`;
}

function events(since: number, until: number): string {
  return `FROM events WHERE received_at >= ${since} AND received_at < ${until}`;
}

function figuresOf(rows: readonly Named[], captured: number): DeliveryFigures {
  const sum = (name: string, isCache = false) =>
    rows
      .filter((row) => row.name === name && (row.scope === CACHE) === isCache)
      .reduce((total, { value }) => total + value, 0);
  const buckets = bucketsOf(rows);
  const timed = buckets.reduce((total, { count }) => total + count, 0);
  const requests = sum('requests');
  const hits = sum('hits', true);
  const lookups = hits + sum('misses', true);
  return {
    captured,
    delivered: sum('delivered'),
    dead: sum('dead'),
    requests,
    successRate: requests === 0 ? null : 1 - sum('request_failures') / requests,
    averageMs: timed === 0 ? null : sum('latency_sum_ms') / timed,
    p95Ms: percentile(buckets, 0.95),
    p99Ms: percentile(buckets, 0.99),
    trips: sum('trips'),
    cacheHitRate: lookups === 0 ? null : hits / lookups,
  };
}

interface Bucket {
  readonly upTo: number;
  readonly count: number;
}

function bucketsOf(rows: readonly Named[]): Bucket[] {
  const counts = new Map<number, number>();
  for (const { name, value } of rows) {
    const bound = BUCKET.exec(name)?.[1];
    if (bound === undefined) continue;
    const upTo = bound === 'inf' ? Number.POSITIVE_INFINITY : Number(bound);
    counts.set(upTo, (counts.get(upTo) ?? 0) + value);
  }
  return [...counts]
    .map(([upTo, count]) => ({ upTo, count }))
    .toSorted((one, other) => one.upTo - other.upTo);
}

/** The upper bound of the bucket in which the percentile lies; of the last one, which has none, the greatest bound. */
function percentile(buckets: readonly Bucket[], share: number): number | null {
  const all = buckets.reduce((total, { count }) => total + count, 0);
  if (all === 0) return null;
  let seen = 0;
  for (const { upTo, count } of buckets) {
    seen += count;
    if (seen >= all * share) return Number.isFinite(upTo) ? upTo : GREATEST_BOUND;
  }
  return GREATEST_BOUND;
}

const GREATEST_BOUND = 10_000;
