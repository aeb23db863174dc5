import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createApp } from '../../../../../lib/service/app.ts';
import { serviceParts } from '../../../../../lib/service/service-parts.ts';
import { openPostgresStore } from '../../../../../lib/service/store/postgres/store.ts';
import type { ServiceStore } from '../../../../../lib/service/store/service-store.ts';
import { trackedEvent } from '../../../../contracts/tracked-event.ts';
import { startPostgres } from '../../../../support/postgres-server.ts';
import type { PostgresServer } from '../../../../support/postgres-server.ts';

let primary: PostgresServer;
let standby: PostgresServer;

beforeAll(async () => {
  primary = await startPostgres({
    settings: ['wal_level=replica', 'max_wal_senders=4', 'hot_standby=on'],
  });
  standby = await primary.standby();
});
afterAll(async () => {
  await standby.remove();
  await primary.remove();
});

let store: ServiceStore;
let urls: { readonly primary: string; readonly standby: string };

beforeEach(async () => {
  const url = await primary.createDatabase();
  urls = { primary: url, standby: url.replace(`:${primary.port}/`, `:${standby.port}/`) };
  store = await openPostgresStore(url, { readUrl: urls.standby, patienceMs: 100 });
  return () => store.close();
});

async function isReplaying(wanted: boolean): Promise<void> {
  const sql = postgres(urls.standby, { max: 1 });
  await sql.unsafe(wanted ? 'SELECT pg_wal_replay_resume()' : 'SELECT pg_wal_replay_pause()');
  await sql.end();
}

async function ready(): Promise<[number, unknown]> {
  const app = createApp(serviceParts({ store, clock: Date.now }));
  const response = await app.request('/health/ready');
  return [response.status, await response.json()];
}

test('questions go to the standby, and say how old their answers may be', async () => {
  const patterns = store.tenant('default');
  await patterns.track([trackedEvent({ patternId: 'a' })]);
  await expect.poll(() => patterns.pattern('a')).toMatchObject({ id: 'a' });
  await expect.poll(() => store.staleness?.()).toBeLessThan(10_000);
  await isReplaying(false);
  try {
    await patterns.track([trackedEvent({ patternId: 'b' })]);
    // The primary has it, so whoever does not find it has asked the standby.
    expect(await patterns.pattern('b')).toBeUndefined();
    expect((await patterns.stats()).patterns).toBe(1);
    expect(await patterns.patterns({ limit: 5, order: 'first_seen' })).toHaveLength(1);
    expect(await patterns.search({ words: ['export'], limit: 5 })).toHaveLength(1);
    expect(await patterns.relatives('b', 'ancestry', { depth: 3, rows: 10 })).toBeUndefined();
    const app = createApp(serviceParts({ store, clock: Date.now }));
    const response = await app.request('/api/pattern-traceability/stats');
    expect(Number(response.headers.get('x-max-staleness-ms'))).toBeGreaterThan(0);
    // Too far behind, it is not asked any more.
    await expect.poll(() => store.staleness?.()).toBeGreaterThan(10_000);
    expect(await patterns.pattern('b')).toMatchObject({ id: 'b' });
  } finally {
    await isReplaying(true);
  }
  await expect.poll(() => store.staleness?.()).toBeLessThan(10_000);
  expect(await patterns.pattern('b')).toMatchObject({ id: 'b' });
});

test('questions are answered by the primary while the standby is down', async () => {
  const patterns = store.tenant('default');
  await patterns.track([trackedEvent({ patternId: 'a' })]);
  await standby.stop('immediate');
  try {
    expect(await patterns.pattern('a')).toMatchObject({ id: 'a' });
    await expect.poll(ready).toEqual([200, { status: 'ready' }]);
  } finally {
    await standby.start();
  }
  await expect.poll(() => store.staleness?.()).toBeLessThan(10_000);
});

test('while the primary is down, questions are answered, tokens known, and it is ready to be asked', async () => {
  const patterns = store.tenant('default');
  await patterns.track([trackedEvent({ patternId: 'a' })]);
  await expect.poll(() => patterns.pattern('a')).toMatchObject({ id: 'a' });
  await expect.poll(() => store.staleness?.()).toBeLessThan(10_000);
  await primary.stop('immediate');
  try {
    expect(await patterns.pattern('a')).toMatchObject({ id: 'a' });
    expect(await store.tokens.list()).toEqual([]);
    expect(store.staleness?.()).toBeGreaterThan(0);
    await expect(patterns.track([trackedEvent({ patternId: 'b' })])).rejects.toThrow(
      'not available',
    );
    await expect.poll(ready).toEqual([200, { status: 'read_only' }]);
  } finally {
    await primary.start();
  }
  await expect.poll(async () => (await store.health()).isWell).toBe(true);
});

test('a replica of which the only server is a standby starts, answers, and is ready', async () => {
  const patterns = store.tenant('default');
  await patterns.track([trackedEvent({ patternId: 'a' })]);
  await expect.poll(() => patterns.pattern('a')).toMatchObject({ id: 'a' });
  await expect.poll(() => store.staleness?.()).toBeLessThan(10_000);
  await store.close();
  store = await openPostgresStore(urls.standby, { patienceMs: 100 });
  expect(await store.tenant('default').pattern('a')).toMatchObject({ id: 'a' });
  await expect.poll(ready).toEqual([200, { status: 'read_only' }]);
  const tracked = store.tenant('default').track([trackedEvent({ patternId: 'b' })]);
  await expect(tracked).rejects.toThrow('not available');
});
