import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import type { IncomingMessage, RequestOptions } from 'node:http';
import { get as httpsGet } from 'node:https';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { join } from 'node:path';
import { connect as tlsConnect } from 'node:tls';
import { createServer as createTcpServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { Hono } from 'hono';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ServiceEnv } from '../../../lib/service/app.ts';
import { HttpServer } from '../../../lib/service/http/http-server.ts';
import { SILENT_SERVICE_LOG } from '../../../lib/service/service-log.ts';
import { startService } from '../../../lib/service/service.ts';
import type { RunningService, ServiceOptions } from '../../../lib/service/service.ts';
import { createToken } from '../../../lib/service/auth/token.ts';
import { LineageClient } from '../../../lib/delivery/lineage/lineage-client.ts';
import { tlsCertificate } from '../../delivery/http/tls-certificate.ts';
import { API, createdEvent, modifiedEvent, openThrowawayStore } from '../service-fixture.ts';
import { answerAll, deferred, stubStore } from '../stub-store.ts';

/** A limit that no test lives to see, in milliseconds. */
const NEVER_MS = 2 ** 31 - 1;

async function start(options: Partial<ServiceOptions> = {}): Promise<RunningService> {
  const service = await startService({
    host: '127.0.0.1',
    port: 0,
    store: options.store ?? openThrowawayStore(),
    log: SILENT_SERVICE_LOG,
    rateLimit: 0,
    ...options,
  });
  onTestFinished(() => service.close());
  return service;
}

/** All that a server says on a connection until it ends it. */
async function conversation(url: string, say: (socket: Socket) => void): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let heard = '';
  socket.setEncoding('utf8').on('data', (text: string) => (heard += text));
  socket.on('error', () => {});
  await once(socket, 'connect');
  say(socket);
  await once(socket, 'close');
  return heard;
}

function send(
  url: string,
  options: RequestOptions,
  write: (body: ReturnType<typeof httpRequest>) => void,
) {
  return new Promise<{ status: number; headers: IncomingMessage['headers']; text: string }>(
    (resolve, reject) => {
      const outgoing = httpRequest(url, options, (incoming) => {
        let text = '';
        incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        incoming.on('end', () =>
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text }),
        );
        incoming.on('error', reject);
      });
      outgoing.on('error', reject);
      write(outgoing);
    },
  );
}

const json = { 'content-type': 'application/json' };
const track = (url: string, body: string | Buffer, headers: Record<string, string> = {}) =>
  send(
    `${url}${API}/lineage/track`,
    { method: 'POST', headers: { ...json, ...headers } },
    (outgoing) => outgoing.end(body),
  );

