import { TrackerError } from '../../../../base/errors.ts';
import { readToken } from '../../token-store.ts';
import type { StoredToken, TokenRow, TokenStore } from '../../token-store.ts';
import type { PostgresConnection, Sql } from '../connection.ts';
import type { Reader } from '../servers/standby.ts';

/** The tokens of a service that keeps them in PostgreSQL, and shares them with its replicas. */
export class PostgresTokenStore implements TokenStore {
  readonly #connection: PostgresConnection;
  readonly #reader: Reader;

  /** @param reader answers questions, also while nothing can be written */
  constructor(connection: PostgresConnection, reader: Reader) {
    this.#connection = connection;
    this.#reader = reader;
  }

  async add(token: StoredToken): Promise<void> {
    const { id, name, tenant, scopes, digest, createdAt, expiresAt, revokedAt, lastUsedAt } = token;
    const { count } = await this.#connection.run(
      (sql) => sql`
        INSERT INTO api_tokens (id, name, tenant, scopes, digest, created_at, expires_at, revoked_at,
          last_used_at)
        VALUES (${id}, ${name}, ${tenant}, ${scopes.join(',')}, ${digest}, ${createdAt},
          ${expiresAt}, ${revokedAt}, ${lastUsedAt})
        ON CONFLICT (id) DO UPDATE SET id = excluded.id
          WHERE api_tokens.digest = excluded.digest`, // the same again, after a lost connection
    );
    if (count === 0) {
      throw new TrackerError('E_TOKEN_EXISTS', `A token ${id} exists already`, {
        hint: 'Create it again: every new token gets an id of its own.',
      });
    }
  }

  async findAll(ids: readonly string[]): Promise<StoredToken[]> {
    const rows = await this.#reader.run(
      (sql) =>
        sql<TokenRow[]>`SELECT ${columns(sql)} FROM api_tokens WHERE id = ANY(${[...ids]}::text[])`,
    );
    return rows.map(readToken);
  }

  async list(): Promise<StoredToken[]> {
    const rows = await this.#reader.run(
      (sql) => sql<TokenRow[]>`SELECT ${columns(sql)} FROM api_tokens ORDER BY created_at, id`,
    );
    return rows.map(readToken);
  }

  async revoke(id: string, at: number): Promise<boolean> {
    const { count } = await this.#connection.run(
      (sql) => sql`
        UPDATE api_tokens SET revoked_at = coalesce(revoked_at, ${at}) WHERE id = ${id}`,
    );
    return count > 0;
  }

  async noteUse(id: string, at: number): Promise<void> {
    await this.#connection.run(
      (sql) => sql`
        UPDATE api_tokens SET last_used_at = ${at}
        WHERE id = ${id} AND coalesce(last_used_at < ${at}, true)`,
    );
  }

  async removeExpired(name: string, tenant: string, at: number): Promise<void> {
    await this.#connection.run(
      (sql) => sql`
        DELETE FROM api_tokens WHERE name = ${name} AND tenant = ${tenant} AND expires_at < ${at}`,
    );
  }
}

// --- internal ---

function columns(sql: Sql) {
  return sql`id, name, tenant, scopes, digest, created_at AS "createdAt", expires_at AS "expiresAt",
    revoked_at AS "revokedAt", last_used_at AS "lastUsedAt"`;
}
