import { describe, expect, it } from 'vitest';
import {
  acquire,
  concludeProbes,
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
  CallResult,
  Moved,
  Permit,
} from '../../../lib/delivery/breaker/breaker.ts';

const POLICY: BreakerPolicy = {
  failureThreshold: 3,
  recoveryTimeoutMs: 60_000,
  halfOpenAttempts: 3,
  permitMs: 10_000,
  slowCallMs: 1_000,
  slowCallRate: 0.5,
  minimumCalls: 4,
  windowCalls: 6,
};
const T0 = 1_000_000;
const OK: CallResult = { ok: true, latencyMs: 5 };
const FAILED: CallResult = { ok: false, latencyMs: 5, reason: '503' };
const SLOW: CallResult = { ok: true, latencyMs: 1_000 };

/** A breaker with its clock. */
class Circuit {
  state: BreakerState = CLOSED;
  now = T0;
  readonly policy: BreakerPolicy;
  #ids = 0;

  constructor(policy = POLICY) {
    this.policy = policy;
  }

  ask() {
    this.#ids += 1;
    const asked = acquire(this.state, this.policy, this.now, `p${this.#ids}`);
    this.state = asked.state;
    return asked;
  }

  permit(): Permit {
    const { permit } = this.ask();
    if (!permit) throw new Error('the circuit lets no call through');
    return permit;
  }

  tell(permit: Permit, result: CallResult) {
    return this.take(report(this.state, this.policy, permit, result, this.now));
  }

  call(...results: CallResult[]) {
    return results.map((result) => this.tell(this.permit(), result));
  }

  take({ state, transition }: Moved) {
    this.state = state;
    return transition;
  }
}

function opened(policy = POLICY): Circuit {
  const circuit = new Circuit(policy);
  circuit.take(trip(circuit.state, 'drill', circuit.now));
  return circuit;
}

function halfOpen(policy = POLICY): Circuit {
  const circuit = opened(policy);
  circuit.now += policy.recoveryTimeoutMs;
  return circuit;
}

describe('a closed circuit', () => {
  it('opens after so many failures in a row, and says why', () => {
    const circuit = new Circuit();
    const [first, second, third] = circuit.call(FAILED, FAILED, FAILED);
    expect([first, second]).toEqual([null, null]);
    expect(third).toEqual({
      at: T0,
      from: 'closed',
      to: 'open',
      reason: '3 failures in a row, the last: 503',
    });
    expect(circuit.state).toMatchObject({ phase: 'open', openedAt: T0, trips: 1, generation: 1 });
  });

  it('counts failures anew after a success', () => {
    const circuit = new Circuit();
    circuit.call(FAILED, FAILED, OK, FAILED, FAILED);
    expect(circuit.state).toMatchObject({ phase: 'closed', consecutiveFailures: 2 });
  });

  it('stores no permits', () => {
    const circuit = new Circuit();
    expect(circuit.ask().state).toBe(CLOSED);
  });

  it('opens when more than the given share of the last calls was slow', () => {
    const circuit = new Circuit();
    expect(circuit.call(OK, OK, SLOW, SLOW).at(-1)).toBeNull(); // a half is not more than a half
    expect(circuit.call(SLOW).at(-1)?.reason).toBe('3 of the last 5 calls were slow');
  });

  it('says nothing of slow calls before it has seen enough calls', () => {
    const circuit = new Circuit();
    expect(circuit.call(SLOW, SLOW, SLOW)).toEqual([null, null, null]);
    expect(circuit.call(SLOW).at(-1)?.to).toBe('open');
  });

  it('looks at a full window when more calls are asked for than it holds', () => {
    const circuit = new Circuit({ ...POLICY, minimumCalls: 100 });
    circuit.call(SLOW, SLOW, SLOW, SLOW, SLOW);
    expect(circuit.state.phase).toBe('closed');
    circuit.call(SLOW);
    expect(circuit.state.phase).toBe('open');
  });

  it('forgets calls that have left the window', () => {
    const circuit = new Circuit();
    circuit.call(SLOW, SLOW, OK, OK, OK, OK, OK, OK, SLOW, SLOW, SLOW);
    expect(circuit.state).toMatchObject({ phase: 'closed', window: 'fffsss' });
  });

  it('counts slow failures as slow too', () => {
    const circuit = new Circuit({ ...POLICY, failureThreshold: 100 });
    circuit.call(...Array.from({ length: 4 }, () => ({ ...FAILED, latencyMs: 1_000 })));
    expect(circuit.state).toMatchObject({
      phase: 'open',
      reason: '4 of the last 4 calls were slow',
    });
  });
});

