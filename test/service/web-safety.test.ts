import { gzipSync, deflateSync, gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../lib/redact/redact.ts';
import { StoreUnavailableError } from '../../lib/service/store/store-unavailable-error.ts';
import {
  API,
  NOON,
  createdEvent,
  modifiedEvent,
  openFixture,
  openThrowawayStore,
} from './service-fixture.ts';
import { stubStore } from './stub-store.ts';

const json = { 'content-type': 'application/json' };

describe('a request of a page of another site', () => {
  it.each([
    ['localhost', 200],
    ['localhost:8053', 200],
    ['127.0.0.1:8053', 200],
    ['[::1]:8053', 200],
    ['10.0.0.7:8053', 200],
    ['tracker.example.com', 200],
    ['TRACKER.example.com.:443', 200],
    ['evil.example.com', 403],
    ['localhost.evil.com', 403],
    ['127.0.0.1.evil.com', 403],
    ['', 403],
  ])('with Host %j is answered with %d', async (host, status) => {
    const { get } = openFixture({ allowedHosts: ['tracker.example.com'] });
    expect((await get('stats', { host })).status).toBe(status);
  });

  it('is refused by its Origin, and by what the browser says of it', async () => {
    const { get, post } = openFixture();
    const refused = await post('lineage/track', createdEvent('a'), {
      host: 'localhost:8053',
      origin: 'https://evil.example.com',
    });
    expect(refused.status).toBe(403);
    expect((await post('lineage/track', createdEvent('a'), { origin: 'null' })).status).toBe(403);
    expect((await get('stats', { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
    expect((await get('/docs', link)).status).toBe(200);
    expect(
      (await get('stats', { host: 'localhost:8053', origin: 'http://localhost:8053' })).status,
    ).toBe(200);
    expect((await get('stats')).body.data.total_patterns).toBe(0);
  });

  it('can not write with a form', async () => {
    const { post } = openFixture();
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      '',
    ]) {
      const answer = await post('lineage/track', createdEvent('a'), { 'content-type': type });
      expect(answer.status, type).toBe(415);
    }
    const charset = { 'content-type': 'Application/JSON; charset=utf-8' };
    expect((await post('lineage/track', createdEvent('a'), charset)).status).toBe(200);
  });

  it('is told nothing by CORS', async () => {
    const { app } = openFixture();
    const answer = await app.request(`${API}/lineage/track`, { method: 'OPTIONS' });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('POST');
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual(
      [],
    );
  });

  it('gets headers that keep a browser from doing anything with the answer', async () => {
    const { get } = openFixture();
    for (const path of ['stats', '/nothing', '/docs']) {
      const { headers } = await get(path);
      expect(headers.get('x-content-type-options'), path).toBe('nosniff');
      expect(headers.get('content-security-policy'), path).toContain("default-src 'none'");
      expect(headers.get('cache-control'), path).toBe('no-store');
    }
  });
});

describe('a body', () => {
  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
  ])('may be compressed with %s', async (encoding, compress) => {
    const { app } = openFixture();
    const body = compress(JSON.stringify(createdEvent('a')));
    const headers = { ...json, 'content-encoding': encoding };
    const answer = await app.request(`${API}/lineage/track`, { method: 'POST', headers, body });
    expect(answer.status).toBe(200);
  });

  it('is refused with 413 when it is too large, as sent or as decompressed', async () => {
    const { app } = openFixture({ maxBodyBytes: 10_000 });
    const large = JSON.stringify(createdEvent('a', { reason: 'x'.repeat(10_000) }));
    const send = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
      app.request(`${API}/lineage/track`, {
        method: 'POST',
        headers: { ...json, ...headers },
        body,
      });
    expect((await send(large)).status).toBe(413);
    expect((await send(gzipSync(large), { 'content-encoding': 'gzip' })).status).toBe(413);
    expect((await send(JSON.stringify(createdEvent('a')))).status).toBe(200);
  });

  it('is refused when it is not what it says', async () => {
    const { app } = openFixture();
    const send = async (
      body: string | Uint8Array<ArrayBuffer>,
      headers: Record<string, string> = {},
    ) =>
      (
        await app.request(`${API}/lineage/track`, {
          method: 'POST',
          headers: { ...json, ...headers },
          body,
        })
      ).status;
    expect(await send('{', {})).toBe(422);
    expect(await send(new Uint8Array([0x22, 0xff, 0x22]))).toBe(422);
    expect(await send('x', { 'content-encoding': 'gzip' })).toBe(400);
    expect(await send('x', { 'content-encoding': 'br' })).toBe(415);
    expect(await send('x', { 'content-encoding': 'constructor' })).toBe(415);
    expect(await send('')).toBe(422);
    expect(await send('[]')).toBe(422);
    expect(await send('null')).toBe(422);
  });

  it('is shown in what is said of it in short: it may hold a secret', async () => {
    const { post } = openFixture();
    const { body } = await post(
      'lineage/track',
      createdEvent('a', { pattern_name: 'x'.repeat(300), reason: { a: 'y' } }),
    );
    expect(body.detail.map(({ input }: { input: unknown }) => input)).toEqual([
      'x'.repeat(60),
      null,
    ]);
  });

  it('may not be nested so deeply that it could not be written again', async () => {
    const { post } = openFixture();
    const deep = `{"event_type":"pattern_created","pattern_id":"a","pattern_data":{"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`;
    expect(await post('lineage/track', deep)).toMatchObject({
      status: 400,
      body: { detail: 'The body is refused: it is nested deeper than 70 levels' },
    });
    const nested = (levels: number) => JSON.parse('['.repeat(levels) + ']'.repeat(levels));
    const event = (levels: number) =>
      createdEvent('a', { pattern_data: { code: 'x', deep: nested(levels) } });
    expect((await post('lineage/track', event(62))).status).toBe(200);
    expect(await post('lineage/track/batch', { events: [event(1), event(63)] })).toMatchObject({
      status: 400,
      body: { detail: 'events[1]: the event is nested deeper than 64 levels' },
    });
  });

  it('may not hold so many values that reading them keeps all others waiting', async () => {
    const { post } = openFixture();
    const keys = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, n]));
    const event = (count: number) => createdEvent('a', { pattern_data: keys(count) });
    const refused = 'The body is refused: it has more than 2000 values';
    expect((await post('lineage/track', event(1_900))).status).toBe(200);
    expect(await post('lineage/track', event(300_000))).toMatchObject({
      status: 400,
      body: { detail: refused },
    });
    expect(await post('search', { query: 'x', ...keys(2_000) })).toMatchObject({
      status: 400,
      body: { detail: refused },
    });
    const wide = { events: [event(1), event(2_000)] };
    expect(await post('lineage/track/batch', wide)).toMatchObject({
      status: 400,
      body: { detail: 'events[1]: the event has more than 2000 values' },
    });
    const many = { events: Array.from({ length: 200 }, () => event(1_000)) };
    expect(await post('lineage/track/batch', many)).toMatchObject({
      status: 400,
      body: { detail: 'The body is refused: it has more than 200000 values' },
    });
  });

  it('may hold U+0000 and half characters, which no store can keep', async () => {
    const { post, get } = openFixture();
    const event = String.raw`{"event_type":"pattern_created","pattern_id":"a\u0000b\ud800","pattern_data":{"code":"x\\u0000"}}`;
    const answer = await post('lineage/track', event);
    expect(answer.body.data.pattern_id).toBe('a\uFFFDb\uFFFD');
    expect((await get('lineage/a%00b%EF%BF%BD')).status).toBe(200);
  });

  it('keeps its secrets to itself', async () => {
    const { post, store } = openFixture();
    const key = `AKIA${'IOSFODNN7EXAMPLQ'}`;
    const code = `const k = "${key}";`;
    await post(
      'lineage/track',
      createdEvent('a', { pattern_data: { code, note: code }, unknown: code }),
    );
    const found = await store.tenant('default').pattern('a');
    expect(found?.code).toContain('[redacted:');
    expect(JSON.stringify(found)).not.toContain(key);
  });

  it('keeps the secrets in its names to itself, and names without any as they are', async () => {
    const { post, get } = openFixture();
    const key = `ghp_${'A1b2C3d4E5f6'.repeat(3)}`;
    const names = (word: string) => ({
      pattern_name: word,
      pattern_type: word,
      tool_name: word,
      file_path: `/${word}/a.ts`,
      language: word,
      reason: word,
      triggered_by: word,
      pattern_data: { code: 'x', session_id: word, tool_use_id: word, agent_name: word },
    });
    await post('lineage/track', createdEvent('a', names(key)));
    await post('lineage/track', createdEvent('b', names('8c1b6c1e-0f5a-4f1e')));
    await post('feedback/record', {
      pattern_id: 'a',
      feedback_id: key,
      feedback_type: key,
      session_id: key,
      comment: key,
    });
    const answers = await Promise.all(
      ['lineage/a', 'lineage/b', 'executions/logs', 'patterns', 'analytics/a'].map((path) =>
        get(path),
      ),
    );
    const told = JSON.stringify(answers.map(({ body }) => body as unknown));
    expect(told).not.toContain(key);
    expect(told).toContain('8c1b6c1e-0f5a-4f1e');
  });
});

