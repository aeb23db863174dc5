import { afterEach, describe, expect, it } from 'vitest';
import { TrackerError } from '../../../lib/base/errors.ts';
import { LineageClient } from '../../../lib/delivery/lineage/lineage-client.ts';
import type { LineageClientOptions } from '../../../lib/delivery/lineage/lineage-client.ts';
import type { Attempt } from '../../../lib/delivery/sink-client.ts';
import { FaultyApi } from '../../support/faulty-api.ts';
import type { Behaviour, FaultyApiOptions, TakenEvent } from '../../support/faulty-api.ts';
import { patience } from '../../support/patience.ts';
import { tlsCertificate } from '../http/tls-certificate.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
/** For what has to be late; anything else gets so much time that a busy machine is none of its faults. */
const SHORT_MS = 300 * patience;

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function makeApi(behaviour?: Behaviour, options?: FaultyApiOptions): Promise<FaultyApi> {
  const api = await new FaultyApi(options).up();
  if (behaviour) api.behaviour = behaviour;
  closers.push(async () => api.down());
  return api;
}

function makeClient(baseUrl: string, options: Partial<LineageClientOptions> = {}): LineageClient {
  const client = new LineageClient({
    baseUrl,
    timeoutMs: 20_000,
    clock: () => NOW,
    monotonic: () => performance.now(),
    ...options,
  });
  closers.push(async () => client.close());
  return client;
}

/** The example of the contract, with our key. */
const event = (id: string) =>
  JSON.stringify({
    event_id: id,
    event_type: 'pattern_modified',
    pattern_id: '7c1e09ab44d2f310',
    pattern_name: 'queue.ts',
    pattern_type: 'code',
    pattern_version: '1.0.1',
    tool_name: 'Edit',
    file_path: '/w/app/queue.ts',
    language: 'typescript',
    pattern_data: { code: 'export …', session_id: 's-41' },
    parent_pattern_ids: ['19aa52c0de77b841'],
    edge_type: 'modified_from',
    transformation_type: 'bugfix',
    reason: 'Edit',
    triggered_by: 'claude-code',
  });
const EVENTS = ['e-0', 'e-1', 'e-2'];
const accepted = { kind: 'accepted' };

const sendOne = async (client: LineageClient, signal?: AbortSignal) =>
  client.track(event('e-0'), 'e-0', signal);
const sendAll = async (client: LineageClient, signal?: AbortSignal) =>
  client.trackBatch(EVENTS.map(event), signal);
const ways: [name: string, send: (client: LineageClient) => Promise<Attempt<unknown>>][] = [
  ['an event', sendOne],
  ['a batch', sendAll],
];

describe('what is sent', () => {
  it('is an event as it was given, with its id for a key', async () => {
    const api = await makeApi();
    const { outcome, serverFault, latencyMs } = await sendOne(makeClient(api.url));
    expect([outcome, serverFault]).toEqual([accepted, false]);
    expect(latencyMs).toBeGreaterThan(0);
    expect(api.requests).toMatchObject([
      {
        method: 'POST',
        url: '/api/pattern-traceability/lineage/track',
        headers: { 'content-type': 'application/json', 'idempotency-key': 'e-0' },
        body: event('e-0'),
      },
    ]);
  });

  it('is a batch that is worked on in its order', async () => {
    const api = await makeApi();
    const { outcome, serverFault } = await sendAll(makeClient(api.url));
    expect([outcome, serverFault]).toEqual([
      { kind: 'items', items: [accepted, accepted, accepted] },
      false,
    ]);
    const [request] = api.requests;
    expect([request?.method, request?.url]).toEqual([
      'POST',
      '/api/pattern-traceability/lineage/track/batch',
    ]);
    expect(request?.headers['idempotency-key']).toBeUndefined();
    expect(JSON.parse(request?.body ?? '')).toEqual({
      batch_id: expect.stringMatching(/^[0-9a-f]{16}$/),
      processing_mode: 'sequential',
      sequential_processing: true,
      events: EVENTS.map((id) => JSON.parse(event(id)) as unknown),
    });
    expect(api.received.map(({ event_id: id }) => id)).toEqual(EVENTS);
  });

  it('is the same batch when it is the same events, and no other', async () => {
    const api = await makeApi();
    const client = makeClient(api.url);
    for (const ids of [EVENTS, EVENTS, EVENTS.toReversed(), EVENTS.slice(1)]) {
      await client.trackBatch(ids.map(event));
    }
    const [first, again, ...others] = api.requests.map(
      ({ body }) => (JSON.parse(body) as { batch_id: string }).batch_id,
    );
    expect(again).toBe(first);
    expect(new Set([first, ...others]).size).toBe(3);
  });

  it('is nothing for an empty batch', async () => {
    const api = await makeApi();
    const { outcome, serverFault } = await makeClient(api.url).trackBatch([]);
    expect([outcome, serverFault]).toEqual([{ kind: 'items', items: [] }, false]);
    expect(api.requests).toEqual([]);
  });

  it.each(['', '/', '/api/pattern-traceability', '/api/pattern-traceability//', '?a=1#b'])(
    'goes to the same place when the base URL ends in "%s"',
    async (ending) => {
      const api = await makeApi();
      await sendOne(makeClient(api.url + ending));
      expect(api.requests[0]?.url).toBe('/api/pattern-traceability/lineage/track');
    },
  );

  it('goes below the path of the base URL', async () => {
    const api = await makeApi();
    await makeClient(`${api.url}/team/a/`).health();
    expect(api.requests[0]?.url).toBe('/team/a/api/pattern-traceability/health');
  });
});

