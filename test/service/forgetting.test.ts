import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openPostgresStore } from '../../lib/service/store/postgres/store.ts';
import type { ServiceStore } from '../../lib/service/store/service-store.ts';
import { openSqliteStore } from '../../lib/service/store/sqlite/store.ts';
import { createDatabase } from '../support/shared-postgres.ts';
import {
  API,
  createdEvent,
  modifiedEvent,
  openFixture,
  openThrowawayStore,
} from './service-fixture.ts';
import type { ServiceFixture } from './service-fixture.ts';

const STORES: [string, () => Promise<ServiceStore>][] = [
  ['SQLite', async () => openThrowawayStore()],
  [
    'PostgreSQL',
    async () => {
      const store = await openPostgresStore(await createDatabase(), { poolSize: 2 });
      onTestFinished(() => store.close());
      return store;
    },
  ],
];

async function remove(
  { app }: ServiceFixture,
  path: string,
  headers: Record<string, string> = {},
  // oxlint-disable-next-line typescript/no-explicit-any -- what a client gets is anything
): Promise<{ status: number; body: any }> {
  const response = await app.request(`${API}/${path}`, { method: 'DELETE', headers });
  return { status: response.status, body: await response.json() };
}

describe.each(STORES)('DELETE on %s', (_name, open) => {
  it('deletes a pattern, counts it first if asked, and is a success again', async () => {
    const fixture = openFixture({ store: await open() });
    const { get, post } = fixture;
    await post('lineage/track', createdEvent('a'));
    await post('lineage/track', modifiedEvent('b', ['a']));
    const counted = await remove(fixture, 'patterns/a?dry_run=true');
    expect((await get('patterns/a')).status).toBe(200);
    const deleted = await remove(fixture, 'patterns/a');
    expect(deleted).toMatchObject({
      status: 200,
      body: {
        success: true,
        data: { removed: { patterns: 1, events: 1, edges: 1 }, is_complete: true },
        metadata: { dry_run: false },
      },
    });
    expect(counted.body.data).toEqual(deleted.body.data);
    expect((await get('patterns/a')).status).toBe(404);
    expect((await get('analytics/a')).body).toMatchObject({ total_data_points: 0 });
    expect((await post('search', { query: 'a' })).body.data.count).toBe(0);
    expect((await get('patterns/b')).body.data).toMatchObject({ generation: 1 });
    const again = await remove(fixture, 'patterns/a');
    expect(again.status).toBe(200);
    expect(Object.values(again.body.data.removed).every((count) => count === 0)).toBe(true);
    expect((await post('lineage/track', createdEvent('a'))).body.success).toBe(true);
    expect((await get('patterns/a')).status).toBe(404);
    const metrics = (await get('/metrics')).body as string;
    expect(metrics).toContain(
      'pattern_tracker_removed_rows_total{kind="patterns",cause="request"} 1',
    );
  });

  it('deletes by session, machine and time, and everything', async () => {
    const fixture = openFixture({ store: await open() });
    const { get, post } = fixture;
    const send = (id: string, data: object) =>
      post('lineage/track', createdEvent(id, { pattern_data: { code: id, ...data } }));
    await send('one', { session_id: 's-1', machine: 'ada' });
    await send('two', { session_id: 's-2', machine: 'bob' });
    await send('three', { session_id: 's-3', occurred_at: '2026-10-01T00:00:00Z' });
    await send('four', { session_id: 's-4' });
    const left = async () => (await get('stats')).body.data.total_patterns as number;
    await remove(fixture, 'patterns?session=s-1&machine=bob');
    expect(await left()).toBe(4);
    await remove(fixture, 'patterns?session=s-1&machine=ada');
    expect(await left()).toBe(3);
    await remove(fixture, 'patterns?machine=bob');
    expect(await left()).toBe(2);
    await remove(fixture, `patterns?before=${encodeURIComponent('2026-10-01T02:00:00.000+01:00')}`);
    expect(await left()).toBe(1);
    expect((await get('patterns/four')).status).toBe(200);
    await remove(fixture, 'patterns?all=true');
    expect(await left()).toBe(0);
  });

  it('deletes in one tenant only, for its admins only, and tells the audit log', async () => {
    const fixture = openFixture({ store: await open() });
    const { get, post, token, service } = fixture;
    const admin = await token({ name: 'ada', tenant: 'team', scopes: ['admin'] });
    const writer = await token({ tenant: 'team' });
    const other = await token({ tenant: 'other', scopes: ['admin'] });
    await post('lineage/track', createdEvent('a'), admin);
    await post('lineage/track', createdEvent('a'), other);
    await get('patterns/a', admin);
    await get('patterns/a', admin);
    await post('search', { query: 'export' }, writer);
    expect((await remove(fixture, 'patterns/a', writer)).status).toBe(403);
    expect((await remove(fixture, 'patterns?all=true')).status).toBe(401);
    expect((await remove(fixture, 'patterns?session=s-1', admin)).status).toBe(200);
    expect((await get('patterns/a', other)).status).toBe(200);
    await service.audit.flush();
    expect((await get('audit', writer)).status).toBe(403);
    const { body } = await get('audit', admin);
    const told = body.data.entries as { action: string }[];
    expect(told.map(({ action }) => action).toSorted()).toEqual([
      'deleted',
      'read',
      'read',
      'token_refused',
    ]);
    expect(told.find(({ action }) => action === 'deleted')).toMatchObject({
      token_id: admin.id,
      token_name: 'ada',
      route: 'DELETE /patterns',
      count: 1,
      detail: { selection: { session_sha256: expect.any(String) }, removed: { patterns: 1 } },
    });
    expect(told).toContainEqual(
      expect.objectContaining({
        action: 'read',
        token_name: 'ada',
        route: 'GET /patterns/{pattern_id}',
        subject: 'a',
        count: 2,
        detail: { requests: 2 },
      }),
    );
    expect(told.find(({ action }) => action === 'token_refused')).toMatchObject({
      token_id: writer.id,
      detail: { reason: 'scope' },
    });
    const page = (await get('audit?limit=3', admin)).body.data;
    expect(page.count).toBe(3);
    const rest = (await get(`audit?limit=3&cursor=${page.next_cursor}`, admin)).body.data;
    expect([...page.entries, ...rest.entries]).toEqual(told);
    expect(rest.next_cursor).toBeNull();
    expect((await get('audit?action=deleted', admin)).body.data.count).toBe(1);
    expect((await get('audit', other)).body.data.entries).toMatchObject([{ action: 'read' }]);
  });
});

