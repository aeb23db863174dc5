import { LRUCache } from 'lru-cache';
import type { Clock } from '../../base/clock.ts';
import { DEFAULT_TENANT } from '../store/tenants.ts';
import type { StoredToken, TokenScope, TokenStore } from '../store/token-store.ts';
import { isToken, tokenId } from './token.ts';

/** Who sends a request, and what they may do. */
export interface Caller {
  /** The public part of the token; undefined for anybody, in a service without tokens. */
  readonly tokenId: string | undefined;
  /** What the token is for, as its maker said; undefined without a token. */
  readonly tokenName: string | undefined;
  /** The tenant whose patterns the token opens. */
  readonly tenant: string;
  readonly scopes: readonly TokenScope[];
}

/** What the gate decided about a request. */
export type Admission =
  | { readonly kind: 'admitted'; readonly caller: Caller }
  /** No token was sent, and one is needed. */
  | { readonly kind: 'missing' }
  /** The token does not open anything; `token` is the stored one that it claims to be. */
  | { readonly kind: 'invalid'; readonly reason: InvalidReason; readonly token?: StoredToken };

/** Why a token is not valid. `unknown`: malformed, or there is none with its id. */
export type InvalidReason = 'unknown' | 'wrong secret' | 'revoked' | 'expired';

/** What a `TokenGate` works with. */
export interface TokenGateOptions {
  readonly tokens: TokenStore;
  readonly clock: Clock;
  /** Whether everybody is admitted until the first token is made. True only on loopback. */
  readonly isOpenWithoutTokens: boolean;
}

/**
 * How long the result of a look-up is reused, in milliseconds. For that long, a replica that has just seen
 * a token may accept it after it was revoked.
 */
const KNOWN_FOR_MS = 5_000;
/**
 * While the store is unreachable, a token seen within this time is still accepted, in milliseconds. Then it
 * opens only health and metrics, and everything else answers 503, so that its owner sees that the store is
 * down.
 */
const STALE_FOR_MS = 300_000;
/** While there is no token, the gate looks for one this often, in milliseconds. */
const NO_TOKENS_FOR_MS = 1_000;
/** How precise `lastUsedAt` is, in milliseconds: noting each use would cost a write a request. */
const USE_NOTED_EVERY_MS = 60_000;
/** Look-ups remembered, so that invented ids cannot fill the memory. */
const MAX_KNOWN = 10_000;

/** Looks tokens up, and remembers each result for a moment, also that an id is unknown. */
export class TokenGate {
  readonly #tokens: TokenStore;
  readonly #clock: Clock;
  readonly #isOpenWithoutTokens: boolean;
  readonly #known = new LRUCache<string, { token: StoredToken | undefined; at: number }>({
    max: MAX_KNOWN,
  });
  readonly #usesNoted = new LRUCache<string, number>({ max: MAX_KNOWN });
  /** Stays true once a token was seen: the service then stays closed, even if all are revoked. */
  #hasTokens = false;
  #lookedForTokensAt = -Infinity;

  /** Starts with no look-up remembered. */
  constructor({ tokens, clock, isOpenWithoutTokens }: TokenGateOptions) {
    this.#tokens = tokens;
    this.#clock = clock;
    this.#isOpenWithoutTokens = isOpenWithoutTokens;
  }

  /**
   * Decides about a request.
   *
   * @param authorization the `Authorization` header; undefined when it was not sent
   * @throws StoreUnavailableError when the store is unreachable and nothing recent is remembered
   */
  async admit(authorization: string | undefined): Promise<Admission> {
    if (await this.#isOpen()) return { kind: 'admitted', caller: ANYBODY };
    if (authorization === undefined) return { kind: 'missing' };
    const text = /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
    const id = text && tokenId(text);
    if (!text || !id) return { kind: 'invalid', reason: 'unknown' };
    const token = await this.#find(id);
    const now = this.#clock();
    if (!token) return { kind: 'invalid', reason: 'unknown' };
    if (!isToken(text, token)) return { kind: 'invalid', reason: 'wrong secret', token };
    if (token.revokedAt !== null) return { kind: 'invalid', reason: 'revoked', token };
    if (token.expiresAt !== null && token.expiresAt <= now) {
      return { kind: 'invalid', reason: 'expired', token };
    }
    this.#noteUse(token, now);
    const { tenant, scopes, name } = token;
    return { kind: 'admitted', caller: { tokenId: id, tokenName: name, tenant, scopes } };
  }

  /** Whether the header names a token that is remembered, so that admitting it costs no look-up. */
  isKnown(authorization: string | undefined): boolean {
    const id = tokenId(authorization?.split(/ +/)[1] ?? '');
    return id !== undefined && this.#known.peek(id)?.token !== undefined;
  }

  async #isOpen(): Promise<boolean> {
    if (!this.#isOpenWithoutTokens || this.#hasTokens) return false;
    const now = this.#clock();
    if (Math.abs(now - this.#lookedForTokensAt) < NO_TOKENS_FOR_MS) return true;
    try {
      this.#hasTokens = (await this.#tokens.list()).length > 0;
    } catch (error) {
      // An unreachable store leaks nothing: stay open as before, so that callers can see that it is down.
      if (this.#lookedForTokensAt === -Infinity) throw error;
      return true;
    }
    this.#lookedForTokensAt = now;
    return !this.#hasTokens;
  }

  async #find(id: string): Promise<StoredToken | undefined> {
    const now = this.#clock();
    const known = this.#known.get(id);
    if (known && Math.abs(now - known.at) < KNOWN_FOR_MS) return known.token;
    try {
      const token = await this.#tokens.find(id);
      this.#known.set(id, { token, at: now });
      return token;
    } catch (error) {
      // The token opens nothing while the store is down, but the store may come back: hence a limit.
      if (!known?.token || now - known.at > STALE_FOR_MS) throw error;
      return known.token;
    }
  }

  #noteUse(token: StoredToken, now: number): void {
    const noted = this.#usesNoted.get(token.id) ?? token.lastUsedAt ?? -Infinity;
    if (Math.abs(now - noted) < USE_NOTED_EVERY_MS) return;
    this.#usesNoted.set(token.id, now);
    // A use that cannot be noted is no reason to refuse the request.
    void this.#tokens.noteUse(token.id, now).catch(() => {});
  }
}

/** Whether a caller may do what needs `scope`; the scope `admin` allows everything. */
export function hasScope({ scopes }: Caller, scope: TokenScope): boolean {
  return scopes.includes(scope) || scopes.includes('admin');
}

// --- internal ---

/** The caller of a service without tokens. */
const ANYBODY: Caller = {
  tokenId: undefined,
  tokenName: undefined,
  tenant: DEFAULT_TENANT,
  scopes: ['admin'],
};
