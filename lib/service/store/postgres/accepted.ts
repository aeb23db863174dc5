import { setTimeout as sleep } from 'node:timers/promises';
import { Deadline } from '../../../base/deadline.ts';
import type { AcceptedEvent, AcceptedQuery } from '../rows/accepted-event.ts';
import type { PostgresConnection, Sql } from './connection.ts';

/**
 * Reads events in the order of their numbers, and none before all that have lower numbers are committed or given
 * up. A transaction draws its numbers after it has got its id; so once no transaction runs that had an id when a
 * number was read to be the last, all up to that number are decided.
 */
export class AcceptedEvents {
  readonly #connection: PostgresConnection;
  /** All up to this number are decided. */
  #decided = 0;
  /** The last number that was drawn at a time, and the id of a transaction of ours that began after that. */
  #mark: { readonly number: number; readonly id: bigint } | undefined;

  constructor(connection: PostgresConnection) {
    this.#connection = connection;
  }

  /**
   * The events after a number. Waits until it is certain which come next; if a transaction of somebody else takes
   * longer than any of ours may, none.
   */
  async read(tenant: string, query: AcceptedQuery): Promise<AcceptedEvent[]> {
    const over = Deadline.in(LONGEST_MS);
    const last = await this.#decide();
    for (;;) {
      const upTo = this.#decided;
      const events = await this.#connection.run((sql) => select(sql, tenant, query, upTo));
      // Numbers of a transaction that was given up have no event.
      if (events.length > 0 || upTo >= last || over.isOver) return [...events];
      await sleep(LOOK_EVERY_MS);
      await this.#decide();
    }
  }

  /** Returns the last number that was drawn, decided or not. */
  async #decide(): Promise<number> {
    const [drawn] = await this.#connection.run(
      (sql) => sql<{ number: number }[]>`
        SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS number FROM event_numbers`,
    );
    const number = drawn?.number ?? 0;
    // It lies behind what was decided only after a failover that lost events.
    if (number < this.#decided) this.#decided = number;
    if (number === this.#decided) return number;
    // The end of a snapshot would not do: transactions that have begun since the last one that ended lie beyond it.
    this.#mark ??= { number, id: await this.#drawId() };
    const [running] = await this.#connection.run(
      (sql) => sql<{ oldest: string }[]>`
        SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS oldest`,
    );
    if (!running || BigInt(running.oldest) <= this.#mark.id) return number;
    this.#decided = this.#mark.number;
    this.#mark = undefined;
    return number;
  }

  async #drawId(): Promise<bigint> {
    const [row] = await this.#connection.run(
      (sql) => sql<{ id: string }[]>`SELECT pg_current_xact_id()::text AS id`,
    );
    return BigInt(row?.id ?? 0);
  }
}

// --- internal ---

/** The longest that a transaction of ours takes, in milliseconds. */
const LONGEST_MS = 30_000;
const LOOK_EVERY_MS = 25;

function select(sql: Sql, tenant: string, { after, limit, withCode }: AcceptedQuery, last: number) {
  return sql<AcceptedEvent[]>`
    SELECT e.number, e.event_id AS "eventId", e.event_type AS "eventType", e.pattern_id AS "patternId",
      e.version, e.action, e.session_id AS "sessionId", e.tool_use_id AS "toolUseId",
      e.tool_name AS "toolName", e.file_path AS "filePath", e.language, e.start_line AS "startLine",
      e.end_line AS "endLine", e.duration_ms AS "durationMs", e.at, e.received_at AS "receivedAt", e.extra,
      p.name AS "patternName", p.pattern_type AS "patternType",
      ${withCode ? sql`CASE WHEN e.version = p.version THEN c.code END` : sql`NULL`} AS code
    FROM (
      SELECT * FROM events WHERE tenant = ${tenant} AND number > ${after} AND number <= ${last}
      ORDER BY number LIMIT ${limit}
    ) AS e
    LEFT JOIN patterns p ON p.tenant = e.tenant AND p.id = e.pattern_id
    ${withCode ? sql`LEFT JOIN pattern_code c ON c.tenant = e.tenant AND c.id = e.pattern_id` : sql``}
    ORDER BY e.number`;
}
