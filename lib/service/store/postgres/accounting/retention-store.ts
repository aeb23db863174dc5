import { CLAIM_MS, RETENTION_EVERY_MS } from '../../retention-store.ts';
import type { Retention, RetentionStore } from '../../retention-store.ts';
import type { PostgresConnection } from '../connection.ts';

/** The retention of each tenant, which one replica at a time sees to. */
export class PostgresRetentionStore implements RetentionStore {
  readonly #connection: PostgresConnection;

  constructor(connection: PostgresConnection) {
    this.#connection = connection;
  }

  async list(): Promise<Retention[]> {
    const rows = await this.#connection.run(
      (sql) => sql<Retention[]>`
        SELECT tenant, days, ran_at AS "ranAt" FROM tenant_retention ORDER BY tenant`,
    );
    return [...rows];
  }

  async set(tenant: string, days: number | undefined): Promise<void> {
    await this.#connection.run((sql) =>
      days === undefined
        ? sql`DELETE FROM tenant_retention WHERE tenant = ${tenant}`
        : sql`INSERT INTO tenant_retention (tenant, days, claimed_until) VALUES (${tenant}, ${days}, 0)
            ON CONFLICT (tenant) DO UPDATE SET days = excluded.days, claimed_until = 0, ran_at = NULL`,
    );
  }

  async claim(now: number): Promise<Retention | undefined> {
    const [row] = await this.#connection.run(
      (sql) => sql<Retention[]>`
        UPDATE tenant_retention SET claimed_until = ${now + CLAIM_MS}
        WHERE tenant = (
          SELECT tenant FROM tenant_retention
          WHERE claimed_until <= ${now} AND (ran_at IS NULL OR ran_at <= ${now - RETENTION_EVERY_MS})
          LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING tenant, days, ran_at AS "ranAt"`,
    );
    return row && { ...row };
  }

  async renew({ tenant, days }: Retention, now: number): Promise<boolean> {
    const { count } = await this.#connection.run(
      (sql) => sql`
        UPDATE tenant_retention SET claimed_until = ${now + CLAIM_MS}
        WHERE tenant = ${tenant} AND days = ${days} AND claimed_until > 0`,
    );
    return count > 0;
  }

  async release({ tenant, days }: Retention, isDone: boolean, now: number): Promise<void> {
    await this.#connection.run(
      (sql) => sql`
        UPDATE tenant_retention
        SET claimed_until = 0, ran_at = coalesce(${isDone ? now : null}::bigint, ran_at)
        WHERE tenant = ${tenant} AND days = ${days} AND claimed_until > 0`,
    );
  }
}