describe('the server', () => {
  it('speaks with our own client', async () => {
    const { url } = await start();
    const clock = () => Date.now();
    const client = new LineageClient({
      baseUrl: url,
      clock,
      monotonic: () => performance.now(),
      timeoutMs: 10_000,
    });
    onTestFinished(() => client.close());
    expect(await client.health()).toEqual({ status: 'healthy', detail: 'the server is well' });
    const one = await client.track(JSON.stringify(createdEvent('a')), 'created-a');
    expect(one.outcome).toEqual({ kind: 'accepted' });
    const batch = await client.trackBatch(
      [modifiedEvent('b', ['a']), modifiedEvent('c', ['nowhere']), modifiedEvent('b', ['a'])].map(
        (event) => JSON.stringify(event),
      ),
    );
    expect(batch.outcome).toMatchObject({
      kind: 'items',
      items: [
        { kind: 'accepted' },
        {
          kind: 'rejected',
          status: 400,
          message: 'Validation error: Parent pattern not found: nowhere',
        },
        { kind: 'accepted' },
      ],
    });
    expect(await client.patterns(10)).toMatchObject({ outcome: { kind: 'data' } });
    expect(await client.lineage('b', 'ancestry')).toMatchObject({ outcome: { kind: 'data' } });
  });

  it('checks the Host header of real requests', async () => {
    const { url } = await start();
    const ask = (host: string) =>
      send(`${url}/health`, { headers: { host } }, (outgoing) => outgoing.end());
    expect((await ask('evil.example.com')).status).toBe(403);
    expect((await ask('localhost')).status).toBe(200);
    expect((await ask('a b')).status).toBeGreaterThanOrEqual(400);
  });

  it('refuses a body that grows too large, chunk by chunk', async () => {
    const { url } = await start({ maxBodyBytes: 100_000 });
    const { status, headers } = await send(
      `${url}${API}/lineage/track`,
      { method: 'POST', headers: json },
      (outgoing) => {
        for (let n = 0; n < 20; n += 1) outgoing.write('x'.repeat(10_000));
        outgoing.on('error', () => {}); // what is left is not read
        outgoing.end();
      },
    );
    expect(status).toBe(413);
    expect(headers['connection']).toBe('close');
    const small = JSON.stringify(createdEvent('a'));
    expect((await track(url, small)).status).toBe(200);
  });

  it('refuses a body whose Content-Length is too large without reading it', async () => {
    const { url } = await start();
    const said = await conversation(url, (socket) =>
      socket.write(
        `POST ${API}/lineage/track HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\n\r\n{`,
      ),
    );
    expect(said).toMatch(/^HTTP\/1.1 413 /);
  });

  it('is not blown up by a gzip bomb', async () => {
    const { url } = await start();
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024, 0x20));
    const before = process.memoryUsage().rss;
    const { status } = await track(url, bomb, { 'content-encoding': 'gzip' });
    expect(status).toBe(413);
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
  });

  it('takes many requests at a time, and answers each', async () => {
    const { url } = await start();
    const agent = new Agent({ keepAlive: true, maxSockets: 50 });
    onTestFinished(() => agent.destroy());
    const answers = await Promise.all(
      Array.from({ length: 300 }, (_, n) =>
        send(`${url}${API}/lineage/track`, { method: 'POST', headers: json, agent }, (outgoing) =>
          outgoing.end(JSON.stringify(createdEvent(`p${n}`))),
        ),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const stats = await send(`${url}${API}/stats`, {}, (outgoing) => outgoing.end());
    expect(JSON.parse(stats.text).data.total_patterns).toBe(300);
  });

  it.each([
    ['head', 'GET /health HTTP/1.1\r\nHost: local'],
    [
      'body',
      `POST ${API}/lineage/track HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"a`,
    ],
  ])('does not wait for ever for the rest of a %s', async (_, beginning) => {
    const { url } = await start({ headersTimeoutMs: 300, requestTimeoutMs: 400 });
    const said = await conversation(url, (socket) => socket.write(beginning));
    expect(said).toMatch(/^HTTP\/1.1 4\d\d /);
  });
});

