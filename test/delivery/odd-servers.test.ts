// The real clients against servers that stretch HTTP or break it.
import { mkdtempSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configSchema } from '../../lib/config/config.ts';
import { CollectorClient } from '../../lib/delivery/collector/collector-client.ts';
import { LineageClient } from '../../lib/delivery/lineage/lineage-client.ts';
import { LINEAGE } from '../../lib/delivery/lineage/lineage-sink.ts';
import { openLineageClient } from '../../lib/delivery/lineage/open-lineage.ts';
import { openDelivery } from '../../lib/delivery/sink-delivery.ts';
import { openTestDatabase } from '../support/test-database.ts';
import type { Database } from '../../lib/store/database/database.ts';
import { OddServer, rawReply } from '../support/odd-server.ts';
import type { OddAnswer } from '../support/odd-server.ts';

const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function makeServer(answer: OddAnswer): Promise<OddServer> {
  const server = await new OddServer(answer).up();
  closers.push(async () => server.down());
  return server;
}

function makeLineage({ url }: OddServer, timeoutMs = 10_000): LineageClient {
  const monotonic = () => performance.now();
  const client = new LineageClient({ baseUrl: url, timeoutMs, clock: () => 0, monotonic });
  closers.push(async () => client.close());
  return client;
}

function makeCollector({ url }: OddServer): CollectorClient {
  const client = new CollectorClient({
    endpoint: url,
    protocol: 'http/json',
    readHeaders: () => ({}),
    allowInsecure: false,
    traces: true,
    logs: false,
    details: false,
    machine: 'workbench',
    timeoutMs: 10_000,
    clock: () => 0,
    monotonic: () => performance.now(),
  });
  closers.push(async () => client.close());
  return client;
}

/** One byte a packet, as good as it goes. */
async function drip(write: (byte: Buffer) => void, bytes: Buffer): Promise<void> {
  for (const byte of bytes) {
    write(Buffer.from([byte]));
    await setTimeout(0);
  }
}

const TAKEN = JSON.stringify({ success: true, message: 'Größe' });
const PARTIAL = JSON.stringify({ partialSuccess: { rejectedSpans: '1', errorMessage: 'too old' } });
const CALL = JSON.stringify({ session_id: 's', tool_use_id: 't', outcome: 'ok', ended_at: 1 });

type Write = (reply: string) => (string | Buffer)[];
const STRETCHED: [name: string, write: Write][] = [
  ['begins with a byte order mark', (reply) => [rawReply(200, `\uFEFF${reply}`)]],
  ['is packed as x-gzip', (reply) => [packed('x-gzip', gzipSync(reply))]],
  ['is packed as GZIP', (reply) => [packed('GZIP', gzipSync(reply))]],
  ['is packed, and has a byte order mark', (reply) => [packed('gzip', gzipSync(`\uFEFF${reply}`))]],
  ['is packed as deflate', (reply) => [packed('deflate', deflateSync(reply))]],
  [
    'is packed as deflate without its header',
    (reply) => [packed('deflate', deflateRawSync(reply))],
  ],
  ['is packed as identity', (reply) => [packed('identity', Buffer.from(reply))]],
  ['follows an unasked 100 Continue', (reply) => [CONTINUE, rawReply(200, reply)]],
  ['follows one in the same packet', (reply) => [CONTINUE + rawReply(200, reply).toString()]],
  ['follows two of them', (reply) => [CONTINUE, CONTINUE, rawReply(200, reply)]],
  [
    'follows one with headers of its own',
    (reply) => ['HTTP/1.1 100 Continue\r\nDate: today\r\nX-Y: z\r\n\r\n', rawReply(200, reply)],
  ],
  ['follows one of HTTP/1.0', (reply) => ['HTTP/1.0 100 OK\r\n\r\n', rawReply(200, reply)]],
  [
    'follows 103 Early Hints',
    (reply) => ['HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n', rawReply(200, reply)],
  ],
  ['follows 102 Processing', (reply) => ['HTTP/1.1 102 Processing\r\n\r\n', rawReply(200, reply)]],
  ['is a 207', (reply) => [rawReply(207, reply)]],
];

function packed(coding: string, body: Buffer): Buffer {
  return rawReply(200, body, { 'content-encoding': coding });
}

