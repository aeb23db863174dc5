import { mkdirSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OWN_RULES } from '../../lib/alerts/alert-rules.ts';
import { configure, deliveryOf, queue } from './delivery-sample.ts';
import { parsePrometheus } from './prometheus-parser.ts';
import { HOUR, MINUTE, NOW, Sample } from './sample-database.ts';
import { run } from './test-environment.ts';

const API = "api: { base_url: 'http://127.0.0.1:9' }\n";

let sample: Sample;
beforeEach(() => {
  sample = new Sample();
  configure(sample, API);
  deliveryOf(sample);
});
afterEach(() => sample.remove());

interface Listed {
  readonly alerts: readonly { readonly rule: string; readonly state: string }[];
}

async function states(): Promise<Record<string, string>> {
  const { alerts } = JSON.parse((await run(sample, 'alerts --json')).out) as Listed;
  return Object.fromEntries(
    alerts.filter(({ state }) => state !== 'ok').map(({ rule, state }) => [rule, state]),
  );
}

/** Three couriers that were killed within the last hour. */
function crashLoop(): void {
  mkdirSync(sample.paths.data, { recursive: true });
  const crashes = [NOW - 3 * MINUTE, NOW - 2 * MINUTE, NOW - MINUTE];
  const state = { pid: 1, status: 'stopped', startedAt: NOW, updatedAt: NOW, crashes };
  writeFileSync(sample.paths.courierState, JSON.stringify(state));
}

describe('alerts', () => {
  it('says when nothing is wrong, and by how many rules', async () => {
    const { exitCode, out } = await run(sample, 'alerts');
    expect([exitCode, out]).toEqual([0, `Nothing is wrong by ${OWN_RULES.length} rules.\n`]);
    const all = await run(sample, 'alerts --all');
    for (const { id } of OWN_RULES) expect(all.out).toContain(id);
  });

  it('shows what fires, what to do and whom to call', async () => {
    configure(
      sample,
      `${API}escalation: { level_2: ['Grace, 1234'], level_3: [dev@example.com] }\n`,
    );
    crashLoop();
    const { exitCode, out } = await run(sample, 'alerts');
    expect(exitCode).toBe(1);
    expect(out).toMatchInlineSnapshot(`
      "State   Level  Rule                Since  What
      firing  high   courier_crash_loop  now    The courier ends again and again: 3 couriers did not end as they should within an hour

      courier_crash_loop: act within 15 min.
        First: pattern-tracker doctor, and pattern-tracker logs --level error
        Then:  docs/RUNBOOK.md#critical-alert-pattern-tracking-service-down
      After 15 minutes call Grace, 1234.
      After 30 minutes call dev@example.com.
      "
    `);
    expect((await run(sample, 'status')).out).toMatch(
      /^Alerts {6}high: The courier ends again and again, since now: 3 couriers/m,
    );
    const { alerts } = JSON.parse((await run(sample, 'status --json')).out) as Listed;
    expect(alerts).toMatchObject([{ rule: 'courier_crash_loop', level: 'high', state: 'firing' }]);
  });

  it('keeps nothing, and has nobody told; evaluate does', async () => {
    queue(sample, 1);
    deliveryOf(sample).breaker.trip('drill');
    expect(await states()).toMatchObject({ api_down: 'pending' });
    for (let minute = 0; minute <= 2; minute += 1) {
      await run(sample, 'alerts', { now: () => NOW + minute * MINUTE });
    }
    expect(await states()).toMatchObject({ api_down: 'pending' });
    for (let minute = 0; minute <= 2; minute += 1) {
      await run(sample, 'alerts evaluate', { now: () => NOW + minute * MINUTE });
    }
    expect(await states()).toMatchObject({ api_down: 'firing' });
    const log = await run(sample, 'logs --level error');
    expect(log.out).toContain('❌ [PatternTracker] API unavailable');
  });

  it('silences a rule for a while, and ends that', async () => {
    crashLoop();
    const { out } = await run(sample, 'alerts silence courier_crash_loop --for 2h');
    expect(out).toMatch(/^Nobody is told of courier_crash_loop until 20\d\d-/);
    expect(await states()).toEqual({ courier_crash_loop: 'silenced' });
    expect((await run(sample, 'alerts')).exitCode).toBe(0);
    expect((await run(sample, 'status')).out).toContain('silenced, high');
    await run(sample, 'alerts evaluate');
    expect((await run(sample, 'logs --level error')).out).toContain('No lines match');
    const later = { now: () => NOW + 2 * HOUR };
    expect((await run(sample, 'alerts --all', later)).out).not.toContain('silenced');
    await run(sample, 'alerts unsilence courier_crash_loop');
    expect(await states()).toEqual({ courier_crash_loop: 'firing' });
  });

  it.each([
    ['alerts silence', 'silence needs a rule'],
    ['alerts silence api_dwn', 'Did you mean api_down?'],
    ['alerts silence api_down --for ever', '--for is "ever"'],
    ['alerts silence api_down --for 90d', 'up to 31 d'],
  ])('%s is wrong usage', async (argv, what) => {
    const { exitCode, err } = await run(sample, argv);
    expect([exitCode, err]).toEqual([2, expect.stringContaining(what)]);
  });

  it('says of the ways that are tried again what waits, and why', async () => {
    configure(sample, `${API}alerts: { webhook: { url: 'http://127.0.0.1:9/x' } }`);
    crashLoop();
    await run(sample, 'alerts evaluate');
    const { channels } = JSON.parse((await run(sample, 'alerts --json')).out) as {
      channels: unknown;
    };
    expect(channels).toMatchObject([
      { name: 'webhook', address: 'http://127.0.0.1:9', waiting: 1, dead: 0, fault: null },
    ]);
    expect((await run(sample, 'alerts')).out).toContain('The webhook has 1 to be sent');
    configure(sample, `${API}alerts: { webhook: { url: 'http://example.com/x' } }`);
    expect((await run(sample, 'alerts')).out).toContain('The webhook cannot be used');
  });
});

it('metrics --prometheus says of each rule whether what it is about is there', async () => {
  crashLoop();
  const families = parsePrometheus((await run(sample, 'metrics --prometheus')).out);
  const samples = families.get('claude_pattern_tracker_alert')?.samples ?? [];
  const on = samples.filter(({ value }) => value === 1).map(({ labels }) => labels['rule']);
  expect(on).toEqual(['courier_crash_loop']);
  expect(samples.length).toBe(OWN_RULES.filter(({ id }) => !id.startsWith('service_')).length);
});

it('config never shows the address of a webhook', async () => {
  configure(sample, "alerts: { webhook: { url: 'https://hooks.example.com/s3cret' } }");
  const { out } = await run(sample, 'config show');
  expect(out).not.toContain('s3cret');
  expect(out).toContain('(set)');
});
