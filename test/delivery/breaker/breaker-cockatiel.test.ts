// The same calls through cockatiel's breaker: a library of years, for the part where both mean the same.
import {
  BrokenCircuitError,
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  handleAll,
} from 'cockatiel';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { acquire, CLOSED, report } from '../../../lib/delivery/breaker/breaker.ts';
import type { BreakerPhase, BreakerState } from '../../../lib/delivery/breaker/breaker.ts';

const PHASES: Record<CircuitState, BreakerPhase> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'half_open',
  [CircuitState.Isolated]: 'open',
};

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

interface Settings {
  readonly failureThreshold: number;
  readonly recoveryTimeoutMs: number;
}

interface Round {
  /** The clock goes on by so much, in milliseconds. */
  readonly after: number;
  /** Calls that overlap, each by whether it succeeds. */
  readonly calls: readonly boolean[];
}

/** Whether each call was made, and the phase after each round. */
interface Trace {
  readonly made: boolean[];
  readonly phase: BreakerPhase;
}

async function throughCockatiel(settings: Settings, rounds: readonly Round[]): Promise<Trace[]> {
  const breaker = circuitBreaker(handleAll, {
    halfOpenAfter: settings.recoveryTimeoutMs,
    breaker: new ConsecutiveBreaker(settings.failureThreshold),
  });
  const trace: Trace[] = [];
  vi.setSystemTime(1_000_000);
  for (const { after, calls } of rounds) {
    vi.setSystemTime(Date.now() + after);
    const begun = overlapping(calls, PHASES[breaker.state]).map((ok) => {
      let finish = () => {};
      const going = new Promise<void>((done, fail) => {
        finish = ok ? done : () => fail(new Error('down'));
      });
      going.catch(() => {}); // nobody waits for it where the call is refused
      const made = breaker
        .execute(() => going)
        .then(
          () => true,
          (error: unknown) => !(error instanceof BrokenCircuitError),
        );
      return { finish, made };
    });
    const made: boolean[] = [];
    for (const call of begun) {
      call.finish();
      made.push(await call.made);
    }
    trace.push({ made, phase: PHASES[breaker.state] });
  }
  return trace;
}

function throughOurs(settings: Settings, rounds: readonly Round[]): Trace[] {
  const policy = {
    ...settings,
    halfOpenAttempts: 1,
    permitMs: 1_000,
    slowCallMs: 1_000,
    slowCallRate: 1,
    minimumCalls: 1,
    windowCalls: 1,
  };
  let state: BreakerState = CLOSED;
  let now = 1_000_000;
  return rounds.map(({ after, calls }) => {
    now += after;
    const begun = overlapping(calls, state.phase).map((ok, index) => {
      const { permit, state: asked } = acquire(state, policy, now, `p${index}`);
      state = asked;
      return { ok, permit };
    });
    for (const { ok, permit } of begun) {
      if (permit) state = report(state, policy, permit, { ok, latencyMs: 1 }, now).state;
    }
    return { made: begun.map(({ permit }) => permit !== null), phase: state.phase };
  });
}

/** Only in a closed circuit: beside a probe, cockatiel lets other calls wait for it, we turn them away. */
function overlapping(calls: readonly boolean[], phase: BreakerPhase): readonly boolean[] {
  return phase === 'closed' ? calls : calls.slice(0, 1);
}

describe('a breaker with one probe', () => {
  it('lets the same calls through as cockatiel, and is in the same phase after each', async () => {
    const settings = fc.record({
      failureThreshold: fc.integer({ min: 1, max: 5 }),
      recoveryTimeoutMs: fc.integer({ min: 1, max: 50 }),
    });
    const round = fc.record({
      after: fc.nat({ max: 40 }),
      calls: fc.array(fc.boolean(), { minLength: 1, maxLength: 3 }),
    });
    const seen = { open: 0, closed: 0, half_open: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(
        settings,
        fc.array(round, { maxLength: 60, size: 'max' }),
        async (s, rounds) => {
          const ours = throughOurs(s, rounds);
          expect(ours).toEqual(await throughCockatiel(s, rounds));
          for (const { made, phase } of ours) {
            seen[phase] += 1;
            if (made.includes(false)) seen.refused += 1;
          }
        },
      ),
      { numRuns: 300 },
    );
    expect(Math.min(seen.open, seen.closed, seen.refused)).toBeGreaterThan(100);
  });
});
