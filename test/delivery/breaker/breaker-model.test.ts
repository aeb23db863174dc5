// Random interleavings of processes that share one breaker, against a model that knows what really went on.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  acquire,
  CLOSED,
  release,
  report,
  reset,
  trip,
} from '../../../lib/delivery/breaker/breaker.ts';
import { parseBreakerState } from '../../../lib/delivery/breaker/stored-breaker.ts';
import type {
  BreakerPolicy,
  BreakerState,
  Moved,
  Permit,
  Transition,
} from '../../../lib/delivery/breaker/breaker.ts';

const PROCESSES = 8;

const policies: fc.Arbitrary<BreakerPolicy> = fc.record({
  failureThreshold: fc.integer({ min: 1, max: 4 }),
  recoveryTimeoutMs: fc.integer({ min: 1, max: 100 }),
  halfOpenAttempts: fc.integer({ min: 1, max: 4 }),
  permitMs: fc.integer({ min: 1, max: 100 }),
  slowCallMs: fc.constant(10),
  slowCallRate: fc.constantFrom(0, 0.5, 1),
  minimumCalls: fc.integer({ min: 1, max: 6 }),
  windowCalls: fc.integer({ min: 1, max: 6 }),
});

const process = fc.integer({ min: 0, max: PROCESSES - 1 });
const latencyMs = fc.constantFrom(1, 1, 1, 10);
const steps = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('acquire'), process }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('succeed'), process, latencyMs }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('fail'), process, latencyMs }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('release'), process }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('crash'), process }) },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('clock'), by: fc.integer({ min: 0, max: 120 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('clock'),
      by: fc.integer({ min: -100_000, max: 100_000 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('reset', 'trip') }) },
) as fc.Arbitrary<Step>;

type Step =
  | { readonly kind: 'acquire' | 'release' | 'crash'; readonly process: number }
  | { readonly kind: 'succeed' | 'fail'; readonly process: number; readonly latencyMs: number }
  | { readonly kind: 'clock'; readonly by: number }
  | { readonly kind: 'reset' | 'trip' };

interface Call {
  readonly permit: Permit;
  readonly process: number;
  /** How many times the circuit had changed, by phase or by hand, when the call began. */
  readonly epoch: number;
  readonly isProbe: boolean;
  /** When the breaker may give it up. */
  deadline: number;
}

/** What really goes on: who calls, since when, and what came of it. */
class World {
  state: BreakerState = CLOSED;
  now = 1_000_000;
  readonly seen: Record<string, number> = {};
  readonly #policy: BreakerPolicy;
  #calls: Call[] = [];
  #epoch = 0;
  #ids = 0;
  #successes = 0;

  constructor(policy: BreakerPolicy) {
    this.#policy = policy;
  }

  take(step: Step): void {
    const before = this.state;
    const epoch = this.#epoch;
    this.#do(step);
    expect(this.state.generation - before.generation).toBe(this.#epoch - epoch);
    expect(parseBreakerState(JSON.stringify(this.state))).toEqual(this.state);
    if (this.state.phase === 'half_open') {
      const inFlight = this.#probes().length;
      expect(inFlight + this.#successes).toBeLessThanOrEqual(this.#policy.halfOpenAttempts);
      this.#count(`${inFlight} in flight`);
    }
  }

  #do(step: Step): void {
    switch (step.kind) {
      case 'acquire':
        this.#acquire(step.process);
        return;
      case 'succeed':
      case 'fail':
        this.#report(step.process, step.kind === 'succeed', step.latencyMs);
        return;
      case 'release': {
        const call = this.#end(step.process);
        if (call) this.state = release(this.state, call.permit);
        return;
      }
      case 'crash':
        this.#calls = this.#calls.filter((call) => call.process !== step.process);
        return;
      case 'clock':
        this.now += step.by;
        return;
      case 'reset':
        this.#moved(reset(this.state, this.now), true);
        return;
      case 'trip':
        this.#moved(trip(this.state, 'drill', this.now));
        return;
    }
  }

  #acquire(process: number): void {
    this.#ids += 1;
    const asked = acquire(this.state, this.#policy, this.now, `p${this.#ids}`);
    this.#moved(asked);
    // Asking is when the breaker looks at the clock.
    const { permitMs } = this.#policy;
    for (const call of this.#calls) call.deadline = Math.min(call.deadline, this.now + permitMs);
    for (const call of this.#calls) if (call.deadline <= this.now) call.deadline = -Infinity;
    expect(asked.permit === null).toBe(asked.retryAt !== null);
    if (asked.state.phase === 'open') expect(asked.permit).toBeNull();
    if (asked.state.phase === 'closed') expect(asked.permit).not.toBeNull();
    if (!asked.permit) return;
    this.#calls.push({
      permit: asked.permit,
      process,
      epoch: this.#epoch,
      isProbe: asked.state.phase === 'half_open',
      deadline: this.now + permitMs,
    });
  }

  #report(process: number, ok: boolean, latency: number): void {
    const call = this.#end(process);
    if (!call) return;
    const wasHalfOpen = this.state.phase === 'half_open';
    const isCurrent = call.epoch === this.#epoch;
    if (isCurrent && wasHalfOpen && ok && call.deadline !== -Infinity) this.#successes += 1;
    const successes = this.#successes;
    const result = { ok, latencyMs: latency, reason: 'down' };
    const { transition } = this.#moved(
      report(this.state, this.#policy, call.permit, result, this.now),
    );
    if (!isCurrent) {
      this.#count(`stale ${ok ? 'success' : 'failure'}`);
      expect(transition).toBeNull();
    }
    if (transition?.to === 'closed') {
      expect({ ok, wasHalfOpen, isProbe: call.isProbe, successes }).toEqual({
        ok: true,
        wasHalfOpen: true,
        isProbe: true,
        successes: this.#policy.halfOpenAttempts,
      });
    }
    if (isCurrent && wasHalfOpen && !ok && call.deadline !== -Infinity) {
      expect(transition?.to).toBe('open');
    }
  }

