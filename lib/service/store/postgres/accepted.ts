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
  /** The last number that was drawn at a time, and the first id of a transaction that had not begun then. */
  #mark: { readonly number: number; readonly beforeId: bigint } | undefined;

  constructor(connection: PostgresConnection) {
    this.#connection = connection;
  }

  /** The events after a number; none while it is not certain which come next. */
  async read(tenant: string, query: AcceptedQuery): Promise<AcceptedEvent[]> {
    await this.#decide();
    if (this.#decided <= query.after) return [];
    return await this.#connection.run((sql) => select(sql, tenant, query, this.#decided));
  }

  async #decide(): Promise<void> {
    const [drawn] = await this.#connection.run(
      (sql) => sql<{ number: number }[]>`
        SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS number FROM event_numbers`,
    );
    const number = drawn?.number ?? 0;
    // It lies behind what was decided only after a failover that lost events.
    if (number < this.#decided) this.#decided = number;
    const [running] = await this.#connection.run(
      (sql) => sql<{ oldest: string; next: string }[]>`
        SELECT pg_snapshot_xmin(now)::text AS oldest, pg_snapshot_xmax(now)::text AS next
        FROM pg_current_snapshot() AS now`,
    );
    if (!running) return;
    this.#mark ??= { number, beforeId: BigInt(running.next) };
    if (BigInt(running.oldest) < this.#mark.beforeId) return;
    this.#decided = this.#mark.number;
    this.#mark = undefined;
  }
}

// --- internal ---

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
