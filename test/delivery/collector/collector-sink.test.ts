import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configSchema } from '../../../lib/config/config.ts';
import { COLLECTOR } from '../../../lib/delivery/collector/collector-sink.ts';
import { openCollectorClient } from '../../../lib/delivery/collector/open-collector.ts';
import { openDelivery } from '../../../lib/delivery/sink-delivery.ts';
import type { SinkDelivery } from '../../../lib/delivery/sink-delivery.ts';
import { OtlpCollector } from '../../support/otlp-collector.ts';
import { hook, TestStore } from '../test-store.ts';

let collector: OtlpCollector;
let folder: string;
let store: TestStore;
let opened: SinkDelivery[];
let now: number;

beforeEach(async () => {
  collector = await new OtlpCollector().up();
  folder = mkdtempSync(join(tmpdir(), 'otlp-'));
  store = new TestStore({ otlp: { endpoint: collector.url } });
  opened = [];
  now = 2_000_000_000_000;
});
afterEach(async () => {
  await Promise.all(opened.map(async (delivery) => delivery.close()));
  await collector.down();
  store.remove();
  rmSync(folder, { recursive: true });
});

function open(otlp: Record<string, unknown> = {}): SinkDelivery {
  const clock = () => now;
  const config = configSchema.parse({
    otlp: { endpoint: collector.url, ...otlp },
    pattern_tracking: { batch_size: 2 },
    resilience: { circuit_breaker: { failure_threshold: 2 } },
  });
  const client = openCollectorClient({ config, clock, machine: 'workbench' });
  const database = () => store.database;
  const delivery = openDelivery(COLLECTOR, client, { config, database, clock });
  opened.push(delivery);
  return delivery;
}

const drain = async ({ delivery }: SinkDelivery) =>
  delivery.drain({}, new AbortController().signal);
const take = (...ids: string[]) =>
  store.take(...ids.map((id) => hook.post(id, 'Bash', { command: 'make' })));
const ids = () => collector.spans.map(({ attributes }) => String(attributes['tool_use_id']));

describe('delivery to a collector', () => {
  it('sends what waits in batches, and leaves none of it', async () => {
    take('t1', 't2', 't3');
    expect(await drain(open())).toMatchObject({ end: 'empty', delivered: 3, dead: 0 });
    expect(ids()).toEqual(['t1', 't2', 't3']);
    expect(collector.requests).toHaveLength(4);
    expect(store.value('SELECT count(*) FROM outbox')).toBe(0);
  });

  it('leaves the rows of other sinks alone', async () => {
    take('t1');
    store.database.exec(
      `INSERT INTO outbox (sink, event_id, event_type, pattern_id, lineage_id, body, created_at)
       VALUES ('http', 'e1', 'pattern_created', 'p', 'l', '{}', 0)`,
    );
    await drain(open());
    expect(store.rows('SELECT sink FROM outbox')).toEqual([{ sink: 'http' }]);
  });

  it('has a circuit breaker of its own, which a collector that is down opens', async () => {
    take('t1', 't2', 't3', 't4');
    collector.behaviour = { kind: 'status', status: 503 };
    const sink = open();
    for (let round = 0; round < 3; round++) {
      await drain(sink);
      now += 300_000;
    }
    expect(store.rows('SELECT DISTINCT sink FROM breaker_transitions')).toEqual([{ sink: 'otlp' }]);
    collector.behaviour = { kind: 'well' };
    for (let round = 0; round < 3; round++) {
      await drain(sink);
      now += 300_000;
    }
    expect(ids().toSorted()).toEqual(['t1', 't2', 't3', 't4']);
    expect(store.value('SELECT count(*) FROM outbox')).toBe(0);
  });

  it('sends the configured headers, and the token of a file', async () => {
    const file = join(folder, 'token');
    writeFileSync(file, 'abc\n');
    chmodSync(file, 0o600);
    take('t1');
    await drain(open({ token_file: file, headers: 'x-team=core' }));
    expect(collector.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer abc',
      'x-team': 'core',
    });
  });

  it('is not to be had without a collector, or with a token that others can read', () => {
    const file = join(folder, 'token');
    writeFileSync(file, 'abc\n');
    chmodSync(file, 0o644);
    const withCode = (code: string) => expect.objectContaining({ code });
    expect(() => open({ endpoint: null })).toThrow(withCode('E_NO_COLLECTOR'));
    expect(() => open({ token_file: file })).toThrow(withCode('E_TOKEN_FILE_MODE'));
  });
});
