import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import { connect, createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { VERSION } from '../../../lib/base/version.ts';
import { HttpClient } from '../../../lib/delivery/http/http-client.ts';
import type { HttpClientOptions } from '../../../lib/delivery/http/http-client.ts';
import { NoReplyError } from '../../../lib/delivery/http/no-reply-error.ts';
import { FaultyApi } from '../../support/faulty-api.ts';
import type { FaultyApiOptions } from '../../support/faulty-api.ts';
import { patience } from '../../support/patience.ts';
import { tlsCertificate } from './tls-certificate.ts';

/** A deadline that no test lives to see, in milliseconds. */
const NEVER_MS = 2 ** 31 - 1;

const closers: (() => unknown)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const close of closers.splice(0).toReversed()) await close();
});

function makeClient(options: Partial<HttpClientOptions> = {}): HttpClient {
  const client = new HttpClient({ timeoutMs: 10_000, maxReplyBytes: 1024 * 1024, ...options });
  closers.push(async () => client.close());
  return client;
}

async function makeApi(options?: FaultyApiOptions): Promise<FaultyApi> {
  const api = await new FaultyApi(options).up();
  closers.push(async () => api.down());
  return api;
}

/** A server that answers every request as `answer` does. Gives its URL. */
async function makeServer(answer: (response: ServerResponse) => void): Promise<string> {
  const server = createServer((request, response) => {
    request.resume();
    answer(response);
  });
  return `http://127.0.0.1:${await listen(server)}`;
}

/** A proxy that notes what it is asked for, and connects to `port` on this machine for all of it. */
async function makeProxy(port: number): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer();
  server.on('connect', ({ url = '' }, socket: Socket) => {
    asked.push(url);
    const upstream = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    for (const end of [socket, upstream]) {
      end.on('error', () => {});
      closers.push(() => end.destroy());
    }
  });
  return { url: `http://127.0.0.1:${await listen(server)}`, asked };
}

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  closers.push(async () => {
    const closed = new Promise((done) => server.close(done));
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  return (server.address() as AddressInfo).port;
}

const portOf = ({ url }: { readonly url: string }) => Number(new URL(url).port);
const get = async (client: HttpClient, url: string, signal?: AbortSignal) =>
  client.request({ method: 'GET', url, signal });

const getAs = async (token: string, client: HttpClient, url: string) =>
  client.request({ method: 'GET', url, token });

/** What is said of a request that gets no reply. */
async function failure(attempt: Promise<unknown>): Promise<NoReplyError> {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof NoReplyError) return error;
  throw new Error('it has got a reply', { cause: error });
}

