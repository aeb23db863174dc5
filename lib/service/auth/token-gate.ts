import { LRUCache } from 'lru-cache';
import type { Clock } from '../../base/clock.ts';
import { DEFAULT_TENANT } from '../store/tenants.ts';
import type { StoredToken, TokenScope, TokenStore } from '../store/token-store.ts';
import { isToken, tokenId } from './token.ts';

/** Who asks, and what they may. */
export interface Caller {
  /** Undefined: nobody in particular, in a service that has no tokens. */
  readonly tokenId: string | undefined;
  readonly tenant: string;
  readonly scopes: readonly TokenScope[];
}

export type Admission =
  | { readonly kind: 'admitted'; readonly caller: Caller }
  /** No token, and one is needed. */
  | { readonly kind: 'missing' }
  /** A token that is none, or no longer. */
  | { readonly kind: 'invalid' };

export interface TokenGateOptions {
  readonly tokens: TokenStore;
  readonly clock: Clock;
  /** Whether everything is open as long as there is not a single token: only on loopback. */
  readonly isOpenWithoutTokens: boolean;
}

/** So long a revoked token may still be taken by a replica that has just seen it, in milliseconds. */
const KNOWN_FOR_MS = 5_000;
/** So long a token that was found before is taken while the store is away: to see that it is. */
const STALE_FOR_MS = 300_000;
/** So long a first token may go unnoticed. */
const NO_TOKENS_FOR_MS = 1_000;
/** `lastUsedAt` is no more precise than this: it costs a write. */
const USE_NOTED_EVERY_MS = 60_000;
const MAX_KNOWN = 10_000;

/** Looks tokens up, and remembers for a moment what it found: also that there is none of an id. */
export class TokenGate {
  readonly #tokens: TokenStore;
  readonly #clock: Clock;
  readonly #isOpenWithoutTokens: boolean;
  readonly #known = new LRUCache<string, { token: StoredToken | undefined; at: number }>({
    max: MAX_KNOWN,
  });
  readonly #usesNoted = new LRUCache<string, number>({ max: MAX_KNOWN });
  /** A token that was ever made, if revoked by now, closes the service for good. */
  #hasTokens = false;
  #lookedForTokensAt = -Infinity;

  constructor({ tokens, clock, isOpenWithoutTokens }: TokenGateOptions) {
    this.#tokens = tokens;
    this.#clock = clock;
    this.#isOpenWithoutTokens = isOpenWithoutTokens;
  }

  /** @param authorization the header of that name */
  async admit(authorization: string | undefined): Promise<Admission> {
    if (await this.#isOpen()) return { kind: 'admitted', caller: ANYBODY };
    if (authorization === undefined) return { kind: 'missing' };
    const text = /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
    const id = text && tokenId(text);
    if (!text || !id) return { kind: 'invalid' };
    const token = await this.#find(id);
    const now = this.#clock();
    if (!token || !isToken(text, token) || token.revokedAt !== null) return { kind: 'invalid' };
    if (token.expiresAt !== null && token.expiresAt <= now) return { kind: 'invalid' };
    this.#noteUse(token, now);
    const { tenant, scopes } = token;
    return { kind: 'admitted', caller: { tokenId: id, tenant, scopes } };
  }

  /** Whether the header names a token that was found before, so that asking for it costs no look-up. */
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
      // A store that is away gives nothing away; that it is can be asked for, as before.
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
      // As above; what can be had of a store that comes and goes, it has only for a while.
      if (!known?.token || now - known.at > STALE_FOR_MS) throw error;
      return known.token;
    }
  }

  #noteUse(token: StoredToken, now: number): void {
    const noted = this.#usesNoted.get(token.id) ?? token.lastUsedAt ?? -Infinity;
    if (Math.abs(now - noted) < USE_NOTED_EVERY_MS) return;
    this.#usesNoted.set(token.id, now);
    // That it can't be noted is no reason to refuse the request.
    void this.#tokens.noteUse(token.id, now).catch(() => {});
  }
}

/** Whether a caller may do what needs `scope`. */
export function hasScope({ scopes }: Caller, scope: TokenScope): boolean {
  return scopes.includes(scope) || scopes.includes('admin');
}

// --- internal ---

const ANYBODY: Caller = { tokenId: undefined, tenant: DEFAULT_TENANT, scopes: ['admin'] };
