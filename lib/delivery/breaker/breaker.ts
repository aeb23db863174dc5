import { counted } from '../../base/amount-text.ts';

/** `closed`: calls are made. `open`: none is made. `half_open`: single calls probe the server. */
export type BreakerPhase = BreakerState['phase'];

/** When a breaker opens and closes (`resilience.circuit_breaker`). */
export interface BreakerPolicy {
  /** This many failures in a row open the breaker. */
  readonly failureThreshold: number;
  /** How long it stays open before it lets probes through, in milliseconds. */
  readonly recoveryTimeoutMs: number;
  /**
   * Probes to let through while half open. To close the breaker all must succeed, and the share of slow ones
   * must not exceed `slowCallRate`.
   */
  readonly halfOpenAttempts: number;
  /** A permit expires after this time, because its process has probably died. In milliseconds. */
  readonly permitMs: number;
  /** A call that takes at least this long is slow, in milliseconds. */
  readonly slowCallMs: number;
  /** The share of slow calls, 0 to 1, above which the breaker opens. */
  readonly slowCallRate: number;
  /** The share of slow calls counts only with this many calls in the window, or when the window is full. */
  readonly minimumCalls: number;
  /** The window: how many of the last calls are considered. */
  readonly windowCalls: number;
}

/** Leave for one call, given by `acquire` and handed back with `report` or `release`. */
export interface Permit {
  readonly id: string;
  /** The generation of the breaker that gave it; a report from an earlier generation is stale. */
  readonly generation: number;
  /** In milliseconds since 1970 UTC. */
  readonly expiresAt: number;
}

/**
 * What a breaker remembers: a record that exists in every phase, and what only its phase needs. Plain JSON;
 * times are milliseconds since 1970 UTC.
 */
export type BreakerState = ClosedBreaker | OpenBreaker | HalfOpenBreaker;

/** What a breaker remembers in every phase. */
export interface BreakerRecord {
  /** Rises with every change of phase, and with every reset. */
  readonly generation: number;
  readonly consecutiveFailures: number;
  readonly lastFailureAt: number | null;
  readonly lastSuccessAt: number | null;
  /** How often it has tripped, by hand included: an outage counts once, however often its probes fail. */
  readonly trips: number;
}

/** A closed breaker: calls are made and counted. */
export interface ClosedBreaker extends BreakerRecord {
  readonly phase: 'closed';
  /** The last calls, oldest first: `s` slow, `f` fast. */
  readonly window: string;
}

/** An open breaker: no call is made until the recovery timeout is over. */
export interface OpenBreaker extends BreakerRecord {
  readonly phase: 'open';
  readonly openedAt: number;
  /** Why it opened. */
  readonly reason: string;
}

/** A half open breaker: single calls probe the server. */
export interface HalfOpenBreaker extends BreakerRecord {
  readonly phase: 'half_open';
  /** Why it last opened. */
  readonly reason: string;
  /** Permits of the probes that have not reported yet. */
  readonly permits: readonly Permit[];
  /** Probes that have succeeded. */
  readonly probesSucceeded: number;
  /** The successful probes, oldest first: `s` slow, `f` fast. */
  readonly window: string;
}

/** A change of phase. */
export interface Transition {
  /** In milliseconds since 1970 UTC. */
  readonly at: number;
  readonly from: BreakerPhase;
  readonly to: BreakerPhase;
  /** Why, for people. */
  readonly reason: string;
}

/** True for the begin of an outage; a failed probe says that the same one goes on. */
export function isTrip({ from, to }: Pick<Transition, 'from' | 'to'>): boolean {
  return to === 'open' && from !== 'half_open';
}

/** How a call went. */
export interface CallResult {
  readonly ok: boolean;
  readonly latencyMs: number;
  /** What went wrong, for a call that failed. */
  readonly reason?: string | undefined;
}

/** The answer to a request for a permit, and the state after it. */
export interface Acquired {
  readonly state: BreakerState;
  /** Null when the call must not be made. */
  readonly permit: Permit | null;
  /** When to ask again, in milliseconds since 1970 UTC; null with a permit. */
  readonly retryAt: number | null;
  readonly transition: Transition | null;
}

/** The state after a step, and the change of phase if there was one. */
export interface Moved {
  readonly state: BreakerState;
  readonly transition: Transition | null;
}