describe.each(ways)('sending %s', (_, send) => {
  const faults: [name: string, behaviour: Behaviour, says: RegExp, timeoutMs?: number][] = [
    ['never answers', { kind: 'hang' }, /has not answered within [\d.]+ s$/, SHORT_MS],
    [
      'answers late',
      { kind: 'late', ms: 10 * SHORT_MS },
      /has not answered within [\d.]+ s$/,
      SHORT_MS,
    ],
    [
      'answers drop by drop',
      { kind: 'drip', ms: SHORT_MS / 3 },
      /has not answered within/,
      SHORT_MS,
    ],
    ['cuts the connection in mid-answer', { kind: 'reset' }, /has cut the connection$/],
    ['sends what is no JSON', { kind: 'not-json' }, /^The reply is not one of the lineage API\.$/],
    [
      'sends JSON that says nothing',
      { kind: 'reply', status: 200, body: '{}' },
      /not one of the lineage API/,
    ],
    ['sends nothing', { kind: 'reply', status: 204, body: '' }, /not one of the lineage API/],
    ['sends 1 GB', { kind: 'huge', bytes: 2 ** 30 }, /^The reply is longer than 8388608 bytes\.$/],
    ['redirects', { kind: 'redirect', to: 'https://new.example/' }, /redirects to https:\/\/new\./],
    ['answers 500', { kind: 'status', status: 500 }, /^500: behaves as 500$/],
    ['answers 502', { kind: 'reply', status: 502, body: '<h1>Bad</h1>' }, /^502: <h1>Bad<\/h1>$/],
    ['answers 503', { kind: 'status', status: 503 }, /^503: behaves as 503$/],
    ['answers 504', { kind: 'status', status: 504 }, /^504: behaves as 504$/],
    ['answers 500 and no word', { kind: 'reply', status: 500, body: '' }, /^500: no reason given$/],
  ];

  it.each(faults)('to a server that %s may be tried again', async (__, behaviour, says, ms) => {
    const api = await makeApi(behaviour);
    const client = makeClient(api.url, ms ? { timeoutMs: ms } : {});
    const { outcome, serverFault, latencyMs } = await send(client);
    expect(outcome).toMatchObject({ kind: 'retry', message: expect.stringMatching(says) });
    expect(outcome).not.toHaveProperty('retryAfterMs', expect.anything());
    expect(serverFault).toBe(true);
    expect(latencyMs).toBeGreaterThan(0);
    expect(api.requests).toHaveLength(1);
    if (behaviour.kind === 'huge') expect(api.bytesSent).toBeLessThan(64 * 1024 * 1024);
    if (ms || behaviour.kind === 'huge') await expect.poll(() => api.openConnections).toBe(0);
    await client.close();
    await expect.poll(() => api.openConnections).toBe(0);
  });

  it('to a server that is down may be tried again, and works once it is up', async () => {
    const api = await makeApi();
    await api.down();
    const client = makeClient(api.url);
    const { outcome, serverFault } = await send(client);
    const message = `${new URL(api.url).host} refuses connections`;
    expect([outcome, serverFault]).toEqual([{ kind: 'retry', message }, true]);
    await api.up();
    expect((await send(client)).serverFault).toBe(false);
    expect(api.events.size).toBeGreaterThan(0);
  });

  it('over connections that the server has cut meanwhile works at the second try at the latest', async () => {
    const api = await makeApi();
    const client = makeClient(api.url);
    await send(client);
    await api.down();
    await api.up();
    const outcomes = [await send(client), await send(client)].map(({ serverFault }) => serverFault);
    expect(outcomes[1]).toBe(false);
  });

  it('to a server whose certificate is wrong may be tried again, and shows it no token', async () => {
    const { caFile, ...tls } = tlsCertificate('loopback');
    const api = await makeApi(undefined, { tls, token: 's3cret' });
    const { outcome, serverFault } = await send(makeClient(api.url, { token: 's3cret' }));
    const message = expect.stringMatching(/a certificate that nobody vouches for/);
    expect([outcome, serverFault]).toEqual([{ kind: 'retry', message }, true]);
    expect(api.requests).toEqual([]);
    expect((await send(makeClient(api.url, { token: 's3cret', caFile }))).serverFault).toBe(false);
    expect(api.events.size).toBeGreaterThan(0);
  });

  const waits: [status: number, header: string | undefined, ms: number | undefined][] = [
    [408, undefined, undefined],
    [429, undefined, undefined],
    [429, '7', 7_000],
    [429, 'Thu, 01 Jan 2026 00:02:00 GMT', 120_000],
    [429, 'Wed, 31 Dec 2025 00:00:00 GMT', 0],
    [429, 'soon', undefined],
    [503, '30', 30_000],
  ];
  it.each(waits)('that is answered %i and Retry-After: %s waits', async (status, header, ms) => {
    const behaviour = { kind: 'status' as const, status };
    const api = await makeApi(header ? { ...behaviour, retryAfter: header } : behaviour);
    const { outcome, serverFault } = await send(makeClient(api.url));
    const message = `${status}: behaves as ${status}`;
    expect(outcome).toEqual({ kind: 'retry', status, message, retryAfterMs: ms });
    expect(serverFault).toBe(status === 503);
  });

  it.each([400, 401, 403, 409, 413, 422])('that is answered %i is rejected', async (status) => {
    const api = await makeApi({ kind: 'status', status });
    const { outcome, serverFault } = await send(makeClient(api.url));
    const message = `${status}: behaves as ${status}`;
    expect([outcome, serverFault]).toEqual([{ kind: 'rejected', status, message }, false]);
  });

  it.each([400, 402, 409, 410, 415, 422])(
    'that is answered %i, and not by the API, is an outage',
    async (status) => {
      const api = await makeApi({ kind: 'reply', status, body: '<html>Plain HTTP</html>' });
      const { outcome, serverFault } = await send(makeClient(api.url));
      const host = new URL(api.url).host;
      const message = `${host} answers ${status} with no JSON, not the lineage API: is api.base_url right?`;
      expect([outcome, serverFault]).toEqual([{ kind: 'retry', status, message }, true]);
    },
  );

  it.each(['[]', '"no"', '{"title":"Bad Request"}', ''])(
    'that is answered 400 with %s is an outage',
    async (body) => {
      const api = await makeApi({ kind: 'reply', status: 400, body });
      const { outcome, serverFault } = await send(makeClient(api.url));
      expect([outcome, serverFault]).toMatchObject([{ kind: 'retry' }, true]);
    },
  );

  it.each([401, 403, 407, 413])(
    'that is answered %i is rejected, whoever says it',
    async (status) => {
      const api = await makeApi({
        kind: 'reply',
        status,
        body: '<html><title>X</title>\n<p>No</p></html>',
      });
      const { outcome, serverFault } = await send(makeClient(api.url));
      const message = `${status}: a page for browsers: No`;
      expect([outcome, serverFault]).toEqual([{ kind: 'rejected', status, message }, false]);
    },
  );

  it('tells the words of the server, cut, and without the token', async () => {
    const body = JSON.stringify({
      detail: [{ loc: ['body', 'pattern_id'], msg: `given: Bearer s3cret ${'x'.repeat(600)}` }],
    });
    const api = await makeApi({ kind: 'reply', status: 422, body });
    const { outcome } = await send(makeClient(api.url, { token: 's3cret' }));
    const { message } = outcome as { message: string };
    expect(message).toMatch(/^422: body\.pattern_id: given: Bearer \[token\] x+…$/);
    expect(message.length).toBeLessThan(520);
    api.behaviour = { kind: 'redirect', to: `/login?${'s3cret'.repeat(200)}` };
    const { outcome: redirected } = await send(makeClient(api.url, { token: 's3cret' }));
    expect((redirected as { message: string }).message).not.toContain('s3cret');
  });

  it('tells no part of the token where the words of the server are cut in its middle', async () => {
    const token = 's3cret'.repeat(10);
    const words = 'x'.repeat(480) + token;
    const api = await makeApi({
      kind: 'reply',
      status: 422,
      body: JSON.stringify({ detail: words }),
    });
    const client = makeClient(api.url, { token });
    const told = [await send(client)];
    api.behaviour = { kind: 'redirect', to: `/${words}` };
    told.push(await send(client));
    api.behaviour = { kind: 'fail', fails: () => true, error: words };
    told.push(await send(client));
    expect(JSON.stringify(told)).not.toMatch(/s3c/);
    api.health = { status: 503, body: { status: words } };
    expect((await client.health()).detail).toBe(`503: ${'x'.repeat(480)}[token]`);
    api.health = { status: 503, body: { status: 'x'.repeat(1_000) } };
    expect((await client.health()).detail).toBe(`503: ${'x'.repeat(495)}…`);
  });

  it('that its caller gives up is no fault of the server', async () => {
    const api = await makeApi({ kind: 'hang' });
    const client = makeClient(api.url);
    const controller = new AbortController();
    const attempts = [sendOne(client, controller.signal), sendAll(client, controller.signal)];
    await expect.poll(() => api.requests).toHaveLength(2);
    controller.abort();
    for (const { outcome, serverFault } of await Promise.all<Attempt<unknown>>(attempts)) {
      const message = expect.stringMatching(/was given up/);
      expect([outcome, serverFault]).toEqual([{ kind: 'retry', message }, false]);
    }
    await expect.poll(() => api.openConnections).toBe(0);
  });
});