describe('DELETE', () => {
  it.each([
    ['patterns'],
    ['patterns?dry_run=true'],
    ['patterns?all=true&session=s-1'],
    ['patterns?all=false'],
    ['patterns?session='],
    ['patterns?machine='],
    ['patterns?before=yesterday'],
    ['patterns?sesion=s-1&before=2026-10-01T00:00:00Z'],
    ['patterns?session=s-1&all=1'],
    ['patterns?session=s-1&session=s-2'],
    ['patterns?session=s-1&dry_run=true&dry_run=false'],
    ['patterns/a?session=s-1'],
  ])('refuses %s and deletes nothing', async (path) => {
    const fixture = openFixture();
    await fixture.post('lineage/track', createdEvent('a'));
    expect((await remove(fixture, path)).status).toBe(422);
    expect((await fixture.get('patterns/a')).status).toBe(200);
  });

  it('ends before the time of its request is over, and says that more is left', async () => {
    let now = 0;
    const fixture = openFixture({ monotonic: () => (now += 2_000) });
    for (let from = 0; from < 900; from += 300) {
      const events = Array.from({ length: 300 }, (_, index) => createdEvent(`p${from + index}`));
      await fixture.post('lineage/track/batch', { events });
    }
    const first = await remove(fixture, 'patterns?all=true');
    expect(first.body.data.is_complete).toBe(false);
    for (let tries = 0; tries < 9; tries++) await remove(fixture, 'patterns?all=true');
    expect((await fixture.get('stats')).body.data.total_patterns).toBe(0);
  });

  it('tells of refused tokens and why, whoever sends them', async () => {
    const fixture = openFixture();
    const { get, token, clock, store, service } = fixture;
    const revoked = await token();
    const expired = await token({ expiresAt: clock.now + 1, tenant: 'team' });
    clock.now += 10_000;
    await store.tokens.revoke(revoked.id, clock.now);
    const unknown = { authorization: `Bearer ptk_0123456789ab_${'x'.repeat(43)}` };
    const wrong = { authorization: `${revoked.authorization.slice(0, -4)}AAAA` };
    for (const headers of [revoked, expired, unknown, unknown, wrong]) {
      expect((await get('stats', headers as never)).status).toBe(401);
    }
    await service.audit.flush();
    const entries = await store.audit.list({ limit: 9 });
    const said = entries.map(({ tenant, subject, count, detail }) => [
      tenant,
      subject,
      count,
      detail?.['reason'],
    ]);
    expect(new Set(said.map((row) => JSON.stringify(row)))).toEqual(
      new Set(
        [
          ['default', null, 2, 'unknown'],
          ['default', revoked.id, 1, 'revoked'],
          ['default', revoked.id, 1, 'wrong secret'],
          ['team', expired.id, 1, 'expired'],
        ].map((row) => JSON.stringify(row)),
      ),
    );
  });
});

describe('what was deleted on SQLite', () => {
  it('is in no byte of the files', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'forgotten-'));
    const store = openSqliteStore(join(folder, 'service.db'));
    onTestFinished(async () => {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    });
    const fixture = openFixture({ store });
    const marked = (id: number) =>
      createdEvent(`gone${id}`, {
        event_id: `event-zebra-${id}`,
        pattern_name: `zebra${id}.ts`,
        further: `zebra further ${id}`,
        file_path: `/w/zebra/${id}.ts`,
        pattern_data: {
          code: `const zebra_${id} = '${'zebra '.repeat(id % 40 === 0 ? 2_000 : 5)}';`,
          session_id: 'session-zebra',
          tool_use_id: `tool-zebra-${id}`,
          machine: 'machine-zebra',
        },
      });
    for (let from = 0; from < 600; from += 100) {
      const ids = Array.from({ length: 100 }, (_, index) => from + index);
      const kept = ids.map((id) => createdEvent(`kept${id}`));
      const events = ids.flatMap((id, index) => [marked(id), kept[index] ?? {}]);
      expect((await fixture.post('lineage/track/batch', { events })).body.success).toBe(true);
      await fixture.post('search', { query: 'zebra' });
    }
    await fixture.post('feedback/record', { pattern_id: 'gone7', comment: 'zebra comment' });
    const bytes = () =>
      readdirSync(folder)
        .map((name) => readFileSync(join(folder, name)).toString('latin1'))
        .join('');
    expect(bytes().includes('zebra')).toBe(true);
    const { body } = await remove(fixture, 'patterns?machine=machine-zebra');
    expect(body.data.removed).toMatchObject({ patterns: 600, events: 600, executions: 600 });
    expect(bytes().includes('zebra')).toBe(false);
    expect(bytes().includes('gone7')).toBe(false);
    expect((await fixture.get('stats')).body.data.total_patterns).toBe(600);
    expect((await fixture.post('search', { query: 'kept7' })).body.data.count).toBe(1);
  });
});