/** A breaker that has seen no call. */
export const CLOSED: BreakerState = Object.freeze({
  phase: 'closed',
  generation: 0,
  consecutiveFailures: 0,
  lastFailureAt: null,
  lastSuccessAt: null,
  trips: 0,
  window: '',
});

/** Asks for a permit to make one call; `id` becomes the permit's. `now`, as below: milliseconds since 1970 UTC. */
export function acquire(
  before: BreakerState,
  policy: BreakerPolicy,
  now: number,
  id: string,
): Acquired {
  const { state, transition } = recover(before, policy, now);
  const permit = { id, generation: state.generation, expiresAt: now + policy.permitMs };
  if (state.phase === 'closed') return { state, permit, retryAt: null, transition };
  if (state.phase === 'open') {
    const retryAt = state.openedAt + policy.recoveryTimeoutMs;
    return { state, permit: null, retryAt, transition };
  }
  const permits = living(state.permits, policy, now);
  // Let at least one through: if the policy was lowered meanwhile, enough may have succeeded already.
  const isFree = permits.length + state.probesSucceeded < policy.halfOpenAttempts;
  if (isFree || permits.length === 0) {
    return {
      state: { ...state, permits: [...permits, permit] },
      permit,
      retryAt: null,
      transition,
    };
  }
  const retryAt = Math.min(...permits.map(({ expiresAt }) => expiresAt));
  return { state: { ...state, permits }, permit: null, retryAt, transition };
}

/**
 * Reports how a call went. A call that began in an earlier generation does not change the phase, because it
 * says how the server was, not how it is.
 */
export function report(
  state: BreakerState,
  policy: BreakerPolicy,
  permit: Permit,
  result: CallResult,
  now: number,
): Moved {
  const times = result.ok ? { lastSuccessAt: now } : { lastFailureAt: now };
  const seen: BreakerState = { ...state, ...times };
  if (permit.generation !== seen.generation || seen.phase === 'open') {
    return { state: seen, transition: null };
  }
  return seen.phase === 'closed'
    ? whileClosed(seen, policy, result, now)
    : whileHalfOpen(seen, policy, permit, result, now);
}

/**
 * Closes a half open breaker whose probes have succeeded, though fewer than asked for, because nothing is left to probe
 * with: else it would stay half open until something is to be sent again, perhaps for days.
 */
export function concludeProbes(state: BreakerState, policy: BreakerPolicy, now: number): Moved {
  const isWell =
    state.phase === 'half_open' &&
    state.probesSucceeded > 0 &&
    living(state.permits, policy, now).length === 0 &&
    !isSlow(state.window, policy);
  return isWell ? close(state, state.probesSucceeded, now) : { state, transition: null };
}

/** Hands back a permit that was not used. */
export function release(state: BreakerState, permit: Permit): BreakerState {
  if (state.phase !== 'half_open') return state;
  return { ...state, permits: state.permits.filter(({ id }) => id !== permit.id) };
}

/** Closes the breaker, by hand or because the sink is another server now. */
export function reset(state: BreakerState, now: number): Moved {
  const closed: BreakerState = {
    ...recordOf(state),
    phase: 'closed',
    generation: state.generation + 1,
    consecutiveFailures: 0,
    window: '',
  };
  const transition: Transition | null =
    state.phase === 'closed' ? null : { at: now, from: state.phase, to: 'closed', reason: 'reset' };
  return { state: closed, transition };
}

/** Opens the breaker by hand, for a drill. */
export function trip(state: BreakerState, reason: string, now: number): Moved {
  return open(state, reason, now);
}

/** What a state remembers in every phase, and nothing else. */
export function recordOf(state: BreakerRecord): BreakerRecord {
  const { generation, consecutiveFailures, lastFailureAt, lastSuccessAt, trips } = state;
  return { generation, consecutiveFailures, lastFailureAt, lastSuccessAt, trips };
}

// --- internal ---

