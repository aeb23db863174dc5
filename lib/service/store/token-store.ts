/** What a token allows: `admin` includes the other two. */
export type TokenScope = 'read' | 'write' | 'admin';

/** A token as it is kept: only the digest of its secret. Times are milliseconds since 1970. */
export interface StoredToken {
  /** Public; a part of the token itself. */
  readonly id: string;
  readonly name: string;
  readonly tenant: string;
  readonly scopes: readonly TokenScope[];
  /** SHA-256 of the whole token, hex. */
  readonly digest: string;
  readonly createdAt: number;
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
  readonly lastUsedAt: number | null;
}

/** The tokens of a service, of every tenant. Every method may reject with `StoreUnavailableError`. */
export interface TokenStore {
  add(token: StoredToken): Promise<void>;
  /** Those of `ids` that there are, in any order. */
  findAll(ids: readonly string[]): Promise<StoredToken[]>;
  /** Oldest first. */
  list(): Promise<StoredToken[]>;
  /** False when no token has this id. The time of the first revocation stays. */
  revoke(id: string, at: number): Promise<boolean>;
  noteUse(id: string, at: number): Promise<void>;
  /** Removes the tokens of that name and tenant that have expired before `at`. */
  removeExpired(name: string, tenant: string, at: number): Promise<void>;
}

/** A token as both databases select it. */
export type TokenRow = Omit<StoredToken, 'scopes'> & {
  /** Separated by commas. */
  readonly scopes: string;
};

/** The token that a row holds. */
export function readToken({ scopes, ...row }: TokenRow): StoredToken {
  return { ...row, scopes: scopes.split(',') as TokenScope[] };
}