describe.each(STRETCHED)('a reply that %s', (_, write) => {
  const writing =
    (reply: string): OddAnswer =>
    (socket) => {
      for (const part of write(reply)) socket.write(part);
    };

  it('acknowledges an event and a batch', async () => {
    const server = await makeServer(writing(TAKEN));
    const client = makeLineage(server);
    expect(await client.track('{}', 'e-0')).toMatchObject({
      outcome: { kind: 'accepted' },
      serverFault: false,
    });
    const { outcome } = await client.trackBatch(['{}', '{}']);
    expect(outcome).toEqual({ kind: 'items', items: [{ kind: 'accepted' }, { kind: 'accepted' }] });
  });

  it('is read by the client of a collector too', async () => {
    const server = await makeServer(writing(PARTIAL));
    const { outcome } = await makeCollector(server).track(CALL, 'id');
    const message = 'The collector has refused it: too old';
    expect(outcome).toEqual({ kind: 'rejected', status: 200, message });
  });
});

describe('an unasked 100 Continue', () => {
  it('is passed over however its bytes come', async () => {
    const bytes = Buffer.concat([Buffer.from(CONTINUE), rawReply(202, TAKEN)]);
    const server = await makeServer((socket) => void drip((byte) => socket.write(byte), bytes));
    const client = makeLineage(server);
    expect((await client.track('{}', 'e-0')).outcome).toEqual({ kind: 'accepted' });
    expect((await client.track('{}', 'e-1')).outcome).toEqual({ kind: 'accepted' });
  });

  it('may come before each of many replies on one connection', async () => {
    const server = await makeServer((socket) => socket.write(CONTINUE + rawReply(200, TAKEN)));
    const client = makeLineage(server);
    for (let n = 0; n < 20; n++) {
      expect((await client.track('{}', `e-${n}`)).serverFault, String(n)).toBe(false);
    }
  });

  it('in the middle of a body is a part of it', async () => {
    const words = `{"success":false,"error":"Validation error: ${CONTINUE.trim()} "}`;
    const [head = '', body = ''] = rawReply(200, words).toString().split('\r\n\r\n');
    const middle = body.indexOf('HTTP/1.1');
    const server = await makeServer(async (socket) => {
      socket.write(`${head}\r\n\r\n${body.slice(0, middle)}`);
      await setTimeout(50); // so that the rest is a packet of its own
      socket.write(body.slice(middle));
    });
    const { outcome } = await makeLineage(server).track('{}', 'e-0');
    expect(outcome).toMatchObject({
      kind: 'rejected',
      message: 'Validation error: HTTP/1.1 100 Continue ',
    });
  });

  it('that nothing follows is no reply', async () => {
    const server = await makeServer((socket) => socket.end(CONTINUE));
    const { outcome, serverFault } = await makeLineage(server).track('{}', 'e-0');
    const message = expect.stringMatching(/has cut the connection$/);
    expect([outcome, serverFault]).toEqual([{ kind: 'retry', message }, true]);
  });
});

describe('an event is not lost', () => {
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, ' '));
  const BROKEN: [name: string, says: RegExp, answer: OddAnswer][] = [
    ['a bomb', /too long once it is unpacked$/, (socket) => socket.write(packed('gzip', bomb))],
    [
      'a deflate that is none',
      /not valid gzip$/,
      (socket) => socket.write(packed('deflate', Buffer.from(TAKEN))),
    ],
    [
      'a coding that nobody asked for',
      /^The reply is not one of the lineage API\.$/,
      (socket) => socket.write(packed('br', Buffer.from([1, 2, 3]))),
    ],
    [
      'a page',
      /^The reply is not one of the lineage API\.$/,
      (socket) => socket.write(rawReply(200, '<html>Please log in</html>')),
    ],
    ['204', /not one of the lineage API/, (socket) => socket.write('HTTP/1.1 204 X\r\n\r\n')],
    [
      'a redirect',
      /^308: the server redirects to https:\/\/else\.example\/x;/,
      (socket) => socket.write(rawReply(308, '', { location: 'https://else.example/x' })),
    ],
    [
      'a chunk that is none',
      /does not answer in HTTP$/,
      (socket) => socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'),
    ],
    [
      'half of a reply',
      /has cut the connection$/,
      (socket) => socket.end(rawReply(200, TAKEN).subarray(0, 90)),
    ],
    ['nothing', /has cut the connection$/, (socket) => socket.resetAndDestroy()],
  ];
  it.each(BROKEN)('by a server that answers %s', async (_, says, answer) => {
    const server = await makeServer(answer);
    const { outcome, serverFault } = await makeLineage(server).track('{}', 'e-0');
    expect(outcome).toMatchObject({ kind: 'retry', message: expect.stringMatching(says) });
    expect(serverFault).toBe(true);
  });

  it('by a server that ends the connection after each reply', async () => {
    const server = await makeServer((socket) => {
      socket.write(rawReply(200, TAKEN));
      socket.end();
    });
    const client = makeLineage(server);
    for (let n = 0; n < 5; n++) {
      const attempts = [await client.track('{}', 'e'), await client.track('{}', 'e')];
      expect(attempts.map(({ outcome }) => outcome.kind)).toContain('accepted');
    }
  });
});