describe('an open circuit', () => {
  it('lets nothing through until its time is over, and says when', () => {
    const circuit = opened();
    circuit.now += 59_999;
    expect(circuit.ask()).toMatchObject({ permit: null, retryAt: T0 + 60_000, transition: null });
    circuit.now += 1;
    const { permit, transition } = circuit.ask();
    expect(permit).not.toBeNull();
    expect(transition).toMatchObject({ from: 'open', to: 'half_open', at: T0 + 60_000 });
  });

  it('is not changed by being asked', () => {
    const circuit = opened();
    const before = circuit.state;
    expect(circuit.ask().state).toBe(before);
  });

  it('waits its time from when a clock that was set back is noticed, and no longer', () => {
    const circuit = opened();
    circuit.now -= 86_400_000;
    const noticedAt = circuit.now;
    expect(circuit.ask().retryAt).toBe(noticedAt + 60_000);
    circuit.now += 60_000;
    expect(circuit.ask().permit).not.toBeNull();
  });

  it('is not closed by a call that began before it opened', () => {
    const circuit = new Circuit();
    const early = circuit.permit();
    circuit.call(FAILED, FAILED, FAILED);
    expect(circuit.tell(early, OK)).toBeNull();
    expect(circuit.state).toMatchObject({ phase: 'open', lastSuccessAt: T0 });
  });
});

