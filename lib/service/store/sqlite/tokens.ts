import type { Database } from '../../../store/database/database.ts';
import type { StoredToken, TokenStore } from '../pattern-store.ts';
import { readToken } from './rows.ts';
import type { TokenRow } from './rows.ts';

/** The tokens of a service that keeps them in tracker.db. */
export class SqliteTokens implements TokenStore {
  readonly #read: <T>(work: (database: Database) => T) => Promise<T>;
  readonly #write: <T>(work: (database: Database) => T) => Promise<T>;

  /** Both run `work` on the database as it is now open, the second in a transaction. */
  constructor(access: {
    readonly read: <T>(work: (database: Database) => T) => Promise<T>;
    readonly write: <T>(work: (database: Database) => T) => Promise<T>;
  }) {
    this.#read = access.read;
    this.#write = access.write;
  }

  async add(token: StoredToken): Promise<void> {
    const { id, name, tenant, scopes, digest, createdAt, expiresAt, revokedAt, lastUsedAt } = token;
    const values = [id, name, tenant, scopes.join(','), digest];
    await this.#write((database) =>
      database
        .prepare('INSERT INTO api_tokens VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
        .run(...values, createdAt, expiresAt, revokedAt, lastUsedAt),
    );
  }

  async find(id: string): Promise<StoredToken | undefined> {
    const row = await this.#read((database) =>
      database.prepare<[string], TokenRow>('SELECT * FROM api_tokens WHERE id = ?').get(id),
    );
    return row && readToken(row);
  }

  async list(): Promise<StoredToken[]> {
    const rows = await this.#read((database) =>
      database.prepare<[], TokenRow>('SELECT * FROM api_tokens ORDER BY created_at, id').all(),
    );
    return rows.map(readToken);
  }

  async revoke(id: string, at: number): Promise<boolean> {
    const { changes } = await this.#write((database) =>
      database
        .prepare('UPDATE api_tokens SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?')
        .run(at, id),
    );
    return changes > 0;
  }

  async noteUse(id: string, at: number): Promise<void> {
    await this.#write((database) =>
      database.prepare('UPDATE api_tokens SET last_used_at = ? WHERE id = ?').run(at, id),
    );
  }
}
