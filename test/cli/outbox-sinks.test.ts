import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { schemaFault } from '../support/published-schema.ts';
import { configure, deliveryOf, queue, queueCalls } from './delivery-sample.ts';
import { HOUR, MINUTE, NOW, Sample } from './sample-database.ts';
import { run } from './test-environment.ts';

const API = "api: { base_url: 'http://127.0.0.1:9' }\n";
const OTLP = "otlp: { endpoint: 'http://127.0.0.1:4318' }\n";

let sample: Sample;
beforeEach(() => (sample = new Sample()));
afterEach(() => sample.remove());

describe('outbox', () => {
  beforeEach(() => {
    configure(sample, API + OTLP);
    queue(sample, 2);
    queueCalls(sample, 2);
  });

  const ids = () => sample.database.prepare('SELECT id FROM outbox ORDER BY id').pluck().all();

  it('lists what waits for either, with a column that says for which', async () => {
    expect((await run(sample, 'outbox')).out).toMatchInlineSnapshot(`
      "ID  SINK  EVENT      PATTERN  QUEUED      ATTEMPTS  NEXT  LAST ERROR
       1  http  created    p1       59 min ago         0  now
       2  http  created    p2       58 min ago         0  now
       3  otlp  tool_call           29 min ago         0  now
       4  otlp  tool_call           28 min ago         0  now
      "
    `);
    const { out } = await run(sample, 'outbox list --sink otlp --json');
    expect((JSON.parse(out) as { id: number }[]).map(({ id }) => id)).toEqual([3, 4]);
  });

  it('has no such column for a collector alone', async () => {
    configure(sample, OTLP);
    await run(sample, 'outbox drop --sink http --all --yes');
    expect((await run(sample, 'outbox')).out).toMatch(/^ID {2}EVENT {6}PATTERN/);
  });

  it('shows a tool call with its body', async () => {
    expect((await run(sample, 'outbox show 3')).out).toMatchInlineSnapshot(`
      "id          3
      sink        otlp
      event_id    19b5e86fa957d07130908a15d2d04893
      event_type  tool_call
      session_id  session-1
      lineage_id  19b5e86fa957d07130908a15d2d04893
      created_at  2026-11-24T11:31:00.000Z
      attempts    0
      faults      0
      {
        "session_id": "session-1",
        "tool_use_id": "toolu_1",
        "tool_name": "Bash",
        "outcome": "ok",
        "started_at": null,
        "ended_at": 1795518000000,
        "duration_ms": null,
        "agent_id": null,
        "agent_type": null,
        "prompt_id": null,
        "summary": "make 1",
        "error": null
      }
      "
    `);
    expect(await run(sample, 'outbox show 3 --sink http')).toMatchObject({
      exitCode: 2,
      err: 'error: there is no row 3\n  See `outbox list`.\n',
    });
  });

  it('drops what was chosen of either, and counts it for each', async () => {
    expect((await run(sample, 'outbox drop --sink otlp --all --yes')).out).toBe(
      'Dropped: 2 events.\n',
    );
    expect(ids()).toEqual([1, 2]);
    queueCalls(sample, 2, 'session-9');
    await run(sample, 'outbox drop --all --limit 3 --yes');
    expect(ids()).toEqual([4]);
    expect(deliveryOf(sample).metrics.value('dropped')).toBe(2);
    expect(deliveryOf(sample, 'otlp').metrics.value('dropped')).toBe(3);
  });

  it('gives dead letters of one of them another chance', async () => {
    const at = NOW - MINUTE;
    for (const [sink, id] of [
      ['http', 1],
      ['otlp', 3],
    ] as const) {
      deliveryOf(sample, sink).outbox.fail(id, {
        error: 'no',
        at,
        notBefore: undefined,
        isFault: true,
      });
    }
    expect((await run(sample, 'outbox retry --dead --sink otlp')).out).toMatch(/: 1 event\.\n$/);
    const dead = sample.database.prepare('SELECT id FROM outbox WHERE dead_at IS NOT NULL').pluck();
    expect(dead.all()).toEqual([1]);
  });

  it('exports tool calls as CloudEvents without a subject, for it must not be empty', async () => {
    const lines = (await run(sample, 'outbox export --format cloudevents')).out
      .trimEnd()
      .split('\n');
    const events = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events).toHaveLength(4);
    for (const event of events) {
      expect(schemaFault('cloudevents-1.0', event)).toBeUndefined();
      expect(new Date(String(event['time'])).toISOString()).toBe(event['time']);
    }
    expect(new Set(events.map(({ id }) => id)).size).toBe(4);
    expect(events[2]).toEqual({
      specversion: '1.0',
      id: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      source: 'urn:claude-pattern-tracker',
      type: 'dev.claude-pattern-tracker.tool_call',
      time: new Date(NOW - HOUR / 2 + MINUTE).toISOString(),
      datacontenttype: 'application/json',
      data: expect.objectContaining({ tool_use_id: 'toolu_1', tool_name: 'Bash' }) as object,
    });
  });
});