describe('a server that is told to stop', () => {
  it('answers what was begun, takes nothing more, and closes connections that were kept', async () => {
    const gate = deferred<void>();
    const store = stubStore(async (events) => {
      await gate.promise;
      return answerAll(events);
    });
    const service = await start({ store });
    const agent = new Agent({ keepAlive: true });
    onTestFinished(() => agent.destroy());
    const kept = await send(`${service.url}/health`, { agent }, (outgoing) => outgoing.end());
    expect(kept.headers['connection']).toBe('keep-alive');
    const begun = track(service.url, JSON.stringify(createdEvent('a')));
    await expect.poll(() => store.calls.length).toBe(1);
    const closed = service.close();
    await expect(send(`${service.url}/health`, {}, (outgoing) => outgoing.end())).rejects.toThrow();
    gate.resolve();
    expect((await begun).status).toBe(200);
    await closed;
  });

  it('is not kept from new clients by connections that say nothing', async () => {
    const { url } = await start({
      maxConnections: 3,
      headersTimeoutMs: NEVER_MS,
      requestTimeoutMs: NEVER_MS,
    });
    const { hostname, port } = new URL(url);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    const health = () => send(`${url}/health/live`, { agent }, (body) => body.end());
    expect((await health()).status).toBe(200); // its connection is kept
    const silent: Socket[] = [];
    for (let n = 0; n < 5; n++) {
      const socket = connect(Number(port), hostname).resume();
      socket.on('error', () => {});
      await once(socket, 'connect');
      silent.push(socket);
      expect((await send(`${url}/health/live`, {}, (body) => body.end())).status).toBe(200);
    }
    expect((await health()).status).toBe(200);
    await expect.poll(() => silent.filter((socket) => socket.destroyed).length).toBeGreaterThan(1);
    for (const socket of silent) socket.destroy();
  });

  it('does not close a connection whose request is being answered', async () => {
    const gate = deferred<void>();
    const store = stubStore(async (events) => {
      await gate.promise;
      return answerAll(events);
    });
    const { url } = await start({ store, maxConnections: 1 });
    const answer = track(url, JSON.stringify(createdEvent('a')));
    await vi.waitFor(() => expect(store.calls).toHaveLength(1));
    expect(await conversation(url, () => {})).toBe(''); // the new one is closed in its place
    gate.resolve();
    expect((await answer).status).toBe(200);
  });

  it('limits the connections of an address, but not those of a trusted proxy', async () => {
    const limits = { maxConnectionsOfAddress: 1 };
    const opened = async (options: Partial<ServiceOptions>) => {
      const { hostname, port } = new URL((await start({ ...limits, ...options })).url);
      const socket = connect(Number(port), hostname).resume();
      socket.on('error', () => {});
      await once(socket, 'connect');
      const second = connect(Number(port), hostname).resume();
      await once(second, 'connect');
      onTestFinished(() => void second.destroy());
      onTestFinished(() => void socket.destroy());
      return socket;
    };
    const [limited, exempt] = [await opened({}), await opened({ trustedProxies: ['127.0.0.1'] })];
    await expect.poll(() => limited.destroyed).toBe(true);
    expect(exempt.destroyed).toBe(false);
  });

  it('does not wait for connections that say nothing', async () => {
    const server = new HttpServer(new Hono<ServiceEnv>(), {
      host: '127.0.0.1',
      port: 0,
      headersTimeoutMs: NEVER_MS,
      requestTimeoutMs: NEVER_MS,
    });
    const { hostname, port } = new URL(await server.listen());
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    const ended = once(socket.resume(), 'close');
    await server.close(NEVER_MS);
    await ended;
    expect(socket.destroyed).toBe(true);
  });

  it('stores what a client has left behind, before it closes the store', async () => {
    const happened: string[] = [];
    const gate = deferred<void>();
    const store = stubStore(async (events) => {
      await gate.promise;
      happened.push('stored');
      return answerAll(events);
    });
    const close = async () => void happened.push('closed');
    const service = await start({ store: { ...store, close } });
    const body = JSON.stringify(createdEvent('a'));
    const head = `POST ${API}/lineage/track HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n`;
    await conversation(service.url, (socket) => {
      socket.write(`${head}Content-Length: ${body.length}\r\n\r\n${body}`);
      void expect
        .poll(() => store.calls.length)
        .toBe(1)
        .then(() => socket.destroy());
    });
    const closed = service.close();
    await expect
      .poll(() =>
        send(`${service.url}/health`, {}, (outgoing) => outgoing.end()).then(
          () => 'up',
          () => 'down',
        ),
      )
      .toBe('down');
    gate.resolve();
    await closed;
    expect(happened).toEqual(['stored', 'closed']);
  });
});

