import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CONFIG_DEFAULTS } from '../../lib/config/config.ts';
import { breakerPolicy } from '../../lib/delivery/delivery-policy.ts';
import type { LineageClient } from '../../lib/delivery/lineage/lineage-client.ts';
import { LINEAGE } from '../../lib/delivery/lineage/lineage-sink.ts';
import { CacheStore } from '../../lib/delivery/store/cache-store.ts';
import { deliveryStore } from '../../lib/delivery/store/delivery-store.ts';
import { PatternQueries } from '../../lib/library/pattern-queries.ts';
import { NOW, Sample } from '../cli/sample-database.ts';

let sample: Sample;
beforeEach(() => (sample = new Sample()));
afterEach(() => sample.remove());

it('hands its permit back when a query fails in a way that nobody foresaw, so that others can probe', async () => {
  let now = NOW;
  const clock = () => now;
  const policy = { ...breakerPolicy(CONFIG_DEFAULTS), halfOpenAttempts: 1 };
  const delivery = deliveryStore(sample.database, LINEAGE, { policy, clock, newId: randomUUID });
  const broken = {
    patterns: async () => {
      throw new Error('nobody foresaw that');
    },
  };
  const queries = new PatternQueries({
    database: sample.database,
    cache: new CacheStore(sample.database, { size: 10, ttl: 60, clock }),
    baseUrl: 'http://127.0.0.1:9',
    client: async () => broken as unknown as LineageClient,
    delivery,
    log: async () => {},
  });
  delivery.breaker.trip('drill');
  now += policy.recoveryTimeoutMs;
  for (let n = 0; n < 3; n++) {
    await expect(queries.patterns({ limit: 1 })).rejects.toThrow('nobody foresaw that');
  }
  expect(delivery.breaker.acquire().permit).not.toBeNull();
});
