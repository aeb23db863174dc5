import { LRUCache } from 'lru-cache';
import type { Clock } from '../../base/clock.ts';

export interface RateLimiterOptions {
  /** Requests of one caller within the window; 0 is no limit. @default 1,000 */
  readonly requests?: number;
  /** In milliseconds. @default 60,000 */
  readonly windowMs?: number;
  readonly clock: Clock;
}

export interface RateState {
  /** 0: no limit. */
  readonly limit: number;
  readonly used: number;
  readonly isExceeded: boolean;
  /** Seconds until the window begins anew, at least 1. */
  readonly resetSeconds: number;
}

/** So many callers are remembered; the one longest unheard of is forgotten first. */
const MAX_CALLERS = 10_000;

/** Counts requests by caller, in windows that begin with the caller's first request. */
export class RateLimiter {
  readonly limit: number;
  readonly windowMs: number;
  readonly #clock: Clock;
  readonly #windows = new LRUCache<string, { startedAt: number; used: number }>({
    max: MAX_CALLERS,
  });

  constructor({ requests = 1_000, windowMs = 60_000, clock }: RateLimiterOptions) {
    this.limit = requests;
    this.windowMs = windowMs;
    this.#clock = clock;
  }

  /** Counts a request, unless the limit is reached. */
  count(caller: string): RateState {
    if (this.limit === 0) return this.state(caller);
    const now = this.#clock();
    let window = this.#windows.get(caller);
    // A clock that was set back must not lock a caller out for long.
    if (!window || now >= window.startedAt + this.windowMs || now < window.startedAt) {
      window = { startedAt: now, used: 0 };
      this.#windows.set(caller, window);
    }
    const isExceeded = window.used >= this.limit;
    if (!isExceeded) window.used += 1;
    return this.#stateOf(window, now, isExceeded);
  }

  /** Without counting: `isExceeded` when the next request would be refused. */
  state(caller: string): RateState {
    const now = this.#clock();
    const window = this.limit === 0 ? undefined : this.#windows.peek(caller);
    const isCurrent = window && now < window.startedAt + this.windowMs && now >= window.startedAt;
    if (!isCurrent) return this.#stateOf({ startedAt: now, used: 0 }, now, false);
    return this.#stateOf(window, now, window.used >= this.limit);
  }

  #stateOf(
    window: { readonly startedAt: number; readonly used: number },
    now: number,
    isExceeded: boolean,
  ): RateState {
    const leftMs = window.startedAt + this.windowMs - now;
    const resetSeconds = Math.max(1, Math.ceil(leftMs / 1000));
    return { limit: this.limit, used: window.used, isExceeded, resetSeconds };
  }
}

/** Whom an address stands for: of IPv6 the network, because a machine has 2^64 addresses to itself. */
export function addressCaller(address: string | undefined): string {
  if (address === undefined) return 'address:unknown';
  if (address.startsWith('::ffff:')) return `address:${address.slice('::ffff:'.length)}`;
  if (!address.includes(':')) return `address:${address}`;
  const [head = '', tail] = address.split('::');
  const groups = head.split(':');
  if (tail !== undefined) while (groups.length < 4) groups.push('0');
  return `address:${groups.slice(0, 4).join(':')}::/64`;
}