describe('a batch', () => {
  const isSecond = ({ event_id: id }: TakenEvent) => id === 'e-1';

  it('is told of each event by itself', async () => {
    const api = await makeApi({ kind: 'refuse', refuses: isSecond });
    const { outcome, serverFault } = await sendAll(makeClient(api.url));
    const message = 'Validation error: it is refused';
    expect(outcome).toEqual({
      kind: 'items',
      items: [accepted, { kind: 'rejected', status: 400, message }, accepted],
    });
    expect(serverFault).toBe(false);
    expect([...api.events.keys()]).toEqual(['e-0', 'e-2']);
  });

  it.each([
    ['Operation failed', undefined],
    ['Database connection not available', undefined],
    ['no luck', 'timeout'],
  ])('may be tried again for an event that fails with "%s" (%s)', async (error, errorType) => {
    const failing = { kind: 'fail' as const, fails: isSecond, error };
    const api = await makeApi(errorType ? { ...failing, errorType } : failing);
    const { outcome } = await sendAll(makeClient(api.url));
    expect(outcome).toEqual({
      kind: 'items',
      items: [accepted, { kind: 'retry', message: error }, accepted],
    });
  });

  it('may be tried again for events that the reply does not mention', async () => {
    const body = JSON.stringify({ success: true, successful_results: [{ event_index: 1 }] });
    const api = await makeApi({ kind: 'reply', status: 200, body });
    const { outcome } = await sendAll(makeClient(api.url));
    const silent = { kind: 'retry', message: 'The reply says nothing of this event.' };
    expect(outcome).toEqual({ kind: 'items', items: [silent, accepted, silent] });
  });

  it.each([404, 405] as const)('is not for a server that answers it with %i', async (status) => {
    const api = await makeApi({ kind: 'no-batch', status });
    const client = makeClient(api.url);
    const { outcome, serverFault } = await sendAll(client);
    expect([outcome, serverFault]).toEqual([{ kind: 'unsupported' }, false]);
    expect((await sendOne(client)).outcome).toEqual(accepted);
  });
});