describe('a server with TLS', () => {
  it('serves it, and takes another certificate when it is told to', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pattern-tls-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    const put = (name: 'loopback' | 'other-name') => {
      const { cert, key } = tlsCertificate(name);
      writeFileSync(certFile, cert);
      writeFileSync(keyFile, key);
    };
    put('loopback');
    const service = await start({ tls: { certFile, keyFile } });
    const { port } = new URL(service.url);
    const ca = readFileSync(certFile);
    const answer = await new Promise<IncomingMessage>((resolve, reject) =>
      httpsGet(`https://localhost:${port}/health`, { ca }, resolve).on('error', reject),
    );
    answer.resume();
    expect(answer.statusCode).toBe(200);
    const nameNow = async () => {
      const socket = tlsConnect({
        port: Number(port),
        host: '127.0.0.1',
        rejectUnauthorized: false,
      });
      await once(socket, 'secureConnect');
      const { subject } = socket.getPeerCertificate();
      socket.destroy();
      return subject.CN;
    };
    expect(await nameNow()).toBe('localhost');
    put('other-name');
    service.reloadFiles();
    expect(await nameNow()).toBe('other.example');
  });

  it('says when the files are no certificate', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'no-pem-')), 'cert.pem');
    writeFileSync(file, 'not a certificate');
    const tls = { certFile: file, keyFile: file };
    await expect(start({ tls })).rejects.toMatchObject({ code: 'E_TLS_FILES' });
  });

  it('says when the files are not there', async () => {
    const tls = { certFile: '/nowhere/cert.pem', keyFile: '/nowhere/key.pem' };
    await expect(start({ tls })).rejects.toMatchObject({ code: 'E_TLS_FILES' });
  });
});

describe('requests that are sent on one connection without waiting', () => {
  const get = (path: string) => `GET ${API}/${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;

  it('are answered in their order', async () => {
    const { url } = await start();
    const heard = await conversation(url, (socket) => {
      socket.write(get('stats') + get('patterns/nowhere') + get('stats'));
      socket.write(get('stats').replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'));
    });
    expect(heard.match(/HTTP\/1\.1 \d+/g)).toEqual([
      'HTTP/1.1 200',
      'HTTP/1.1 404',
      'HTTP/1.1 200',
      'HTTP/1.1 200',
    ]);
  });

  it('are not begun while answers before them are not read', async () => {
    const store = openThrowawayStore();
    const patterns = store.tenant('default');
    let begun = 0;
    const pattern = patterns.pattern.bind(patterns);
    patterns.pattern = (id) => {
      begun += 1;
      return pattern(id);
    };
    const { url } = await start({ store });
    await track(
      url,
      JSON.stringify(createdEvent('big', { pattern_data: { code: 'x y '.repeat(2e6) } })),
    );
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.pause();
    await once(socket, 'connect');
    socket.write(get('patterns/big').repeat(50));
    await expect.poll(() => begun).toBeGreaterThan(0);
    await delay(300); // time enough to begin them all: nothing tells that it does not
    expect(begun).toBeLessThan(5);
    socket.destroy();
  });
});

describe('starting', () => {
  it('is refused on loopback without a token when it is reached by another name', async () => {
    const store = openThrowawayStore();
    const proxied = { store, allowedHosts: ['tracker.example.com'] };
    await expect(start(proxied)).rejects.toMatchObject({
      code: 'E_TOKENS_NEEDED',
      message: 'tracker.example.com can be reached by others, and there is no token',
    });
  });

  it('is refused off loopback without a token, and without TLS', async () => {
    const store = openThrowawayStore();
    const exposed = { store, host: '0.0.0.0' };
    await expect(start(exposed)).rejects.toMatchObject({ code: 'E_TOKENS_NEEDED' });
    const { stored } = createToken({
      name: 'n',
      tenant: 'default',
      scopes: ['read'],
      createdAt: 0,
      expiresAt: null,
    });
    await store.tokens.add(stored);
    await expect(start(exposed)).rejects.toMatchObject({ code: 'E_TLS_NEEDED' });
    const { url } = await start({ ...exposed, allowInsecure: true });
    const { port } = new URL(url);
    expect(
      (await send(`http://127.0.0.1:${port}${API}/stats`, {}, (outgoing) => outgoing.end())).status,
    ).toBe(401);
  });

  it('says that a port is in use', async () => {
    const other = createTcpServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await expect(start({ port })).rejects.toMatchObject({
      code: 'E_PORT_IN_USE',
      message: expect.stringContaining(String(port)),
    });
  });
});