describe('HttpClient', () => {
  it('says who it is and what it sends, and nothing of a token that it has not', async () => {
    const api = await makeApi();
    const client = makeClient();
    await get(client, `${api.url}/health?a=1`);
    const body = JSON.stringify({ event_id: 'e' });
    await client.request({
      method: 'POST',
      url: `${api.url}/lineage/track`,
      body,
      headers: { 'idempotency-key': 'e' },
    });
    const common = {
      host: new URL(api.url).host,
      connection: 'keep-alive',
      accept: 'application/json',
      'accept-encoding': 'gzip',
      'user-agent': `claude-pattern-tracker/${VERSION}`,
    };
    const [first, second] = api.requests;
    expect(first).toMatchObject({ method: 'GET', url: '/health?a=1', body: '' });
    expect(first?.headers).toEqual(common);
    expect(second).toMatchObject({ method: 'POST', url: '/lineage/track', body });
    expect(second?.headers).toEqual({
      ...common,
      'content-type': 'application/json',
      'content-length': String(body.length),
      'idempotency-key': 'e',
    });
  });

  it('sends its token as a bearer', async () => {
    const api = await makeApi({ token: 's3cret' });
    expect((await getAs('s3cret', makeClient(), `${api.url}/health`)).status).toBe(200);
    expect((await getAs('other', makeClient(), `${api.url}/health`)).status).toBe(401);
  });

  it('keeps its connection for the next request, and leaves none when it is closed', async () => {
    const api = await makeApi();
    const client = makeClient();
    for (let n = 0; n < 20; n++) await get(client, `${api.url}/health`);
    // A second one, for a request that comes before the first has been put back.
    expect(api.connections).toBeLessThanOrEqual(2);
    await client.close();
    await expect.poll(() => api.openConnections).toBe(0);
  });

  it('ends what is on its way when it is closed', async () => {
    const api = await makeApi();
    api.behaviour = { kind: 'hang' };
    const client = makeClient({ timeoutMs: NEVER_MS });
    const error = failure(get(client, `${api.url}/health`));
    await expect.poll(() => api.requests).toHaveLength(1);
    await client.close();
    expect(await error).toBeInstanceOf(NoReplyError);
    await expect.poll(() => api.openConnections).toBe(0);
  });

  it('gives up when its caller does, and says so', async () => {
    const api = await makeApi();
    api.behaviour = { kind: 'hang' };
    const client = makeClient();
    const controller = new AbortController();
    const late = failure(get(client, `${api.url}/health`, controller.signal));
    await expect.poll(() => api.requests).toHaveLength(1);
    controller.abort();
    const { host } = new URL(api.url);
    const expected = { isAborted: true, message: `The request to ${host} was given up.` };
    expect(await late).toMatchObject(expected);
    expect(await failure(get(client, `${api.url}/health`, controller.signal))).toMatchObject(
      expected,
    );
    expect(api.requests).toHaveLength(1);
    await expect.poll(() => api.openConnections).toBe(0);
  });

  it('has one deadline, however slowly the bytes come', async () => {
    const url = await makeServer((response) => {
      const timer = setInterval(() => response.write(' '), 5);
      response.on('close', () => clearInterval(timer));
    });
    const error = await failure(get(makeClient({ timeoutMs: 150 }), url));
    expect(error).toMatchObject({
      isAborted: false,
      message: `${new URL(url).host} has not answered within 0.15 s`,
    });
  });

  it('follows no redirect', async () => {
    const target = await makeApi();
    const url = await makeServer((response) => {
      response.writeHead(307, { location: `${target.url}/health` }).end();
    });
    const reply = await getAs('s3cret', makeClient(), url);
    expect([reply.status, reply.headers['location']]).toEqual([307, `${target.url}/health`]);
    expect(target.requests).toEqual([]);
  });

  it.each([
    ['of the size that is allowed', 1_000, 200],
    ['that is larger by a byte', 1_001, undefined],
  ])('takes a reply %s as it should', async (_, bytes, status) => {
    const url = await makeServer((response) => response.end('x'.repeat(bytes)));
    const attempt = get(makeClient({ maxReplyBytes: 1_000 }), url);
    if (status) expect(await attempt).toMatchObject({ status, text: 'x'.repeat(bytes) });
    else expect((await failure(attempt)).message).toBe('The reply is longer than 1000 bytes.');
  });

  it('unpacks replies, and no bombs', async () => {
    let reply = gzipSync('{"it":"wörks"}');
    const url = await makeServer((response) =>
      response.setHeader('content-encoding', 'GZIP').end(reply),
    );
    const { host } = new URL(url);
    const client = makeClient({ maxReplyBytes: 1024 * 1024 });
    expect((await get(client, url)).text).toBe('{"it":"wörks"}');
    reply = gzipSync(Buffer.alloc(32 * 1024 * 1024));
    expect((await failure(get(client, url))).message).toBe(
      `${host} sends a reply that is too long once it is unpacked`,
    );
    reply = Buffer.from('{"it":"is none"}');
    expect((await failure(get(client, url))).message).toBe(
      `${host} sends a body that is not valid gzip`,
    );
  });

  it('says that no HTTP is spoken', async () => {
    const url = await makeServer((response) => response.socket?.end('SSH-2.0-OpenSSH\r\n'));
    expect((await failure(get(makeClient(), url))).message).toBe(
      `${new URL(url).host} does not answer in HTTP`,
    );
  });
});

