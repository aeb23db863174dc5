// The real clients against servers that want to keep them busy, fill their memory, or get the token.
import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { CollectorClient } from '../../lib/delivery/collector/collector-client.ts';
import { LineageClient } from '../../lib/delivery/lineage/lineage-client.ts';
import { settle } from '../../lib/delivery/settlement.ts';
import type { DeliveryStore } from '../../lib/delivery/store/delivery-store.ts';
import { OddServer, rawReply } from '../support/odd-server.ts';
import type { OddAnswer } from '../support/odd-server.ts';
import { patience } from '../support/patience.ts';

const TOKEN = 'the-token-of-the-user-0123456789';
const CALL = JSON.stringify({ session_id: 's', tool_use_id: 't', outcome: 'ok', ended_at: 1 });
const TIMEOUT_MS = 200 * patience;

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function makeServer(answer: OddAnswer): Promise<OddServer> {
  const server = await new OddServer(answer).up();
  closers.push(async () => server.down());
  return server;
}

function makeLineage({ url }: OddServer, timeoutMs = TIMEOUT_MS): LineageClient {
  const client = new LineageClient({
    baseUrl: url,
    token: TOKEN,
    timeoutMs,
    clock: () => 0,
    monotonic: () => performance.now(),
  });
  closers.push(async () => client.close());
  return client;
}

function makeCollector({ url }: OddServer): CollectorClient {
  const client = new CollectorClient({
    endpoint: url,
    protocol: 'http/json',
    readHeaders: () => ({ authorization: `Bearer ${TOKEN}` }),
    allowInsecure: false,
    traces: true,
    logs: false,
    details: false,
    machine: 'workbench',
    timeoutMs: TIMEOUT_MS,
    clock: () => 0,
    monotonic: () => performance.now(),
  });
  closers.push(async () => client.close());
  return client;
}

/** Writes the same again and again, as fast as the client takes it, until that has had enough. */
function endless(begin: string, again: string | Buffer): OddAnswer {
  return (socket) => {
    socket.write(begin);
    const write = () => {
      while (!socket.destroyed && socket.write(again));
    };
    socket.on('drain', write);
    write();
  };
}

const BOMB = gzipSync(Buffer.alloc(50_000_000, '['));
const OK = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';
const CHUNKED = `${OK}transfer-encoding: chunked\r\n\r\n`;
const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);

const HOSTILE: [name: string, answer: OddAnswer][] = [
  ['open brackets', (socket) => socket.write(rawReply(200, '['.repeat(6_000_000)))],
  ['nested lists', (socket) => socket.write(rawReply(200, deep(3_000_000)))],
  ['nested objects', (socket) => socket.write(rawReply(200, '{"success":'.repeat(500_000)))],
  [
    'nested lists in its answer',
    (socket) => socket.write(rawReply(200, `{"data":${deep(100_000)},"success":true}`)),
  ],
  ['millions of values', (socket) => socket.write(rawReply(200, `[${'1,'.repeat(2_000_000)}1]`))],
  ['a bomb of gzip', (socket) => socket.write(rawReply(200, BOMB, { 'content-encoding': 'gzip' }))],
  ['an endless body', endless(`${OK}\r\n`, Buffer.alloc(65_536, ' '))],
  ['endless chunks', endless(CHUNKED, '1\r\n \r\n'.repeat(10_000))],
  ['endless extensions of a chunk', endless(`${CHUNKED}1;`, 'a=b;'.repeat(10_000))],
  ['endless trailers', endless(`${CHUNKED}0\r\n`, 'x: y\r\n'.repeat(10_000))],
  ['endless headers', endless(OK, 'x: y\r\n'.repeat(10_000))],
  ['an endless header', endless(`${OK}x: `, 'y'.repeat(65_536))],
  ['100 Continue for ever', endless('', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(2_000))],
  ['103 Early Hints for ever', endless('', 'HTTP/1.1 103 X\r\nlink: </x>\r\n\r\n'.repeat(2_000))],
  [
    'a byte now and then',
    (socket) => {
      socket.write(CHUNKED);
      void (async () => {
        while (!socket.destroyed) {
          socket.write('1\r\n \r\n');
          await setTimeout(20);
        }
      })();
    },
  ],
  ['a page of brackets with 500', (socket) => socket.write(rawReply(500, '['.repeat(6_000_000)))],
];