  /** The oldest call of a process comes to its end. */
  #end(process: number): Call | undefined {
    const at = this.#calls.findIndex((call) => call.process === process);
    return at === -1 ? undefined : this.#calls.splice(at, 1)[0];
  }

  #probes(): Call[] {
    return this.#calls.filter(
      ({ isProbe, epoch, deadline }) => isProbe && epoch === this.#epoch && deadline !== -Infinity,
    );
  }

  #moved<T extends Moved>(moved: T, byHand = false): T {
    this.state = moved.state;
    if (moved.transition || byHand) {
      this.#epoch += 1;
      this.#successes = 0;
    }
    if (moved.transition) this.#count(pathOf(moved.transition));
    return moved;
  }

  #count(what: string): void {
    this.seen[what] = (this.seen[what] ?? 0) + 1;
  }
}

function pathOf({ from, to }: Transition): string {
  return `${from} to ${to}`;
}

/** Lets one caller alone with a server that is well until the circuit is closed; how long that took. */
function timeToClose(from: BreakerState, policy: BreakerPolicy, startedAt: number): number {
  let state = from;
  let now = startedAt;
  for (let round = 0; round < 200; round += 1) {
    if (state.phase === 'closed') return now - startedAt;
    const asked = acquire(state, policy, now, `alone${round}`);
    state = asked.state;
    if (asked.permit) {
      state = report(state, policy, asked.permit, { ok: true, latencyMs: 1 }, now).state;
    } else {
      expect(asked.retryAt).toBeGreaterThan(now);
      now = asked.retryAt ?? Infinity;
    }
  }
  throw new Error(`still ${state.phase} after 200 rounds`);
}

/** The places of dead probes come free; then slow probes from before may open it once more. */
const longest = ({ recoveryTimeoutMs, permitMs }: BreakerPolicy) => permitMs + recoveryTimeoutMs;

describe('a breaker that eight processes share', () => {
  it('limits probes, closes only for those of its own time, and is never stuck', () => {
    const seen: Record<string, number> = {};
    fc.assert(
      fc.property(policies, fc.array(steps, { maxLength: 120, size: 'max' }), (policy, script) => {
        const world = new World(policy);
        for (const step of script) {
          world.take(step);
          const took = timeToClose(world.state, policy, world.now);
          expect(took).toBeLessThanOrEqual(longest(policy));
        }
        for (const [what, times] of Object.entries(world.seen)) {
          seen[what] = (seen[what] ?? 0) + times;
        }
      }),
      { numRuns: 300 },
    );
    // The scripts have been everywhere.
    for (const what of [
      'closed to open',
      'open to half_open',
      'half_open to open',
      'half_open to closed',
      'stale success',
      'stale failure',
      '4 in flight',
    ]) {
      expect(seen[what] ?? 0, what).toBeGreaterThan(10);
    }
  });

  it('closes in bounded time whatever a stored state says', () => {
    const time = fc.option(fc.integer({ min: -1e15, max: 1e15 }));
    const count = fc.nat({ max: 10 });
    const permit = fc.record({
      id: fc.string(),
      generation: count,
      expiresAt: fc.integer({ min: -1e15, max: 1e15 }),
    });
    const states = fc.record({
      phase: fc.constantFrom('closed', 'open', 'half_open'),
      generation: count,
      consecutiveFailures: count,
      openedAt: fc.integer({ min: -1e15, max: 1e15 }),
      reason: fc.string(),
      lastFailureAt: time,
      lastSuccessAt: time,
      permits: fc.array(permit, { maxLength: 10 }),
      probesSucceeded: count,
      window: fc.string(),
      trips: count,
    });
    fc.assert(
      fc.property(policies, states, (policy, stored) => {
        const state = parseBreakerState(JSON.stringify(stored));
        expect(state.phase).toBe(stored.phase);
        const took = timeToClose(state, policy, 1_000_000);
        expect(took).toBeLessThanOrEqual(longest(policy));
      }),
      { numRuns: 500 },
    );
  });

  it('takes text that is no state for a closed circuit', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (stored) => {
        expect(parseBreakerState(stored)).toEqual(CLOSED);
      }),
    );
  });
});