/** Turns an open breaker half open once the recovery timeout is over. */
function recover(state: BreakerState, policy: BreakerPolicy, now: number): Moved {
  if (state.phase !== 'open') return { state, transition: null };
  const { openedAt, reason } = state;
  // The clock was set back: count the timeout from now, or the breaker might stay open for very long.
  if (now < openedAt) return { state: { ...state, openedAt: now }, transition: null };
  if (now < openedAt + policy.recoveryTimeoutMs) return { state, transition: null };
  return {
    state: {
      ...recordOf(state),
      phase: 'half_open',
      generation: state.generation + 1,
      reason,
      permits: [],
      probesSucceeded: 0,
      window: '',
    },
    transition: { at: now, from: 'open', to: 'half_open', reason: 'recovery timeout over' },
  };
}

/**
 * The permits that have not expired. A permit that would live longer than a new one was given before the
 * clock was set back: its call may still be in flight, so it stays, but expires no later than a new one.
 */
function living(permits: readonly Permit[], { permitMs }: BreakerPolicy, now: number): Permit[] {
  return permits
    .filter(({ expiresAt }) => expiresAt > now)
    .map((permit) => ({ ...permit, expiresAt: Math.min(permit.expiresAt, now + permitMs) }));
}

function whileClosed(
  state: ClosedBreaker,
  policy: BreakerPolicy,
  { ok, latencyMs, reason }: CallResult,
  now: number,
): Moved {
  const speed = speedOf(latencyMs, policy);
  const window = (state.window + speed).slice(-policy.windowCalls);
  const consecutiveFailures = ok ? 0 : state.consecutiveFailures + 1;
  const next = { ...state, window, consecutiveFailures };
  if (consecutiveFailures >= policy.failureThreshold) {
    const last = reason ? `, the last: ${reason}` : '';
    return open(next, `${counted(consecutiveFailures, 'failure')} in a row${last}`, now);
  }
  const isEnough = window.length >= Math.min(policy.minimumCalls, policy.windowCalls);
  if (speed === 's' && isEnough && isSlow(window, policy)) {
    return open(
      next,
      `${slowIn(window)} of the last ${counted(window.length, 'call')} were slow`,
      now,
    );
  }
  return { state: next, transition: null };
}

/**
 * A failed probe opens the breaker at once. A slow probe counts as a success, but too many slow ones open
 * the breaker when the last has reported, as in resilience4j: a pace that keeps a closed breaker closed must
 * also be good enough to close it.
 */
function whileHalfOpen(
  state: HalfOpenBreaker,
  policy: BreakerPolicy,
  permit: Permit,
  { ok, latencyMs, reason }: CallResult,
  now: number,
): Moved {
  if (!state.permits.some(({ id }) => id === permit.id)) return { state, transition: null }; // expired
  if (!ok) {
    const failed = { ...state, consecutiveFailures: state.consecutiveFailures + 1 };
    return open(failed, `a probe failed: ${reason ?? 'no reason'}`, now);
  }
  const probesSucceeded = state.probesSucceeded + 1;
  const window = state.window + speedOf(latencyMs, policy);
  if (probesSucceeded < policy.halfOpenAttempts) {
    const permits = state.permits.filter(({ id }) => id !== permit.id);
    return { state: { ...state, permits, probesSucceeded, window }, transition: null };
  }
  if (isSlow(window, policy)) {
    return open(state, `${slowIn(window)} of ${counted(window.length, 'probe')} were slow`, now);
  }
  return close(state, probesSucceeded, now);
}

function close(state: HalfOpenBreaker, probes: number, now: number): Moved {
  const reason = `${counted(probes, 'probe')} succeeded`;
  return {
    state: reset(state, now).state,
    transition: { at: now, from: 'half_open', to: 'closed', reason },
  };
}

function open(state: BreakerState, reason: string, now: number): Moved {
  const transition: Transition = { at: now, from: state.phase, to: 'open', reason };
  return {
    state: {
      ...recordOf(state),
      phase: 'open',
      generation: state.generation + 1,
      trips: state.trips + (isTrip(transition) ? 1 : 0),
      openedAt: now,
      reason,
    },
    transition,
  };
}

function speedOf(latencyMs: number, { slowCallMs }: BreakerPolicy): 's' | 'f' {
  return latencyMs >= slowCallMs ? 's' : 'f';
}

function isSlow(window: string, { slowCallRate }: BreakerPolicy): boolean {
  return slowIn(window) / window.length > slowCallRate;
}

function slowIn(window: string): number {
  return window.split('s').length - 1;
}