describe('an answer', () => {
  it('is compressed when it is long and the client takes it', async () => {
    const { app } = openFixture();
    const get = (accepted?: string) =>
      app.request(
        '/openapi.json',
        accepted === undefined ? {} : { headers: { 'accept-encoding': accepted } },
      );
    const packed = await get('br, gzip;q=0.8');
    expect(packed.headers.get('content-encoding')).toBe('gzip');
    const text = gunzipSync(Buffer.from(await packed.arrayBuffer())).toString();
    expect(text).toBe(await (await get()).text());
    expect((await get('gzip;q=0')).headers.get('content-encoding')).toBeNull();
    expect((await get('br')).headers.get('content-encoding')).toBeNull();
    const short = await app.request(`${API}/stats`, { headers: { 'accept-encoding': 'gzip' } });
    expect(short.headers.get('content-encoding')).toBeNull();
  });

  it('carries the id of its request, which the client may choose in reason', async () => {
    const { get } = openFixture();
    expect((await get('stats', { 'x-request-id': 'abc-1' })).headers.get('x-request-id')).toBe(
      'abc-1',
    );
    const long = (await get('stats', { 'x-request-id': 'x'.repeat(200) })).headers.get(
      'x-request-id',
    );
    expect(long).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('a service whose store is away', () => {
  const away = () => {
    const gone = async (): Promise<never> => {
      throw new StoreUnavailableError('gone');
    };
    return {
      ...stubStore(gone),
      health: async () => ({ isWell: false, detail: 'gone', pool: null }),
    };
  };

  it('says so with 503, and when to come again', async () => {
    const { post, get } = openFixture({ store: away() });
    const answer = await post('lineage/track', createdEvent('a'));
    expect(answer).toMatchObject({
      status: 503,
      body: { detail: 'Database connection not available' },
    });
    expect(answer.headers.get('retry-after')).toBe('1');
    const health = await get('health');
    expect(health).toMatchObject({
      status: 503,
      body: { status: 'degraded', components: { lineage_tracker: 'database_unavailable' } },
    });
    expect((await get('/health')).status).toBe(503);
    expect((await get('/metrics')).body).toContain('pattern_tracker_store_up 0');
  });

  it('goes on telling so to those it knew before', async () => {
    const store = openThrowawayStore();
    const { get, token } = openFixture({ store });
    const { authorization } = await token({ scopes: ['admin'] });
    expect((await get('/metrics', { authorization })).status).toBe(200);
    const broken = async (): Promise<never> => {
      throw new StoreUnavailableError('gone');
    };
    Object.assign(store.tokens, { findAll: broken, list: broken });
    expect((await get('/metrics', { authorization })).status).toBe(200);
    const stranger = { authorization: `Bearer ptk_000000000000_${'x'.repeat(43)}` };
    expect((await get('/metrics', stranger)).status).toBe(503);
    expect((await get('health', stranger)).status).toBe(200);
  });

  it('tells strangers nothing more than that', async () => {
    const { get } = openFixture({ store: away(), isExposed: true });
    expect((await get('/health')).body).toEqual({ status: 'unhealthy' });
    expect(JSON.stringify((await get('health')).body)).not.toContain('gone');
  });

  it('tells strangers nothing more on loopback either, once there are tokens', async () => {
    const { get, token, clock } = openFixture();
    expect((await get('health')).body).toHaveProperty('performance');
    const { authorization } = await token();
    clock.now += 1_001; // so long it may not have noticed
    expect((await get('health')).body).not.toHaveProperty('performance');
    expect((await get('health', { authorization })).body).toHaveProperty('performance');
  });

  it('refuses a body that is nested so deep that it could not be written again', async () => {
    const { app } = openFixture();
    const deep = `{"pattern_id":"a","extra":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
    const { status } = await app.request(`${API}/feedback/record`, {
      method: 'POST',
      body: deep,
      headers: { 'content-type': 'application/json' },
    });
    expect(status).toBe(400);
  });

  it('refuses a key or an id that is too long to be remembered, and ids that no path can name', async () => {
    const { post } = openFixture();
    const long = 'k'.repeat(256);
    const header = await post('lineage/track', createdEvent('a'), { 'idempotency-key': long });
    expect([header.status, header.body.detail[0].loc]).toEqual([
      422,
      ['header', 'Idempotency-Key'],
    ]);
    const { event_id: _, ...event } = createdEvent('a') as Record<string, unknown>;
    const own = { ...event, pattern_data: { code: 'x', event_id: long } };
    expect((await post('lineage/track', own)).status).toBe(422);
    expect((await post('lineage/track', createdEvent('..'))).status).toBe(422);
  });

  it('takes a time in seconds for one', async () => {
    const { post, get } = openFixture();
    await post(
      'lineage/track',
      createdEvent('a', { pattern_data: { code: 'x', occurred_at: NOON / 1000 - 60 } }),
    );
    expect((await get('patterns/a')).body.data.first_seen_at).toBe('2026-11-02T08:14:00.000Z');
  });

  it('names the value of a query that is no number', async () => {
    const { get } = openFixture();
    const { status, body } = await get('lineage/query?limit=abc');
    expect([status, body.detail[0].type]).toEqual([422, 'float_type']);
  });

  it('answers a fault nobody foresaw with 500, and without its words', async () => {
    const broken = stubStore(async () => {
      throw new Error('password in the message');
    });
    const { post } = openFixture({ store: broken });
    const answer = await post('lineage/track', createdEvent('a'));
    expect(answer.status).toBe(500);
    expect(JSON.stringify(answer.body)).not.toContain('password');
  });
});

describe('an event', () => {
  it('takes its id from Idempotency-Key where it has none', async () => {
    const { post } = openFixture();
    const use = { event_type: 'pattern_applied', pattern_id: 'a' };
    await post('lineage/track', createdEvent('a'));
    const first = await post('lineage/track', use, { 'idempotency-key': 'key-1' });
    const again = await post('lineage/track', use, { 'idempotency-key': 'key-1' });
    expect(first.body.data).toMatchObject({ event_id: 'key-1' });
    expect(first.body.data.status).toBeUndefined();
    expect(again.body.data.status).toBe('already_exists');
  });

  it('is refused with its request where another request had the Idempotency-Key', async () => {
    const { get, post } = openFixture();
    const { event_id: _, ...event } = createdEvent('a');
    const headers = { 'idempotency-key': 'key-1' };
    const refused = {
      status: 422,
      body: { detail: [{ type: 'key_reused', loc: ['header', 'Idempotency-Key'] }] },
    };
    await post('lineage/track', event, headers);
    const other = { ...event, pattern_id: 'b' };
    expect(await post('lineage/track', other, headers)).toMatchObject(refused);
    expect((await post('lineage/track', createdEvent('c'), headers)).status).toBe(200); // has an id

    const batch = (...ids: string[]) =>
      post(
        'lineage/track/batch',
        { events: ids.map((id) => ({ ...event, pattern_id: id })) },
        headers,
      );
    expect((await batch('d', 'e')).body.success).toBe(true);
    expect((await batch('d', 'e')).body.batch_summary.handled_duplicates).toBe(2);
    expect(await batch('d', 'f')).toMatchObject(refused);
    expect(await batch('d', 'e', 'f')).toMatchObject(refused);
    for (const id of ['b', 'f']) expect((await get(`patterns/${id}`)).status).toBe(404);
  });

  it.each([['lineage/track'], ['lineage/track/batch']])(
    'goes to the first of two requests with one key to %s at the same time',
    async (path) => {
      const { post } = openFixture();
      const sent = ['a', 'b', 'a'].map(async (id) => {
        const { event_id: _, ...event } = createdEvent(id);
        const body = path.endsWith('batch') ? { events: [event] } : event;
        return (await post(path, body, { 'idempotency-key': 'k' })).status;
      });
      expect(await Promise.all(sent)).toEqual([200, 422, 200]);
    },
  );

  it('has an id of its own for each key, and is refused where the key looks like a secret', async () => {
    const { get, post } = openFixture({ redactor: createRedactor() });
    const secrets = ['a1B2', 'c3D4'].map((part) => `sk-ant-api03-${part.repeat(20)}`);
    const ids = ['ab12', 'cd34'].map((part) => part.repeat(16));
    for (const [index, key] of [...secrets, ...ids].entries()) {
      const { event_id: _, ...event } = createdEvent(`p${index}`);
      const status = secrets.includes(key) ? 422 : 200;
      expect(await post('lineage/track', event, { 'idempotency-key': key })).toMatchObject({
        status,
      });
      const own = { ...event, event_id: `own-${key}` };
      expect(await post('lineage/track', own)).toMatchObject({ status });
      expect((await get(`patterns/p${index}`)).status).toBe(status === 200 ? 200 : 404);
    }
  });

  it('is kept with every key, known or not', async () => {
    const events: unknown[] = [];
    const store = stubStore(async (given) => {
      events.push(...given);
      throw new StoreUnavailableError('that is enough');
    });
    const { post } = openFixture({ store });
    const pattern_data = {
      code: 'c',
      session_id: 's',
      quality: 0.5,
      start_line: 3,
      end_line: 'x',
      team: 'data',
      machine: 'm',
    };
    await post(
      'lineage/track',
      createdEvent('a', { pattern_data, metadata: { a: 1 }, team: 'top' }),
    );
    expect(events).toMatchObject([
      {
        code: 'c',
        sessionId: 's',
        startLine: 3,
        endLine: null,
        extra: {
          quality: 0.5,
          end_line: 'x',
          team: 'data',
          machine: 'm',
          metadata: { a: 1 },
          'event.team': 'top',
        },
      },
    ]);
  });

  it('goes through a batch in order, each parent before its children', async () => {
    const { post, get } = openFixture({ store: openThrowawayStore() });
    const events = Array.from({ length: 50 }, (_, n) =>
      n === 0 ? createdEvent('g0') : modifiedEvent(`g${n}`, [`g${n - 1}`]),
    );
    const answer = await post('lineage/track/batch', { events, processing_mode: 'parallel' });
    expect(answer.body).toMatchObject({ success: true, batch_summary: { successful_events: 50 } });
    expect((await get('lineage/g49')).body.data).toMatchObject({
      total_ancestors: 20,
      is_truncated: true,
    });
  });

  it('is one of 1,000 in a batch at most', async () => {
    const { post } = openFixture();
    const events = Array.from({ length: 1_001 }, (_, n) => createdEvent(`n${n}`));
    expect((await post('lineage/track/batch', { events })).status).toBe(413);
    expect((await post('lineage/track/batch', { events: events.slice(1) })).body.success).toBe(
      true,
    );
  });
});

describe('a list of patterns', () => {
  it('is read page by page, each pattern once', async () => {
    const { post, get, clock } = openFixture();
    for (let n = 0; n < 25; n += 1) {
      if (n % 3 === 0) clock.now += 1; // several at the same time
      await post('lineage/track', createdEvent(`p${n}`));
    }
    const use = (id: string) => ({ event_type: 'pattern_applied', pattern_id: id });
    const ids: string[] = [];
    let cursor = '';
    for (;;) {
      const { body } = await get(`lineage/query?limit=7${cursor && `&cursor=${cursor}`}`);
      ids.push(...body.data.patterns.map((pattern: { pattern_id: string }) => pattern.pattern_id));
      if (body.data.next_cursor === null) break;
      clock.now += 1;
      const used = Array.from({ length: 25 }, (_, n) => use(`p${n}`));
      expect((await post('lineage/track/batch', { events: used })).body.success).toBe(true);
      cursor = body.data.next_cursor;
    }
    expect(ids).toHaveLength(25);
    expect(new Set(ids).size).toBe(25);
    expect((await get('lineage/query?cursor=nonsense')).status).toBe(422);
    const other = `lineage/query?order=last_seen&cursor=${cursor}`; // of a list in another order
    expect((await get(other)).status).toBe(422);
  });
});
