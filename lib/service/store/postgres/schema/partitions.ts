import { Deadline } from '../../../../base/deadline.ts';
import { REMEMBERED_MS } from '../../rows/forgetting.ts';
import { faultKind } from '../faults.ts';
import type { PostgresConnection, Sql } from '../connection.ts';

/** The month of a time, in UTC, counted from the year 0. */
export function monthOf(at: number): number {
  const date = new Date(at);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

/**
 * Keeps the partitions: makes those of `events`, by month of the event, and of `event_ids`, by quarter of
 * arrival, before their first row arrives; drops ids that are too old to be sent again.
 */
export class Partitions {
  readonly #connection: PostgresConnection;
  readonly #now: () => number;
  /** What was done, or cannot be: the default partition then takes the rows. */
  readonly #settled = new Set<string>();
  /** Nothing is tried before it is over. */
  #wait = Deadline.past();

  constructor(connection: PostgresConnection, now: () => number) {
    this.#connection = connection;
    this.#now = now;
  }

  /**
   * Makes the partitions for `times`, and those of this and of the next month and quarter. Times more than two
   * years ago or later than next month are odd and get none.
   */
  async prepare(times: readonly number[]): Promise<void> {
    const current = monthOf(this.#now());
    const months = new Set([current, current + 1]);
    for (const at of times) {
      const month = monthOf(at);
      if (month >= current - MONTHS_BACK && month <= current) months.add(month);
    }
    for (const month of months) {
      await this.#once(`month ${month}`, (sql) => sql`SELECT make_events_partition_1(${month})`);
    }
    for (const ahead of [0, 1]) {
      const name = `ids from ${current} on, ${ahead}`;
      await this.#once(name, (sql) => sql`SELECT make_ids_partition_1(${ahead})`);
    }
    await this.#once(`old ids in ${current}`, (sql) => {
      return sql`SELECT drop_ids_1(make_interval(secs => ${REMEMBERED_MS / 1_000}))`;
    });
  }

  async #once(name: string, work: (sql: Sql) => PromiseLike<unknown>): Promise<void> {
    if (this.#settled.has(name) || !this.#wait.isOver) return;
    if (await this.#connection.run((sql) => isSettledBy(work(sql)))) this.#settled.add(name);
    else this.#wait = Deadline.in(ATTEMPT_EVERY_MS);
  }
}

// --- internal ---

/** Months before this one that get a partition. */
const MONTHS_BACK = 24;
/** How long to wait after something could not be done, in milliseconds. */
const ATTEMPT_EVERY_MS = 10 * 60_000;

/**
 * Whether there is nothing left to do. False when a table is locked, for example by a running pg_dump: what is
 * for the next month can still be done later.
 */
async function isSettledBy(work: PromiseLike<unknown>): Promise<boolean> {
  try {
    await work;
  } catch (error) {
    // Rows are in the default partition already, or we have no right to do it: it stays so.
    const kind = faultKind(error);
    if (kind === 'busy') return false;
    if (kind !== 'refused' && !isOverlap(error)) throw error;
  }
  return true;
}

/** 23514: rows of the time are in the default partition; 42P17: another partition has it. */
function isOverlap(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && (error.code === '23514' || error.code === '42P17')
  );
}