describe('compression', () => {
  const large = JSON.stringify({ event_id: 'large', pattern_data: { code: 'x'.repeat(8_192) } });
  const small = JSON.stringify({ event_id: 'small' });
  const post = async (client: HttpClient, api: FaultyApi, body: string) =>
    client.request({ method: 'POST', url: `${api.url}/lineage/track`, body });
  const encodings = (api: FaultyApi) =>
    api.requests.map(({ headers }) => headers['content-encoding']);

  it('is for large bodies, once the server has said that it takes them', async () => {
    const api = await makeApi({ takesGzip: true });
    const client = makeClient();
    for (const body of [large, large, small]) {
      expect((await post(client, api, body)).status).toBe(200);
    }
    expect(encodings(api)).toEqual([undefined, 'gzip', undefined]);
    expect(api.requests.map(({ body }) => body)).toEqual([large, large, small]);
    expect(Number(api.requests[1]?.headers['content-length'])).toBeLessThan(large.length / 10);
  });

  it('is not used with a server that has not said so', async () => {
    const api = await makeApi();
    const client = makeClient();
    for (const body of [large, large]) await post(client, api, body);
    expect(encodings(api)).toEqual([undefined, undefined]);
  });

  it.each([
    ['gzip', true],
    ['identity, GZIP;q=0.5', true],
    ['br,gzip', true],
    ['gzip;q=0', false],
    ['gzip; q=0.000, br', false],
    ['x-gzip-like', false],
    ['br', false],
  ])('is used after Accept-Encoding: %s as that says', async (said, isUsed) => {
    const used: unknown[] = [];
    const server = createServer(({ headers }, response) => {
      used.push(headers['content-encoding']);
      response.setHeader('accept-encoding', said).end();
    });
    const url = `http://127.0.0.1:${await listen(server)}`;
    const client = makeClient();
    for (const body of [large, large]) await client.request({ method: 'POST', url, body });
    expect(used).toEqual([undefined, isUsed ? 'gzip' : undefined]);
  });

  it('ends for good with a 415, and the request is sent again as it is', async () => {
    const api = await makeApi({ takesGzip: true });
    api.behaviour = { kind: 'no-gzip' };
    const client = makeClient();
    for (const body of [small, large, large, large]) {
      expect((await post(client, api, body)).status).toBe(200);
    }
    expect(encodings(api)).toEqual([undefined, 'gzip', undefined, undefined, undefined]);
    expect(api.received).toHaveLength(4);
  });

  it('gives a request that is sent again no more time than another', async () => {
    const deadlineMs = 1_000 * patience;
    let requests = 0;
    const server = createServer((_, response) => {
      requests += 1;
      response.setHeader('accept-encoding', 'gzip');
      if (requests === 1) response.end();
      else setTimeout(() => response.writeHead(415).end(), 0.6 * deadlineMs); // a slow server is the subject
    });
    const url = `http://127.0.0.1:${await listen(server)}`;
    const client = makeClient({ timeoutMs: deadlineMs });
    await client.request({ method: 'POST', url, body: large });
    // Each of the two would be in time by itself.
    const error = await failure(client.request({ method: 'POST', url, body: large }));
    expect(error.message).toContain('has not answered within');
    expect(requests).toBe(3);
  });
});

describe('a proxy', () => {
  it('is asked to connect to the server', async () => {
    const api = await makeApi();
    const proxy = await makeProxy(portOf(api));
    const client = makeClient({ proxy: { httpProxy: proxy.url } });
    const reply = await get(client, 'http://tracker.invalid/health');
    expect(reply.status).toBe(200);
    expect(proxy.asked).toEqual(['tracker.invalid:80']);
    expect(api.requests[0]?.headers.host).toBe('tracker.invalid');
  });

  it('sees nothing of what is said over https, and the certificate is checked all the same', async () => {
    const api = await makeApi({ tls: tlsCertificate('loopback') });
    const proxy = await makeProxy(portOf(api));
    for (const proxies of [{ httpsProxy: proxy.url }, { httpProxy: proxy.url }]) {
      const { caFile } = tlsCertificate('loopback');
      expect((await get(makeClient({ caFile, proxy: proxies }), api.url)).status).toBe(404);
      const error = await failure(get(makeClient({ proxy: proxies }), api.url));
      expect(error.message).toMatch(/shows a certificate that nobody vouches for/);
    }
    expect(proxy.asked).toEqual(Array.from({ length: 4 }, () => new URL(api.url).host));
  });

  it('is left out where noProxy says so', async () => {
    const api = await makeApi();
    for (const noProxy of ['example.com, 127.0.0.1', '*', new URL(api.url).host]) {
      const proxy = await makeProxy(9);
      const client = makeClient({ proxy: { httpProxy: proxy.url, noProxy } });
      expect((await get(client, `${api.url}/health`)).status).toBe(200);
      expect(proxy.asked).toEqual([]);
    }
  });

  it('is never taken from the environment of the process', async () => {
    const api = await makeApi();
    const proxy = await makeProxy(9);
    for (const name of ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY']) {
      vi.stubEnv(name, proxy.url);
    }
    vi.stubEnv('no_proxy', '');
    for (const proxies of [undefined, {}, { httpsProxy: proxy.url }]) {
      const client = makeClient({ proxy: proxies });
      expect((await get(client, `${api.url}/health`)).status).toBe(200);
    }
    expect(proxy.asked).toEqual([]);
    vi.stubEnv('no_proxy', '*');
    const other = await makeProxy(portOf(api));
    const client = makeClient({ proxy: { httpProxy: other.url } });
    await get(client, `${api.url}/health`);
    expect(other.asked).toHaveLength(1);
  });

  it('may be named without its protocol', async () => {
    const api = await makeApi();
    const proxy = await makeProxy(portOf(api));
    const client = makeClient({ proxy: { httpProxy: new URL(proxy.url).host } });
    expect((await get(client, 'http://tracker.invalid/health')).status).toBe(200);
    expect(proxy.asked).toHaveLength(1);
  });

  it.each(['socks5://127.0.0.1:1080', 'http://', 'http://user:s3cret@', 'a b:s3cret'])(
    'named %s can not be used, and is not repeated',
    (httpProxy) => {
      expect(() => makeClient({ proxy: { httpProxy } })).toThrow(
        expect.objectContaining({
          code: 'E_PROXY_URL',
          message: "the URL of the proxy can't be used",
        }),
      );
    },
  );

  it('that is down or refuses is no reply', async () => {
    const down = makeClient({ proxy: { httpProxy: 'http://127.0.0.1:9' } });
    expect((await failure(get(down, 'http://tracker.invalid'))).message).toMatch(
      /tracker\.invalid/,
    );
    const server = createServer();
    server.on('connect', (_, socket: Socket) => {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    });
    const refusing = makeClient({
      proxy: { httpProxy: `http://127.0.0.1:${await listen(server)}` },
    });
    expect((await failure(get(refusing, 'http://tracker.invalid'))).message).toMatch(/407/);
  });
});