describe('delivery', () => {
  let folder: string;
  let database: Database;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'odd-servers-'));
    database = openTestDatabase(join(folder, 'tracker.db'));
  });
  afterEach(() => {
    database.close();
    rmSync(folder, { recursive: true });
  });

  it('loses and repeats nothing while a server answers in one odd way after the other', async () => {
    let now = 1_000_000_000;
    const clock = () => now;
    const taken = new Map<string, number>();
    const take = (events: readonly Sent[]) => {
      for (const { event_id: id } of events) taken.set(id, (taken.get(id) ?? 0) + 1);
    };
    let cut: readonly Sent[] = [];
    const odd: ((socket: Socket, events: readonly Sent[]) => unknown)[] = [
      (socket) =>
        socket.write(rawReply(200, '<html>portal</html>', { 'content-type': 'text/html' })),
      (socket) => socket.write(rawReply(200, '{"success":tr')),
      (socket) => socket.write(rawReply(200, '{}')),
      (socket) => socket.write('HTTP/1.1 204 X\r\n\r\n'),
      (socket) => socket.write(rawReply(301, '', { location: 'http://127.0.0.1:1/' })),
      (socket) => socket.destroy(),
      (socket, events) => {
        take(events);
        cut = events;
        socket.destroy();
      },
      (socket) => {
        const results = { successful_results: [{ event_index: 999 }], failed_results: null };
        socket.write(rawReply(200, JSON.stringify(results)));
      },
      (socket) => socket.write(rawReply(429, '{"detail":"x"}', { 'retry-after': '1' })),
      (socket) => socket.write(rawReply(503, '{"detail":"x"}', { 'retry-after': '1' })),
      (socket) => socket.end(rawReply(200, TAKEN, { 'content-length': '999999' })),
      (socket) => socket.write(rawReply(401, '{"detail":"no"}')),
    ];
    const server = await makeServer((socket, { index, body }) => {
      const events = sentIn(body);
      const answer = odd[index];
      if (answer) {
        answer(socket, events);
        return;
      }
      take(events);
      socket.write(rawReply(200, TAKEN));
    });
    const config = configSchema.parse({
      api: { base_url: server.url },
      pattern_tracking: { batch_size: 5 },
      resilience: { circuit_breaker: { failure_threshold: 2, recovery_timeout: 1 } },
    });
    const client = openLineageClient({ config, clock });
    const opened = openDelivery(LINEAGE, client, {
      config,
      database: () => database,
      clock,
    });
    closers.push(async () => opened.close());
    for (let n = 0; n < 20; n++) {
      const event = { eventId: `e-${n}`, patternId: `p-${n}`, lineageId: `l-${n}`, sessionId: 's' };
      const body = JSON.stringify({ event_id: event.eventId });
      opened.store().outbox.add({ ...event, eventType: 'pattern_created', body }, now);
    }
    const total = { delivered: 0, dead: 0 };
    for (let round = 0; round < 60 && total.delivered < 20; round++) {
      const report = await opened.delivery.drain({}, new AbortController().signal);
      total.delivered += report.delivered;
      total.dead += report.dead;
      now += 86_400_000;
    }
    expect(total).toEqual({ delivered: 20, dead: 0 });
    expect(taken.size).toBe(20);
    const twice = [...taken].filter(([, count]) => count > 1).map(([id]) => id);
    expect(twice).toEqual(cut.map(({ event_id: id }) => id));
  });
});

interface Sent {
  readonly event_id: string;
}

function sentIn(body: string): readonly Sent[] {
  const sent = JSON.parse(body) as Sent | { readonly events: readonly Sent[] };
  return 'events' in sent ? sent.events : [sent];
}
