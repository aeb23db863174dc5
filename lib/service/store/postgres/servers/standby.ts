import { StoreUnavailableError } from '../../store-unavailable-error.ts';
import type { PostgresConnection, Sql } from '../connection.ts';

/** Where questions go. */
export interface Reader {
  run<T>(work: (sql: Sql) => PromiseLike<T>): Promise<T>;
}

/** Answers may be this old, in milliseconds; of a standby that is further behind, the primary is asked instead. */
export const MOST_STALE_MS = 10_000;

/**
 * Asks a streaming standby, and the primary where the standby does not answer or is too far behind. While the
 * primary is down, the standby answers, however old that is by then.
 *
 * How old its answers may be is measured without rights: once a second the primary is asked how far its log is
 * written, the standby how far it has replayed it. What the primary had written when it was asked, the standby
 * shows from then on.
 */
export class Standby implements Reader {
  readonly #primary: PostgresConnection;
  readonly #standby: PostgresConnection;
  readonly #monotonic: () => number;
  readonly #timer: NodeJS.Timeout;
  /** What the primary had written at a time; the newest comes last. */
  readonly #written: { readonly at: number; readonly position: bigint }[] = [];
  /** Of what the standby shows. */
  #shownAt = -Infinity;
  #isUp = false;
  #isPrimaryDown = false;
  #look: Promise<void> | undefined;

  /** Starts to look how far the standby is. */
  constructor(
    primary: PostgresConnection,
    standby: PostgresConnection,
    monotonic: () => number = () => performance.now(),
  ) {
    this.#primary = primary;
    this.#standby = standby;
    this.#monotonic = monotonic;
    this.#timer = setInterval(() => void this.look(), LOOK_EVERY_MS).unref();
  }

  /** How old its answers are at most, in milliseconds; undefined while that is not known. */
  get staleness(): number | undefined {
    const age = this.#monotonic() - this.#shownAt;
    return Number.isFinite(age) ? Math.max(0, age) : undefined;
  }

  /** What is to know about the way to it; undefined for nothing. */
  get advice(): string | undefined {
    return this.#standby.advice;
  }

  /** Whether it can answer although the primary is down. */
  get isUp(): boolean {
    return this.#isUp && this.staleness !== undefined;
  }

  /** @throws StoreUnavailableError when neither answers */
  async run<T>(work: (sql: Sql) => PromiseLike<T>): Promise<T> {
    const isFresh = (this.staleness ?? Infinity) <= MOST_STALE_MS;
    if (!this.isUp || !(isFresh || this.#isPrimaryDown)) return this.asBackup.run(work);
    return orElse(this.#standby.run(work), () => this.#primary.run(work));
  }

  /** Asks the primary, and the standby only if that does not answer: for what must not be old, such as tokens. */
  get asBackup(): Reader {
    return {
      run: (work) =>
        orElse(this.#primary.run(work), (error) => {
          if (!this.isUp) throw error;
          return this.#standby.run(work);
        }),
    };
  }

  /** Looks how far the standby is. Never rejects; those who look at once look together. */
  look(): Promise<void> {
    this.#look ??= this.#askBoth().finally(() => (this.#look = undefined));
    return this.#look;
  }

  /** Ends the connections to the standby. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#standby.close();
  }

  async #askBoth(): Promise<void> {
    const at = this.#monotonic();
    const written = (sql: Sql) => sql<Position[]>`SELECT pg_current_wal_lsn()::text AS lsn`;
    // A server that was promoted is no standby, and what it shows is not what the primary has.
    const replayed = (sql: Sql) => sql<Position[]>`
      SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() END::text AS lsn`;
    const [ofPrimary, ofStandby] = await Promise.allSettled([
      this.#primary.run(written),
      this.#standby.run(replayed),
    ]);
    this.#isPrimaryDown = ofPrimary.status === 'rejected';
    if (ofPrimary.status === 'fulfilled') {
      this.#written.push({ at, position: positionOf(ofPrimary.value) ?? 0n });
      if (this.#written.length > MOST_KEPT) this.#written.shift();
    }
    const shown = ofStandby.status === 'fulfilled' ? positionOf(ofStandby.value) : undefined;
    this.#isUp = shown !== undefined;
    if (shown === undefined) return;
    const newest = this.#written.findLast(({ position }) => position <= shown);
    if (newest) this.#shownAt = newest.at;
  }
}

// --- internal ---

const LOOK_EVERY_MS = 1_000;
/** How many positions of the primary are kept: a standby that is further behind than ten minutes is not asked. */
const MOST_KEPT = 600;

async function orElse<T>(first: Promise<T>, second: (error: unknown) => Promise<T>): Promise<T> {
  try {
    return await first;
  } catch (error) {
    if (!(error instanceof StoreUnavailableError)) throw error;
    return second(error);
  }
}

interface Position {
  readonly lsn: string | null;
}

/** A position in the log, such as 16/B374D848, as one number. */
function positionOf([row]: readonly Position[]): bigint | undefined {
  const [high, low] = row?.lsn?.split('/') ?? [];
  if (high === undefined || low === undefined) return undefined;
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}