describe('a half-open circuit', () => {
  it('lets so many probes through at a time', () => {
    const circuit = halfOpen();
    const probes = [circuit.permit(), circuit.permit(), circuit.permit()];
    expect(new Set(probes.map(({ id }) => id)).size).toBe(3);
    expect(circuit.ask()).toMatchObject({ permit: null, retryAt: circuit.now + 10_000 });
  });

  it('lets no more through in place of those that have succeeded', () => {
    const circuit = halfOpen();
    const [first] = [circuit.permit(), circuit.permit()];
    if (first) circuit.tell(first, OK);
    circuit.permit();
    expect(circuit.ask().permit).toBeNull();
  });

  it('closes when all probes have succeeded', () => {
    const circuit = halfOpen();
    const [first, , last] = circuit.call(OK, OK, OK);
    expect(first).toBeNull();
    expect(last).toMatchObject({ from: 'half_open', to: 'closed', reason: '3 probes succeeded' });
    expect(circuit.state).toEqual({
      phase: 'closed',
      generation: 3,
      consecutiveFailures: 0,
      lastFailureAt: null,
      lastSuccessAt: circuit.now,
      trips: 1,
      window: '',
    });
  });

  it('opens again for its whole time after one failure', () => {
    const circuit = halfOpen();
    const [, failed] = circuit.call(OK, FAILED);
    expect(failed).toMatchObject({ from: 'half_open', to: 'open', reason: 'a probe failed: 503' });
    expect(circuit.ask().retryAt).toBe(circuit.now + 60_000);
    expect(circuit.state).toEqual({
      phase: 'open',
      generation: 3,
      consecutiveFailures: 1,
      lastFailureAt: circuit.now,
      lastSuccessAt: circuit.now,
      trips: 1, // the same outage
      openedAt: circuit.now,
      reason: 'a probe failed: 503',
    });
    circuit.now += 60_000;
    circuit.call(OK, OK); // the success from before does not count
    expect(circuit.state.phase).toBe('half_open');
  });

  it('ignores probes of an earlier time half open, whether they succeed or fail', () => {
    const circuit = halfOpen();
    const [late, lost, failing] = [circuit.permit(), circuit.permit(), circuit.permit()];
    circuit.tell(failing, FAILED);
    circuit.now += 60_000;
    circuit.call(OK, OK);
    expect(circuit.tell(late, OK)).toBeNull();
    expect(circuit.tell(lost, FAILED)).toBeNull();
    expect(circuit.state).toMatchObject({ phase: 'half_open', probesSucceeded: 2 });
  });

  it('counts a report once', () => {
    const circuit = halfOpen();
    const probe = circuit.permit();
    for (let again = 0; again < 5; again += 1) circuit.tell(probe, OK);
    expect(circuit.state).toMatchObject({ phase: 'half_open', probesSucceeded: 1 });
  });

  it('frees the place of a probe that died', () => {
    const circuit = halfOpen();
    const dead = [circuit.permit(), circuit.permit(), circuit.permit()];
    circuit.now += 9_999;
    expect(circuit.ask().permit).toBeNull();
    circuit.now += 1;
    circuit.call(OK, OK);
    for (const probe of dead) circuit.tell(probe, OK); // too late
    expect(circuit.state.phase).toBe('half_open');
    circuit.call(OK);
    expect(circuit.state.phase).toBe('closed');
  });

  it('frees the place of a probe that was not made', () => {
    const circuit = halfOpen();
    const [first] = [circuit.permit(), circuit.permit(), circuit.permit()];
    if (first) circuit.state = release(circuit.state, first);
    expect(circuit.ask().permit).not.toBeNull();
    expect(circuit.ask().permit).toBeNull();
  });

  it('keeps the places of probes on their way when the clock is set back, but not for long', () => {
    const circuit = halfOpen();
    const [first] = [circuit.permit(), circuit.permit(), circuit.permit()];
    circuit.now -= 3_600_000;
    expect(circuit.ask()).toMatchObject({ permit: null, retryAt: circuit.now + 10_000 });
    if (first) circuit.tell(first, OK);
    expect(circuit.state).toMatchObject({ probesSucceeded: 1 });
    circuit.now += 10_000;
    expect(circuit.ask().permit).not.toBeNull();
  });

  it('closes with the next success when fewer probes are asked for than have succeeded', () => {
    const circuit = halfOpen();
    circuit.call(OK, OK);
    const fewer = { ...POLICY, halfOpenAttempts: 1 };
    const { state, permit } = acquire(circuit.state, fewer, circuit.now, 'x');
    expect(permit).toMatchObject({ id: 'x' });
    expect(acquire(state, fewer, circuit.now, 'y').permit).toBeNull();
    const { phase } = report(state, fewer, permit as Permit, OK, circuit.now).state;
    expect(phase).toBe('closed');
  });

  it('closes early when nothing is left to probe with, unless a probe is on its way or too many were slow', () => {
    const conclude = (circuit: Circuit) =>
      circuit.take(concludeProbes(circuit.state, circuit.policy, circuit.now));
    const circuit = halfOpen();
    const [first, second] = [circuit.permit(), circuit.permit()];
    expect(conclude(circuit)).toBeNull(); // nothing has succeeded yet
    circuit.tell(first, OK);
    expect(conclude(circuit)).toBeNull(); // the second is on its way
    circuit.tell(second, OK);
    expect(conclude(circuit)).toMatchObject({ to: 'closed', reason: '2 probes succeeded' });
    expect(conclude(circuit)).toBeNull();
    const slow = halfOpen();
    slow.call(SLOW);
    expect(conclude(slow)).toBeNull();
    expect(slow.state.phase).toBe('half_open');
  });

  it('closes although some probes were slow, if no more than may be', () => {
    const circuit = halfOpen();
    circuit.call(SLOW, OK, OK);
    expect(circuit.state).toMatchObject({ phase: 'closed', window: '' });
  });

  it('opens again when too many of the probes were slow, but only once all are back', () => {
    const circuit = halfOpen();
    const [, second, last] = circuit.call(SLOW, SLOW, OK);
    expect(second).toBeNull();
    expect(last).toMatchObject({ to: 'open', reason: '2 of 3 probes were slow' });
    circuit.now += 60_000;
    circuit.call(OK, SLOW, OK); // slow probes from before do not count
    expect(circuit.state.phase).toBe('closed');
  });

  it('closes for a server that is always slow where no share of slow calls is too large', () => {
    const circuit = halfOpen({ ...POLICY, slowCallRate: 1 });
    circuit.call(SLOW, SLOW, SLOW);
    expect(circuit.state.phase).toBe('closed');
  });
});

