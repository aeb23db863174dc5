import { LRUCache } from 'lru-cache';
import type { Clock } from '../../base/clock.ts';

/** How many requests a `RateLimiter` allows. */
export interface RateLimiterOptions {
  /** Requests of one caller within a window; 0 is no limit. @default 1,000 */
  readonly requests?: number;
  /** Length of a window in milliseconds. @default 60,000 */
  readonly windowMs?: number;
  readonly clock: Clock;
}

/** How far a caller has used its window. */
export interface RateState {
  /** Requests allowed in the window; 0 is no limit. */
  readonly limit: number;
  /** Requests counted in the window. */
  readonly used: number;
  /** Whether the request was refused; from `state`, whether the next one would be. */
  readonly isExceeded: boolean;
  /** Seconds until the window ends, rounded up, at least 1. */
  readonly resetSeconds: number;
}

/** The most callers remembered; the one that was silent longest is forgotten first. */
const MAX_CALLERS = 10_000;

/** Counts requests by caller, in windows that each begin with a caller's first request. */
export class RateLimiter {
  /** Requests of one caller within a window; 0 is no limit. */
  readonly limit: number;
  /** Length of a window in milliseconds. */
  readonly windowMs: number;
  readonly #clock: Clock;
  readonly #windows = new LRUCache<string, { startedAt: number; used: number }>({
    max: MAX_CALLERS,
  });

  /** Starts with no caller counted. */
  constructor({ requests = 1_000, windowMs = 60_000, clock }: RateLimiterOptions) {
    this.limit = requests;
    this.windowMs = windowMs;
    this.#clock = clock;
  }

  /** Counts a request, unless the limit is reached: then `isExceeded` is true. */
  count(caller: string): RateState {
    if (this.limit === 0) return this.state(caller);
    const now = this.#clock();
    let window = this.#windows.get(caller);
    // After the clock was set back, a new window begins; otherwise it could last for hours.
    if (!window || now >= window.startedAt + this.windowMs || now < window.startedAt) {
      window = { startedAt: now, used: 0 };
      this.#windows.set(caller, window);
    }
    const isExceeded = window.used >= this.limit;
    if (!isExceeded) window.used += 1;
    return this.#stateOf(window, now, isExceeded);
  }

  /** The caller's state, without counting: `isExceeded` when the next request would be refused. */
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

/**
 * The caller that an IP address stands for. An IPv6 address stands for its /64 network, because one
 * machine commonly has all 2^64 addresses of it.
 */
export function addressCaller(address: string | undefined): string {
  if (address === undefined) return 'address:unknown';
  if (address.startsWith('::ffff:')) return `address:${address.slice('::ffff:'.length)}`;
  if (!address.includes(':')) return `address:${address}`;
  const [head = '', tail] = address.split('::');
  const groups = head.split(':');
  if (tail !== undefined) while (groups.length < 4) groups.push('0');
  return `address:${groups.slice(0, 4).join(':')}::/64`;
}
