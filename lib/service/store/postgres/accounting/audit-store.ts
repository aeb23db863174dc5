import { AUDIT_ACTIONS } from '../../../../lineage-api/service-request.ts';
import { AUDIT_KEPT_MS, AUDIT_ROWS } from '../../audit-store.ts';
import type { AuditEntry, AuditFilter, AuditStore, StoredAuditEntry } from '../../audit-store.ts';
import type { PostgresConnection } from '../connection.ts';
import { storable } from '../text/storable.ts';

/** The audit log of a service, which its replicas share. */
export class PostgresAuditStore implements AuditStore {
  readonly #connection: PostgresConnection;

  constructor(connection: PostgresConnection) {
    this.#connection = connection;
  }

  async add(entries: readonly AuditEntry[]): Promise<void> {
    const rows = JSON.stringify(storable(entries));
    await this.#connection.run(
      (sql) => sql`
        INSERT INTO audit_log (at, tenant, action, token_id, token_name, address, route, subject,
          count, detail)
        SELECT e.at, e.tenant, e.action, e."tokenId", e."tokenName", e.address, e.route, e.subject,
          e.count, e.detail
        FROM json_to_recordset(${rows}::text::json) AS e (at bigint, tenant text, action text,
          "tokenId" text, "tokenName" text, address text, route text, subject text, count bigint,
          detail jsonb)`,
    );
  }

  async list({ limit, tenant, action, since, before }: AuditFilter): Promise<StoredAuditEntry[]> {
    const rows = await this.#connection.run(
      (sql) => sql<StoredAuditEntry[]>`
        SELECT id, at, tenant, action, token_id AS "tokenId", token_name AS "tokenName", address,
          route, subject, count, detail
        FROM audit_log WHERE true
          ${tenant === undefined ? sql`` : sql`AND tenant = ${tenant}`}
          ${action === undefined ? sql`` : sql`AND action = ${action}`}
          ${since === undefined ? sql`` : sql`AND at >= ${since}`}
          ${before === undefined ? sql`` : sql`AND id < ${before}`}
        ORDER BY id DESC LIMIT ${limit}`,
    );
    return [...rows];
  }

  async trim(now: number): Promise<void> {
    await this.#connection.run(
      (sql) => sql`DELETE FROM audit_log WHERE at < ${now - AUDIT_KEPT_MS}`,
    );
    for (const action of AUDIT_ACTIONS) {
      await this.#connection.run(
        (sql) => sql`
          DELETE FROM audit_log WHERE action = ${action} AND id <= (
            SELECT id FROM audit_log WHERE action = ${action}
            ORDER BY id DESC LIMIT 1 OFFSET ${AUDIT_ROWS})`,
      );
    }
  }
}