describe('TLS', () => {
  it('trusts what the file with certificates names', async () => {
    const api = await makeApi({ tls: tlsCertificate('loopback') });
    const { caFile } = tlsCertificate('loopback');
    expect((await get(makeClient({ caFile }), `${api.url}/health`)).status).toBe(200);
  });

  it.each([
    ['that nobody vouches for', 'loopback', undefined, /nobody vouches for \(see api\.ca_file\)$/],
    ['that another authority has made', 'loopback', 'other-name', /nobody vouches for/],
    ['for another name', 'other-name', 'other-name', /shows a certificate for another name$/],
    ['that has expired', 'expired', 'expired', /shows a certificate that has expired$/],
  ] as const)('refuses a certificate %s', async (_, shown, trusted, message) => {
    const api = await makeApi({ tls: tlsCertificate(shown), token: 's3cret' });
    const caFile = trusted && tlsCertificate(trusted).caFile;
    const error = await failure(getAs('s3cret', makeClient({ caFile }), `${api.url}/health`));
    expect(error.message).toMatch(message);
    expect(error.message).toContain(new URL(api.url).host);
    expect(api.requests).toEqual([]);
  });

  it('has the same deadline where the other side never says a word of it', async () => {
    const sockets = new Set<Socket>();
    const server = createTcpServer((socket) => {
      sockets.add(
        socket
          .resume()
          .on('error', () => {})
          .on('close', () => sockets.delete(socket)),
      );
    });
    const host = `127.0.0.1:${await listen(server)}`;
    const client = makeClient({ timeoutMs: 150 });
    const error = await failure(get(client, `https://${host}`));
    expect(error.message).toBe(`${host} has not answered within 0.15 s`);
    await expect.poll(() => sockets.size).toBe(0);
  });

  it('says that the other side speaks none', async () => {
    const api = await makeApi();
    const error = await failure(get(makeClient(), api.url.replace('http:', 'https:')));
    expect(error.message).toMatch(/does not speak TLS/);
  });

  it('says what is wrong with a file of certificates', () => {
    const folder = mkdtempSync(join(tmpdir(), 'http-client-'));
    closers.push(() => rmSync(folder, { recursive: true }));
    const caFile = join(folder, 'ca.pem');
    const error = expect.objectContaining({ code: 'E_CA_FILE' });
    expect(() => makeClient({ caFile })).toThrow(error);
    writeFileSync(caFile, 'no certificate');
    expect(() => makeClient({ caFile })).toThrow(error);
  });
});
