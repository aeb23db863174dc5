import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { times } from '../support/depth.ts';
import { OtlpCollector } from '../support/otlp-collector.ts';
import type { CollectorBehaviour } from '../support/otlp-collector.ts';
import { patience } from '../support/patience.ts';
import { payload, TrackerHome } from './tracker-home.ts';

const CALLS = times(50, 300);
const KILLS = times(2, 12);

/** What the collector does by turns. */
const MOODS: readonly CollectorBehaviour[] = [
  { kind: 'well' },
  { kind: 'status', status: 503 },
  { kind: 'cut' },
  { kind: 'hang' },
];

let home: TrackerHome;
let collector: OtlpCollector;

beforeEach(async () => {
  collector = await new OtlpCollector().up();
  home = new TrackerHome(
    `otlp: { endpoint: '${collector.url}' }
pattern_tracking: { timeout: ${0.2 * patience}, batch_size: 5 }
resilience:
  circuit_breaker: { recovery_timeout: 0.1, permit_seconds: ${0.3 * patience}, slow_call_seconds: 30 }
  retry: { base_delay: 0.02, max_delay: 0.1 }
`,
  );
});
afterEach(async () => {
  await home.remove();
  await collector.down();
});

it('loses no tool call to kills and a collector that comes and goes, and gives no call two ids', async () => {
  const ids = Array.from({ length: CALLS }, (_, n) => `toolu_${n}`);
  for (let kill = 0; kill < KILLS; kill++) {
    for (const id of ids.slice((kill * CALLS) / KILLS, ((kill + 1) * CALLS) / KILLS)) {
      const event = { tool_name: 'Bash', tool_use_id: id, tool_input: { command: 'make' } };
      home.spool(`${id}.settings`, payload({ ...event, hook_event_name: 'PostToolUse' }));
    }
    collector.behaviour = MOODS[kill % MOODS.length] ?? { kind: 'well' };
    const seen = collector.requests.length;
    home.capture(payload({ hook_event_name: 'SessionStart' }), 'ensure');
    await expect.poll(() => collector.requests.length).toBeGreaterThan(seen);
    await setTimeout(kill * 5); // anywhere in its work
    await home.stop('SIGKILL');
  }
  collector.behaviour = { kind: 'well' };
  home.capture(payload({ hook_event_name: 'SessionEnd' }), 'ensure');
  await expect
    .poll(() => [home.waiting.length, home.value('SELECT count(*) FROM outbox')])
    .toEqual([0, 0]);
  for (const taken of [collector.spans, collector.logs]) {
    const spanOf = new Map<unknown, Set<string>>();
    for (const { attributes, spanId } of taken) {
      const id = attributes['tool_use_id'];
      spanOf.set(id, (spanOf.get(id) ?? new Set()).add(spanId));
    }
    expect(new Set(spanOf.keys())).toEqual(new Set(ids));
    expect(Math.max(...[...spanOf.values()].map(({ size }) => size))).toBe(1);
    expect(new Set(taken.map(({ spanId }) => spanId)).size).toBe(CALLS);
  }
});
