import { existsSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configure, deliveryOf, SERVER, TOKEN } from './delivery-sample.ts';
import { MINUTE, NOW, Sample } from './sample-database.ts';
import { run } from './test-environment.ts';

let sample: Sample;
beforeEach(() => {
  sample = new Sample();
  configure(sample, SERVER);
});
afterEach(() => sample.remove());

const later = (ms: number) => ({ now: () => NOW + ms });

/** Five failures in a row, which open the circuit. */
function fail(times = 5): void {
  const { breaker } = deliveryOf(sample);
  for (let n = 0; n < times; n++) {
    const { permit } = breaker.acquire();
    if (permit) breaker.report(permit, { ok: false, latencyMs: 3, reason: 'it answered 503' });
  }
}

const KEYS = [
  'state',
  'failure_count',
  'last_failure_time',
  'last_success_time',
  'failure_threshold',
  'recovery_timeout',
  'opened_at',
  'retry_at',
  'reason',
  'trips',
  'history',
  'sinks',
];

describe('breaker', () => {
  it('is closed before anything was recorded, and makes no database', async () => {
    const { exitCode, out } = await run(sample, 'breaker');
    expect(exitCode).toBe(0);
    expect(out).toMatchInlineSnapshot(`
      "State     closed
      Failures  0 in a row, opens at 5
      Last      success never, failure never
      Opened    0 times
      "
    `);
    expect(JSON.parse((await run(sample, 'breaker reset --json')).out)).toMatchObject({
      state: 'closed',
      history: [],
    });
    expect(existsSync(sample.paths.database)).toBe(false);
  });

  it('shows an open circuit, why, and when the server is probed', async () => {
    fail();
    const { out } = await run(sample, 'breaker', later(20_000));
    expect(out).toMatchInlineSnapshot(`
      "State     open
      Reason    5 failures in a row, the last: it answered 503
      Probed    in 40 s
      Failures  5 in a row, opens at 5
      Last      success never, failure 20 s ago
      Opened    1 time

      WHEN      FROM    TO    WHY
      20 s ago  closed  open  5 failures in a row, the last: it answered 503
      "
    `);
    expect((await run(sample, 'breaker', later(61_000))).out).toContain(
      'Probed    with the next delivery\n',
    );
  });

  it('prints for programs the keys that it promises', async () => {
    fail();
    const shown = JSON.parse((await run(sample, 'breaker --json')).out) as Record<string, unknown>;
    expect(Object.keys(shown)).toEqual(KEYS);
    const { sinks, ...first } = shown;
    expect(sinks).toEqual([{ sink: 'http', ...first }]);
    expect(first).toEqual({
      state: 'open',
      failure_count: 5,
      last_failure_time: '2026-11-24T12:00:00.000Z',
      last_success_time: null,
      failure_threshold: 5,
      recovery_timeout: 60,
      opened_at: '2026-11-24T12:00:00.000Z',
      retry_at: '2026-11-24T12:01:00.000Z',
      reason: shown['reason'],
      trips: 1,
      history: [
        { at: '2026-11-24T12:00:00.000Z', from: 'closed', to: 'open', reason: shown['reason'] },
      ],
    });
    expect(shown['reason']).toMatch(/it answered 503/);
  });

  it('goes by the configuration of the files and of the environment', async () => {
    deliveryOf(sample);
    writeFileSync(
      sample.paths.configFile,
      `api: { token: ${TOKEN} }\nresilience: { circuit_breaker: { recovery_timeout: 9 } }\n`,
    );
    const env = { CIRCUIT_BREAKER_FAILURE_THRESHOLD: '3' };
    const { out } = await run(sample, 'breaker --json', { env });
    expect(JSON.parse(out)).toMatchObject({ failure_threshold: 3, recovery_timeout: 9 });
    expect(out).not.toContain(TOKEN);
  });

  it('is closed by hand', async () => {
    fail();
    expect((await run(sample, 'breaker reset')).out).toMatch(/^State {5}closed\n/);
    const { state, failure_count, opened_at, retry_at, trips, history } = JSON.parse(
      (await run(sample, 'breaker --json')).out,
    ) as Record<string, unknown>;
    expect([state, failure_count, opened_at, retry_at, trips]).toEqual([
      'closed',
      0,
      null,
      null,
      1,
    ]);
    expect(history).toMatchObject([
      { from: 'open', to: 'closed' },
      { from: 'closed', to: 'open' },
    ]);
    expect(deliveryOf(sample).breaker.acquire().permit).not.toBeNull();
  });

  it('is opened by hand, for a reason that is remembered', async () => {
    deliveryOf(sample);
    const { exitCode, out } = await run(sample, 'breaker trip --reason drill');
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^State {5}open\nReason {4}drill\nProbed {4}in 1 min\n/);
    expect(deliveryOf(sample).breaker.acquire().permit).toBeNull();
    await run(sample, 'breaker reset');
    await run(sample, 'breaker trip');
    expect(deliveryOf(sample).breaker.read()).toMatchObject({ reason: 'by hand' });
  });

  it('shows the last ten changes, newest first', async () => {
    const { breaker } = deliveryOf(sample);
    for (let n = 1; n <= 8; n++) {
      breaker.trip(`trip ${n}`);
      breaker.reset();
    }
    const { history } = JSON.parse((await run(sample, 'breaker --json')).out) as {
      history: { reason: string; to: string }[];
    };
    expect(history).toHaveLength(10);
    expect(history.filter(({ to }) => to === 'open').map(({ reason }) => reason)).toEqual([
      'trip 8',
      'trip 7',
      'trip 6',
      'trip 5',
      'trip 4',
    ]);
  });

  it('lets no probe through by being looked at', async () => {
    fail();
    const { state } = JSON.parse((await run(sample, 'breaker --json', later(2 * MINUTE))).out) as {
      state: string;
    };
    expect(state).toBe('open');
  });

  it('opens nothing where nothing was recorded', async () => {
    expect(await run(sample, 'breaker trip')).toEqual({
      exitCode: 2,
      out: '',
      err: 'error: nothing was recorded yet\n  There is no circuit to open.\n',
    });
  });
});