describe.each(HOSTILE)('a server that sends %s', (_, answer) => {
  it('acknowledges nothing, and the client goes on at once', async () => {
    const server = await makeServer(answer);
    const client = makeLineage(server);
    const { outcome, serverFault } = await client.track('{"event_id":"a"}', 'a');
    expect(outcome.kind).toBe('retry');
    expect(JSON.stringify(outcome).length).toBeLessThan(2_000);
    expect(serverFault).toBe(true);
    expect((await client.patterns(5)).outcome.kind).toBe('retry');
    expect((await client.health()).status).not.toBe('healthy');
  });

  it('leaves the process free to hear that it shall stop', async () => {
    const server = await makeServer(answer);
    const stop = new AbortController();
    let ticks = 0;
    const timer = setInterval(() => (ticks += 1), 5);
    const client = makeLineage(server, 100 * TIMEOUT_MS); // only the signal ends it
    const asked = client.track('{"event_id":"a"}', 'a', stop.signal);
    await expect.poll(() => server.requests.length).toBe(1);
    stop.abort();
    const { outcome } = await asked;
    clearInterval(timer);
    expect(outcome.kind).toBe('retry');
    expect(ticks).toBeGreaterThan(0);
  });

  it('keeps a collector no longer either', async () => {
    const server = await makeServer(answer);
    const { outcome } = await makeCollector(server).track(CALL, 't');
    expect(['retry', 'accepted']).toContain(outcome.kind); // to a collector a whole reply with 200 says enough
  });
});

describe('a server that redirects', () => {
  it.each([301, 302, 303, 307, 308])('with %d gets the token, and nobody else', async (status) => {
    const stranger = await makeServer((socket) => socket.write(rawReply(200, '{"success":true}')));
    const server = await makeServer((socket) =>
      socket.write(rawReply(status, '', { location: `${stranger.url}/x` })),
    );
    const { outcome } = await makeLineage(server).track('{"event_id":"a"}', 'a');
    const collected = await makeCollector(server).track(CALL, 't');
    expect([outcome.kind, collected.outcome.kind]).toEqual(['retry', 'retry']);
    expect(stranger.requests).toEqual([]);
  });
});

describe('a server that asks to be left alone', () => {
  it.each([
    '99999999999',
    '31536000000',
    'Fri, 01 Jan 9999 00:00:00 GMT',
    '1e300',
    `${'9'.repeat(400)}`,
  ])('with Retry-After: %s is asked again within a day', async (retryAfter) => {
    const server = await makeServer((socket) =>
      socket.write(rawReply(429, '{"detail":"no"}', { 'retry-after': retryAfter })),
    );
    const { outcome } = await makeLineage(server).track('{"event_id":"a"}', 'a');
    expect(outcome.kind).toBe('retry');
    const paused: number[] = [];
    const failed: number[] = [];
    const store = {
      state: {
        read: () => ({ pausedUntil: 0, lastDeliveredAt: null }),
        pause: (until: number) => paused.push(until),
        noteError: () => {},
      },
      outbox: {
        fail: (_: number, { notBefore }: { notBefore: number }) => failed.push(notBefore),
        acknowledge: () => {},
      },
      metrics: { add: () => {} },
    } as unknown as DeliveryStore;
    const row = {
      id: 1,
      eventId: 'a',
      lineageId: 'l',
      eventType: 'pattern_created',
      body: '{}',
      attempts: 0,
      faults: 0,
      attemptedAt: null,
    };
    if (outcome.kind !== 'retry') return;
    const retry = { baseMs: 1, maxMs: 1, maxFaults: 10, random: () => 0 };
    settle(store, [row], outcome, { now: 1_000, retry, failedRequests: 1 });
    expect(Math.max(...paused, ...failed)).toBeLessThanOrEqual(1_000 + 86_400_000);
  });
});