describe('an event', () => {
  const fails = () => true;

  it('is not taken because the reply is a 200', async () => {
    const api = await makeApi({ kind: 'fail', fails, error: "'x' is not a valid EdgeType" });
    const client = makeClient(api.url, { token: 'EdgeType' });
    const { outcome, serverFault } = await sendOne(client);
    const message = "'x' is not a valid [token]";
    expect([outcome, serverFault]).toEqual([{ kind: 'rejected', status: 400, message }, false]);
    api.behaviour = { kind: 'fail', fails, error: 'Operation failed' };
    expect((await sendOne(client)).outcome).toEqual({ kind: 'retry', message: 'Operation failed' });
    expect(api.received).toEqual([]);
  });

  it('is rejected by a server without the path', async () => {
    const api = await makeApi({ kind: 'status', status: 404 });
    expect((await sendOne(makeClient(api.url))).outcome).toMatchObject({
      kind: 'rejected',
      status: 404,
    });
  });
});

describe('a question', () => {
  it('asks for patterns and for lineages', async () => {
    const api = await makeApi();
    const client = makeClient(api.url, { token: 's3cret' });
    await sendAll(client);
    const patterns = await client.patterns(2);
    expect(patterns).toMatchObject({
      outcome: { kind: 'data', data: { success: true, data: { total: 2 } } },
      serverFault: false,
    });
    const id = '7c1e09ab44d2f310';
    expect((await client.lineage(id, 'ancestry')).outcome).toMatchObject({
      kind: 'data',
      data: { data: { pattern_id: id } },
    });
    expect((await client.lineage('a/b?c#d', 'descendants')).outcome).toEqual({
      kind: 'rejected',
      status: 404,
      message: '404: Validation error: Pattern not found: a%2Fb%3Fc%23d',
    });
    expect(api.requests.slice(1)).toMatchObject(
      [
        '/lineage/query?limit=2',
        `/lineage/${id}?query_type=ancestry`,
        '/lineage/a%2Fb%3Fc%23d?query_type=descendants',
      ].map((path) => ({
        method: 'GET',
        url: `/api/pattern-traceability${path}`,
        headers: { authorization: 'Bearer s3cret' },
      })),
    );
  });

  it.each([
    ['hangs', { kind: 'hang' }, { kind: 'retry' }, true],
    ['answers 503', { kind: 'status', status: 503 }, { kind: 'retry', status: 503 }, true],
    ['answers 429', { kind: 'status', status: 429 }, { kind: 'retry', status: 429 }, false],
    ['answers 401', { kind: 'status', status: 401 }, { kind: 'rejected', status: 401 }, false],
  ] as [string, Behaviour, object, boolean][])(
    'to a server that %s has no answer',
    async (_, behaviour, expected, isFault) => {
      const api = await makeApi(behaviour);
      const client = makeClient(api.url, behaviour.kind === 'hang' ? { timeoutMs: SHORT_MS } : {});
      const attempts = [await client.patterns(10), await client.lineage('p', 'ancestry')];
      for (const { outcome, serverFault } of attempts) {
        expect(outcome).toMatchObject(expected);
        expect(serverFault).toBe(isFault);
      }
    },
  );
});