describe('by hand', () => {
  it.each([opened(), halfOpen()])(
    'a circuit is closed, and earlier calls say nothing',
    (circuit) => {
      const { permit } = circuit.ask();
      const { generation } = circuit.state;
      const transition = circuit.take(reset(circuit.state, circuit.now));
      expect(transition).toMatchObject({ to: 'closed', reason: 'reset' });
      expect(circuit.state).toMatchObject({ generation: generation + 1, trips: 1, window: '' });
      if (permit) circuit.tell(permit, FAILED);
      expect(circuit.state).toMatchObject({ phase: 'closed', consecutiveFailures: 0 });
    },
  );

  it('a closed circuit is set back without a change of phase', () => {
    const circuit = new Circuit();
    circuit.call(FAILED, FAILED);
    expect(circuit.take(reset(circuit.state, circuit.now))).toBeNull();
    expect(circuit.state).toMatchObject({ consecutiveFailures: 0, window: '', lastFailureAt: T0 });
  });

  it('a circuit is opened for a drill', () => {
    const circuit = new Circuit();
    const transition = circuit.take(trip(circuit.state, 'drill of March', circuit.now));
    expect(transition).toMatchObject({ from: 'closed', to: 'open', reason: 'drill of March' });
    expect(circuit.ask().permit).toBeNull();
  });
});

describe('parseBreakerState', () => {
  it('reads back what was written', () => {
    const circuit = halfOpen();
    circuit.call(SLOW, OK);
    circuit.ask();
    expect(parseBreakerState(JSON.stringify(circuit.state))).toEqual(circuit.state);
  });

  it.each([undefined, '', 'null', '[]', '7', '{}', JSON.stringify(CLOSED).slice(0, -1)])(
    'takes %j for a closed circuit',
    (text) => {
      expect(parseBreakerState(text)).toEqual(CLOSED);
    },
  );

  it.each([
    { phase: 'ajar' },
    { phase: undefined },
    { trips: -1 },
    { generation: '0' },
    { consecutiveFailures: 0.5 },
    { lastFailureAt: 'today' },
    { lastSuccessAt: undefined },
    { openedAt: 'today' },
    { openedAt: null },
    { reason: null },
  ])('takes an open circuit with %j for a closed one', (bad) => {
    const { state } = opened();
    expect(state.phase).toBe('open');
    expect(parseBreakerState(JSON.stringify({ ...state, ...bad }))).toEqual(CLOSED);
  });

  it.each([
    { permits: [{}] },
    { permits: [null] },
    { permits: undefined },
    { probesSucceeded: -1 },
    { reason: null },
    { window: null },
  ])('takes a half open circuit with %j for a closed one', (bad) => {
    const circuit = halfOpen();
    circuit.permit();
    const { state } = circuit;
    expect(state.phase).toBe('half_open');
    expect(parseBreakerState(JSON.stringify({ ...state, ...bad }))).toEqual(CLOSED);
  });

  it('leaves out what another phase has need of, as older versions wrote it', () => {
    const { state } = opened();
    const older = { ...state, permits: [], probesSucceeded: 0, window: '' };
    expect(parseBreakerState(JSON.stringify(older))).toEqual(state);
  });
});
