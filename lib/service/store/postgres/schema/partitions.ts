import { Deadline } from '../../../../base/deadline.ts';
import { faultKind } from '../faults.ts';
import type { PostgresConnection, Sql } from '../connection.ts';

/** The month of a time, in UTC, counted from the year 0. */
export function monthOf(at: number): number {
  const date = new Date(at);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

/** The monthly partitions of `events`, made before the first row of a month arrives. */
export class EventPartitions {
  readonly #connection: PostgresConnection;
  readonly #now: () => number;
  /** Months that have a partition, or cannot have one: their rows go to the default partition. */
  readonly #settled = new Set<number>();
  /** Nothing is tried before it is over. */
  #wait = Deadline.past();

  constructor(connection: PostgresConnection, now: () => number) {
    this.#connection = connection;
    this.#now = now;
  }

  /**
   * Makes the partitions for `times`, for this month and for the next. Times more than two years ago or
   * later than next month are odd and get none.
   */
  async prepare(times: readonly number[]): Promise<void> {
    const current = monthOf(this.#now());
    const months = new Set([current, current + 1]);
    for (const at of times) {
      const month = monthOf(at);
      if (month >= current - MONTHS_BACK && month <= current) months.add(month);
    }
    for (const month of months) {
      if (this.#settled.has(month) || !this.#wait.isOver) continue;
      if (await this.#connection.run((sql) => makePartition(sql, month))) this.#settled.add(month);
      else this.#wait = Deadline.in(ATTEMPT_EVERY_MS);
    }
  }
}

// --- internal ---

/** Months before this one that get a partition. */
const MONTHS_BACK = 24;
/** How long to wait after a partition could not be made, in milliseconds. */
const ATTEMPT_EVERY_MS = 10 * 60_000;
/** The advisory lock: any number that no other program on the database uses. */
const LOCK = 7_203_118_054;

/**
 * Makes a partition; any number of replicas may make the same one at once. Returns false when the table is
 * locked, for example by a running pg_dump: next month's partition can still be made later.
 */
async function makePartition(sql: Sql, month: number): Promise<boolean> {
  const name = `events_${Math.floor(month / 12)}_${String((month % 12) + 1).padStart(2, '0')}`;
  const [found] = await sql<{ exists: boolean }[]>`
    SELECT to_regclass(${name}) IS NOT NULL AS exists`;
  if (found?.exists) return true;
  const from = Date.UTC(Math.floor(month / 12), month % 12);
  const to = Date.UTC(Math.floor(month / 12), (month % 12) + 1);
  try {
    // One string is one transaction. The lock timeout keeps it from holding up everyone who queues behind.
    await sql
      .unsafe(
        `SET LOCAL lock_timeout = '2s';
         SELECT pg_advisory_xact_lock(${LOCK});
         CREATE TABLE IF NOT EXISTS ${name} PARTITION OF events FOR VALUES FROM (${from}) TO (${to})`,
      )
      .simple();
  } catch (error) {
    // Rows of the month are in the default partition already, or we have no right to make tables. Either
    // way the default partition takes the rows.
    const kind = faultKind(error);
    if (kind === 'busy') return false;
    if (kind !== 'refused' && !isOverlap(error)) throw error;
  }
  return true;
}

/** 23514: rows of the month are in the default partition; 42P17: another partition has the month. */
function isOverlap(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && (error.code === '23514' || error.code === '42P17')
  );
}