describe('health', () => {
  it('is that of the part that takes events, and not of the status', async () => {
    const api = await makeApi();
    const client = makeClient(api.url);
    expect(await client.health()).toEqual({ status: 'healthy', detail: 'the server is well' });
    for (const status of [200, 503]) {
      api.health = {
        status,
        body: { status: 'degraded', components: { lineage_tracker: 'database_unavailable' } },
      };
      expect(await client.health()).toEqual({
        status: 'degraded',
        detail: `${status}: lineage_tracker: database_unavailable`,
      });
    }
    expect(api.requests[0]?.url).toBe('/api/pattern-traceability/health');
  });

  it('is degraded for a server that answers, and can not be asked', async () => {
    const api = await makeApi(undefined, { token: 's3cret' });
    expect(await makeClient(api.url).health()).toEqual({
      status: 'degraded',
      detail: '401: Unknown token',
    });
  });

  it('is unreachable without an answer', async () => {
    const api = await makeApi({ kind: 'hang' });
    const { host } = new URL(api.url);
    const client = makeClient(api.url, { timeoutMs: SHORT_MS });
    expect(await client.health()).toEqual({
      status: 'unreachable',
      detail: `${host} has not answered within ${SHORT_MS / 1000} s`,
    });
    await api.down();
    expect(await client.health()).toEqual({
      status: 'unreachable',
      detail: `${host} refuses connections`,
    });
    expect(await client.health(AbortSignal.abort())).toMatchObject({ status: 'unreachable' });
  });
});

