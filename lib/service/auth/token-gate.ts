import { LRUCache } from 'lru-cache';
import type { Clock } from '../../base/clock.ts';
import { withinDeadline } from '../../base/deadline.ts';
import { PROMPT_MS } from '../store/store-probe.ts';
import { StoreUnavailableError } from '../store/store-unavailable-error.ts';
import { DEFAULT_TENANT } from '../store/tenants.ts';
import type { StoredToken, TokenScope, TokenStore } from '../store/token-store.ts';
import { isToken, tokenId } from './token.ts';
import { TokenLookUps } from './token-look-ups.ts';

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
 * down. A store that only takes longer than `PROMPT_MS` decides about the requests after this one.
 */
const STALE_FOR_MS = 300_000;
/** While there is no token, the gate looks for one this often, in milliseconds. */
const NO_TOKENS_FOR_MS = 1_000;
/** How precise `lastUsedAt` is, in milliseconds: noting each use would cost a write a request. */
const USE_NOTED_EVERY_MS = 60_000;
/** Tokens remembered. Ids that are unknown are not, so that invented ones cannot push them out. */
const MAX_KNOWN = 10_000;

/** Looks tokens up, and remembers each for a moment. */
export class TokenGate {
  readonly #tokens: TokenStore;
  readonly #clock: Clock;
  readonly #isOpenWithoutTokens: boolean;
  readonly #lookUps: TokenLookUps;
  readonly #known = new LRUCache<string, { token: StoredToken; at: number }>({ max: MAX_KNOWN });
  readonly #usesNoted = new LRUCache<string, number>({ max: MAX_KNOWN });
  /** Stays true once a token was seen: the service then stays closed, even if all are revoked. */
  #hasTokens = false;
  #lookedForTokensAt = -Infinity;

  /** Starts with no look-up remembered. */
  constructor({ tokens, clock, isOpenWithoutTokens }: TokenGateOptions) {
    this.#tokens = tokens;
    this.#lookUps = new TokenLookUps(tokens);
    this.#clock = clock;
    this.#isOpenWithoutTokens = isOpenWithoutTokens;
  }

  /**
   * Decides about a request.
   *
   * @param authorization the `Authorization` header; undefined when it was not sent
   * @param waitMs how long to wait for the store, in milliseconds
   * @throws StoreUnavailableError when the store does not answer in time and nothing recent is remembered
   */
  async admit(authorization: string | undefined, waitMs: number): Promise<Admission> {
    if (await this.#isOpen(waitMs)) return { kind: 'admitted', caller: ANYBODY };
    if (authorization === undefined) return { kind: 'missing' };
    const text = /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
    const id = text && tokenId(text);
    if (!text || !id) return { kind: 'invalid', reason: 'unknown' };
    const token = await this.#find(id, waitMs);
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

  async #isOpen(waitMs: number): Promise<boolean> {
    if (!this.#isOpenWithoutTokens || this.#hasTokens) return false;
    const now = this.#clock();
    if (Math.abs(now - this.#lookedForTokensAt) < NO_TOKENS_FOR_MS) return true;
    const hasLooked = this.#lookedForTokensAt !== -Infinity;
    try {
      const tokens = await inTime(this.#tokens.list(), hasLooked ? PROMPT_MS : waitMs);
      this.#hasTokens = tokens.length > 0;
    } catch (error) {
      // An unreachable store leaks nothing: stay open as before, so that callers can see that it is down.
      if (!hasLooked) throw error;
      return true;
    }
    this.#lookedForTokensAt = now;
    return !this.#hasTokens;
  }

  async #find(id: string, waitMs: number): Promise<StoredToken | undefined> {
    const now = this.#clock();
    const known = this.#known.get(id);
    if (known && Math.abs(now - known.at) < KNOWN_FOR_MS) return known.token;
    // The token opens nothing while the store is down, but the store may come back: hence a limit.
    const isStale = known !== undefined && now - known.at <= STALE_FOR_MS;
    try {
      return await inTime(this.#lookUp(id, now), isStale ? PROMPT_MS : waitMs);
    } catch (error) {
      if (!isStale) throw error;
      return known.token;
    }
  }

  /** Goes on when nobody waits any more, so that the next request finds its result. */
  async #lookUp(id: string, now: number): Promise<StoredToken | undefined> {
    const token = await this.#lookUps.find(id);
    if (token) this.#known.set(id, { token, at: now });
    else this.#known.delete(id);
    return token;
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

function inTime<T>(answer: Promise<T>, ms: number): Promise<T> {
  return withinDeadline(
    answer,
    ms,
    () => new StoreUnavailableError(`The token was not found within ${ms} ms`),
  );
}

/** The caller of a service without tokens. */
const ANYBODY: Caller = {
  tokenId: undefined,
  tokenName: undefined,
  tenant: DEFAULT_TENANT,
  scopes: ['admin'],
};
