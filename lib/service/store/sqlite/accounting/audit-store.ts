import { isJsonObject } from '../../../../base/json.ts';
import { AUDIT_ACTIONS } from '../../../../lineage-api/service-request.ts';
import { AUDIT_KEPT_MS, AUDIT_ROWS } from '../../audit-store.ts';
import type { AuditEntry, AuditFilter, AuditStore, StoredAuditEntry } from '../../audit-store.ts';
import type { SqliteConnection } from '../connection.ts';

/** The audit log of a service, in the database that has the tokens. */
export class SqliteAuditStore implements AuditStore {
  readonly #connection: SqliteConnection;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  async add(entries: readonly AuditEntry[]): Promise<void> {
    await this.#connection.write((database) => {
      const insert = database.prepare(
        `INSERT INTO audit_log (at, tenant, action, token_id, token_name, address, route, subject,
           count, detail)
         VALUES (@at, @tenant, @action, @tokenId, @tokenName, @address, @route, @subject, @count,
           @detail)`,
      );
      for (const { detail, ...entry } of entries) {
        insert.run({ ...entry, detail: detail && JSON.stringify(detail) });
      }
    });
  }

  async list({ limit, ...filter }: AuditFilter): Promise<StoredAuditEntry[]> {
    const conditions = [
      ...(filter.tenant === undefined ? [] : ['tenant = @tenant']),
      ...(filter.action === undefined ? [] : ['action = @action']),
      ...(filter.since === undefined ? [] : ['at >= @since']),
      ...(filter.before === undefined ? [] : ['id < @before']),
    ];
    const rows = await this.#connection.read((database) =>
      database
        .prepare<[object], AuditRow>(
          `SELECT id, at, tenant, action, token_id AS tokenId, token_name AS tokenName, address,
             route, subject, count, detail
           FROM audit_log WHERE ${['true', ...conditions].join(' AND ')} ORDER BY id DESC LIMIT @limit`,
        )
        .all({ ...filter, limit }),
    );
    return rows.map(({ detail, ...row }) => {
      const value: unknown = detail === null ? null : JSON.parse(detail);
      return { ...row, detail: isJsonObject(value) ? value : null };
    });
  }

  async trim(now: number): Promise<void> {
    await this.#connection.write((database) => {
      database.prepare<[number]>('DELETE FROM audit_log WHERE at < ?').run(now - AUDIT_KEPT_MS);
      const beyond = database.prepare<[object]>(
        `DELETE FROM audit_log WHERE action = @action AND id <= (
           SELECT id FROM audit_log WHERE action = @action ORDER BY id DESC LIMIT 1 OFFSET @rows)`,
      );
      for (const action of AUDIT_ACTIONS) beyond.run({ action, rows: AUDIT_ROWS });
    });
  }
}

// --- internal ---

type AuditRow = Omit<StoredAuditEntry, 'detail'> & {
  /** JSON. */
  readonly detail: string | null;
};