describe('the base URL', () => {
  function errorOf(baseUrl: string, options: Partial<LineageClientOptions> = {}): TrackerError {
    try {
      makeClient(baseUrl, options);
    } catch (error) {
      if (error instanceof TrackerError) return error;
      throw error;
    }
    throw new Error(`${baseUrl} is taken`);
  }

  it.each(['', 'localhost:8053', 'tracker.example.com', 'ftp://tracker', 'file:///tmp'])(
    'can not be "%s"',
    (baseUrl) => {
      expect(errorOf(baseUrl)).toMatchObject({ code: 'E_BASE_URL', hint: expect.any(String) });
    },
  );

  it('holds no password, which is not repeated', () => {
    const error = errorOf('https://user:s3cret@tracker.example.com');
    expect([error.code, error.message]).toEqual([
      'E_BASE_URL',
      'api.base_url "tracker.example.com" can\'t be used: it holds a password: use api.token',
    ]);
  });

  it.each([
    'http://tracker.example.com',
    'http://10.0.0.5:8053',
    'http://0.0.0.0:8053',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com',
    'http://[::2]:8053',
  ])('%s takes no token unencrypted', (baseUrl) => {
    const error = errorOf(baseUrl, { token: 's3cret' });
    expect(error.code).toBe('E_INSECURE_URL');
    expect(error.message).not.toContain('s3cret');
    makeClient(baseUrl);
    makeClient(baseUrl, { token: 's3cret', allowInsecure: true });
  });

  it.each([
    'https://tracker.example.com',
    'http://localhost:8053',
    'http://127.0.0.1:8053',
    'http://127.1.2.3',
    'http://[::1]:8053',
  ])('%s takes a token', (baseUrl) => {
    expect(() => makeClient(baseUrl, { token: 's3cret' })).not.toThrow();
  });

  it('of this machine is asked without a proxy, so that no token leaves it unencrypted', async () => {
    const api = await makeApi(undefined, { token: 's3cret' });
    const dead = 'http://127.0.0.1:9';
    const client = makeClient(api.url, { token: 's3cret', proxy: { httpProxy: dead } });
    expect((await sendOne(client)).outcome).toEqual(accepted);
    const elsewhere = makeClient('http://tracker.invalid', { proxy: { httpProxy: dead } });
    expect((await sendOne(elsewhere)).outcome).toMatchObject({ kind: 'retry' });
  });
});

