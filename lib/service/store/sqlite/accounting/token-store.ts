import { readToken } from '../../token-store.ts';
import type { StoredToken, TokenRow, TokenStore } from '../../token-store.ts';
import type { SqliteConnection } from '../connection.ts';

/** The tokens of a service that keeps them in tracker.db. */
export class SqliteTokenStore implements TokenStore {
  readonly #connection: SqliteConnection;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  async add(token: StoredToken): Promise<void> {
    const { id, name, tenant, scopes, digest, createdAt, expiresAt, revokedAt, lastUsedAt } = token;
    const values = [id, name, tenant, scopes.join(','), digest];
    await this.#connection.write((database) =>
      database
        .prepare('INSERT INTO api_tokens VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
        .run(...values, createdAt, expiresAt, revokedAt, lastUsedAt),
    );
  }

  async findAll(ids: readonly string[]): Promise<StoredToken[]> {
    const rows = await this.#connection.read((database) => {
      const find = database.prepare<[string], TokenRow>(
        `SELECT ${COLUMNS} FROM api_tokens WHERE id = ?`,
      );
      return ids.flatMap((id) => find.get(id) ?? []);
    });
    return rows.map(readToken);
  }

  async list(): Promise<StoredToken[]> {
    const rows = await this.#connection.read((database) =>
      database
        .prepare<[], TokenRow>(`SELECT ${COLUMNS} FROM api_tokens ORDER BY created_at, id`)
        .all(),
    );
    return rows.map(readToken);
  }

  async revoke(id: string, at: number): Promise<boolean> {
    const { changes } = await this.#connection.write((database) =>
      database
        .prepare('UPDATE api_tokens SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?')
        .run(at, id),
    );
    return changes > 0;
  }

  async noteUse(id: string, at: number): Promise<void> {
    await this.#connection.write((database) =>
      database.prepare('UPDATE api_tokens SET last_used_at = ? WHERE id = ?').run(at, id),
    );
  }

  async removeExpired(name: string, tenant: string, at: number): Promise<void> {
    await this.#connection.write((database) =>
      database
        .prepare('DELETE FROM api_tokens WHERE name = ? AND tenant = ? AND expires_at < ?')
        .run(name, tenant, at),
    );
  }
}

// --- internal ---

const COLUMNS = `id, name, tenant, scopes, digest, created_at AS createdAt, expires_at AS expiresAt,
  revoked_at AS revokedAt, last_used_at AS lastUsedAt`;
