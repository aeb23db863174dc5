import { CLAIM_MS, RETENTION_EVERY_MS } from '../../retention-store.ts';
import type { Retention, RetentionStore } from '../../retention-store.ts';
import type { SqliteConnection } from '../connection.ts';

/** The retention of each tenant, in the database that has the tokens. */
export class SqliteRetentionStore implements RetentionStore {
  readonly #connection: SqliteConnection;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  async list(): Promise<Retention[]> {
    return this.#connection.read((database) =>
      database
        .prepare<[], Retention>(
          'SELECT tenant, days, ran_at AS ranAt FROM tenant_retention ORDER BY tenant',
        )
        .all(),
    );
  }

  async set(tenant: string, days: number | undefined): Promise<void> {
    await this.#connection.write((database) =>
      days === undefined
        ? database.prepare<[string]>('DELETE FROM tenant_retention WHERE tenant = ?').run(tenant)
        : database
            .prepare<[string, number]>(
              `INSERT INTO tenant_retention (tenant, days, claimed_until) VALUES (?, ?, 0)
               ON CONFLICT DO UPDATE SET days = excluded.days, claimed_until = 0, ran_at = NULL`,
            )
            .run(tenant, days),
    );
  }

  async claim(now: number): Promise<Retention | undefined> {
    const due = { now, until: now + CLAIM_MS, ranBefore: now - RETENTION_EVERY_MS };
    const isAny = await this.#connection.read((database) =>
      database.prepare<[object]>(`SELECT 1 FROM tenant_retention WHERE ${IS_DUE} LIMIT 1`).get(due),
    );
    if (isAny === undefined) return undefined; // without the lock, because this is asked often
    return this.#connection.write((database) =>
      database
        .prepare<[object], Retention>(
          `UPDATE tenant_retention SET claimed_until = @until
           WHERE tenant = (SELECT tenant FROM tenant_retention WHERE ${IS_DUE} LIMIT 1)
           RETURNING tenant, days, ran_at AS ranAt`,
        )
        .get(due),
    );
  }

  async renew({ tenant, days }: Retention, now: number): Promise<boolean> {
    const { changes } = await this.#connection.write((database) =>
      database
        .prepare<[number, string, number]>(
          `UPDATE tenant_retention SET claimed_until = ?
           WHERE tenant = ? AND days = ? AND claimed_until > 0`,
        )
        .run(now + CLAIM_MS, tenant, days),
    );
    return changes > 0;
  }

  async release({ tenant, days }: Retention, isDone: boolean, now: number): Promise<void> {
    await this.#connection.write((database) =>
      database
        .prepare<[number | null, string, number]>(
          `UPDATE tenant_retention SET claimed_until = 0, ran_at = coalesce(?, ran_at)
           WHERE tenant = ? AND days = ? AND claimed_until > 0`,
        )
        .run(isDone ? now : null, tenant, days),
    );
  }
}

// --- internal ---

const IS_DUE = 'claimed_until <= @now AND (ran_at IS NULL OR ran_at <= @ranBefore)';