describe('a token that is replaced', () => {
  it.each(ways)('is read anew for %s once the server has refused the old one', async (_, send) => {
    const api = await makeApi(undefined, { token: 'new' });
    let reads = 0;
    const rereadToken = () => ['newer', 'new'][(reads += 1) - 1];
    const client = makeClient(api.url, { token: 'old', rereadToken });
    const kinds: unknown[] = [];
    for (let n = 0; n < 4; n++) kinds.push(((await send(client)).outcome as { kind: string }).kind);
    expect(kinds.slice(0, 2)).toEqual(['rejected', 'rejected']);
    expect(api.requests.map(({ headers }) => headers.authorization)).toEqual(
      ['old', 'newer', 'new', 'new'].map((token) => `Bearer ${token}`),
    );
    expect([kinds.includes('retry'), reads]).toEqual([false, 2]);
  });

  it('is read again for health, too, and says why where it cannot be', async () => {
    const api = await makeApi(undefined, { token: 'new' });
    const rereadToken = (): string => 'new';
    const client = makeClient(api.url, { token: 'old', rereadToken });
    expect(await client.health()).toMatchObject({ status: 'degraded' });
    expect(await client.health()).toMatchObject({ status: 'healthy' });
    const unreadable = makeClient(api.url, {
      token: 'old',
      rereadToken: () => {
        throw new TrackerError('E_TOKEN_FILE', '/token: no such file');
      },
    });
    await unreadable.health();
    expect(await unreadable.health()).toEqual({
      status: 'unreachable',
      detail: '/token: no such file',
    });
  });

  it('is an outage while it can not be read', async () => {
    const api = await makeApi(undefined, { token: 'new' });
    const rereadToken = () => {
      throw new TrackerError('E_TOKEN_FILE', '/token: no such file');
    };
    const client = makeClient(api.url, { token: 'old', rereadToken });
    await sendOne(client);
    expect(await sendOne(client)).toMatchObject({
      outcome: { kind: 'retry', message: '/token: no such file' },
      serverFault: true,
    });
    expect(api.requests).toHaveLength(1);
  });
});

describe('a client', () => {
  it.each(['/', '//', '/api/pattern-traceability', '/api/pattern-traceability/'])(
    'says the same of its server when its URL ends in %s',
    (end) => {
      const { server } = makeClient(`HTTP://LOCALHOST:80${end}`);
      expect(server).toBe('http://localhost/api/pattern-traceability');
    },
  );

  it.each(ways)('that is closed says of %s nothing against the server', async (_, send) => {
    const api = await makeApi({ kind: 'hang' });
    const client = makeClient(api.url);
    const attempt = send(client);
    await expect.poll(() => api.requests.length).toBe(1);
    await client.close();
    expect(await attempt).toMatchObject({ outcome: { kind: 'retry' }, serverFault: false });
    expect(await send(client)).toMatchObject({ outcome: { kind: 'retry' }, serverFault: false });
    expect(client.isClosed).toBe(true);
  });
});

describe('an erasure', () => {
  const body = JSON.stringify({
    event_id: 'erased-1',
    event_type: 'pattern_deprecated',
    pattern_id: '7c1e09ab44d2f310',
    parent_pattern_ids: [],
    reason: 'forgotten',
  });

  it('deletes the pattern at the server', async () => {
    const api = await makeApi();
    const client = makeClient(api.url);
    expect((await client.erase(body, 'erased-1')).outcome).toEqual(accepted);
    expect(api.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'DELETE /patterns/7c1e09ab44d2f310',
    ]);
  });

  it.each([401, 403, 404, 405])('deprecates it where the answer is %i', async (status) => {
    const api = await makeApi();
    api.deletes = status;
    const client = makeClient(api.url);
    expect((await client.erase(body, 'erased-1')).outcome).toEqual(accepted);
    expect(api.received).toMatchObject([{ event_id: 'erased-1', reason: 'forgotten' }]);
  });

  it('is done where the server does not know the pattern', async () => {
    const api = await makeApi({
      kind: 'reply',
      status: 400,
      body: '{"success":false,"error":"Pattern not found: 7c1e09ab44d2f310"}',
    });
    api.deletes = 404;
    expect((await makeClient(api.url).erase(body, 'erased-1')).outcome).toEqual(accepted);
  });

  it('waits while the server is down, or refuses the token for everything', async () => {
    const down = await makeApi({ kind: 'status', status: 503 });
    expect((await makeClient(down.url).erase(body, 'e')).outcome).toMatchObject({ kind: 'retry' });
    const closed = await makeApi(undefined, { token: 'right' });
    const { outcome } = await makeClient(closed.url, { token: 'wrong' }).erase(body, 'e');
    expect(outcome).toMatchObject({ kind: 'rejected', status: 401 });
  });
});
