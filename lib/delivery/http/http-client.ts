import { createSecureContext, rootCertificates } from 'node:tls';
import { gzip } from 'node:zlib';
import { promisify } from 'node:util';
import { Agent, buildConnector, EnvHttpProxyAgent, errors, Pool } from 'undici';
import type { Dispatcher } from 'undici';
import { errorCode, errorMessage } from '../../base/errors.ts';
import { VERSION } from '../../base/version.ts';
import { contentCoding, decodeBody, withoutBom } from '../../lineage-api/http-body.ts';
import { readCertificates } from './certificates.ts';
import { NoReplyError } from './no-reply-error.ts';
import { proxyUrl } from './proxy-settings.ts';
import type { ProxySettings } from './proxy-settings.ts';
import { withoutUnaskedContinue } from './unasked-continue.ts';

/** Bodies of at least this size are compressed, once the server has said that it accepts gzip. In bytes. */
const GZIP_FROM_BYTES = 8 * 1024;
/**
 * Idle connections are closed after this time, in milliseconds. Servers in Node and Python close them after
 * 5 s; closing earlier avoids sending a request into a connection that the server is just closing.
 */
const KEEP_ALIVE_MS = 4_000;

/** What holds for all requests of a client. */
export interface HttpClientOptions {
  /** The longest time from the start of a request to the end of its reply, in milliseconds. */
  readonly timeoutMs: number;
  /** A request whose reply is longer fails, in bytes; also measured after unpacking. */
  readonly maxReplyBytes: number;
  /** A PEM file with certificates to trust besides Node's built-in ones. @default none */
  readonly caFile?: string | undefined;
  /** @default none */
  readonly proxy?: ProxySettings | undefined;
}

/** One request. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  /** JSON, unless the headers say otherwise. */
  readonly body?: string | Uint8Array | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Sent as `Authorization: Bearer`. */
  readonly token?: string | undefined;
  /** Aborts the request, which then throws a NoReplyError with `isAborted`. */
  readonly signal?: AbortSignal | undefined;
}

/** A whole reply, whatever its status. */
export interface HttpReply {
  readonly status: number;
  /** Names are in lower case; repeated headers are joined by commas. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The decompressed body without a byte order mark. */
  readonly bytes: Buffer;
  /** `bytes` decoded as UTF-8. */
  readonly text: string;
}

/** HTTP with deadlines: every request ends within its timeout, with a whole reply or a NoReplyError. */
export class HttpClient {
  readonly #dispatcher: Dispatcher;
  readonly #options: HttpClientOptions;
  #gzip: 'unknown' | 'taken' | 'refused' = 'unknown';

  /** @throws TrackerError E_CA_FILE, E_PROXY_URL */
  constructor(options: HttpClientOptions) {
    this.#options = options;
    const { timeoutMs, caFile, proxy } = options;
    // Named one by one, because NODE_EXTRA_CA_CERTS, SSL_CERT_FILE and NODE_TLS_REJECT_UNAUTHORIZED would
    // count otherwise, and a project can set these.
    const own = caFile === undefined ? [] : [readCertificates(caFile)];
    const tls = { ca: [...rootCertificates, ...own], rejectUnauthorized: true };
    const common = {
      connect: makeConnector(timeoutMs, tls),
      factory: makePool,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: 32 * 1024,
    };
    this.#dispatcher =
      proxy?.httpProxy || proxy?.httpsProxy
        ? new EnvHttpProxyAgent({
            ...common,
            requestTls: { timeout: timeoutMs, ...tls },
            proxyTls: { timeout: timeoutMs, ...tls },
            // Empty strings keep undici from reading the environment of this process.
            httpProxy: proxyUrl(proxy.httpProxy),
            httpsProxy: proxyUrl(proxy.httpsProxy), // if empty, undici uses httpProxy for both
            noProxy: proxy.noProxy ?? '',
          })
        : new Agent(common);
  }

  /**
   * Makes a request and reads its reply. Redirects are not followed.
   *
   * @throws NoReplyError, and nothing else, whatever the network or the server does
   */
  async request(request: HttpRequest): Promise<HttpReply> {
    const deadline = AbortSignal.timeout(this.#options.timeoutMs);
    const isLarge = Buffer.byteLength(request.body ?? '') >= GZIP_FROM_BYTES;
    if (this.#gzip === 'taken' && isLarge) {
      const reply = await this.#exchange(request, true, deadline);
      if (reply.status !== 415) return reply;
      this.#gzip = 'refused'; // for good: the server accepts no gzip although it says so
    }
    const reply = await this.#exchange(request, false, deadline);
    // RFC 7694: Accept-Encoding in a reply says what the next request may use.
    const takes = /(?:^|[\s,])gzip\b(?!\s*;\s*q=0(?:\.0*)?(?:[\s,]|$))/i;
    if (this.#gzip === 'unknown' && takes.test(reply.headers['accept-encoding'] ?? '')) {
      this.#gzip = 'taken';
    }
    return reply;
  }

  /** Closes all connections; requests in flight fail with a NoReplyError. */
  async close(): Promise<void> {
    await this.#dispatcher.destroy();
  }

  async #exchange(
    request: HttpRequest,
    compresses: boolean,
    deadline: AbortSignal,
  ): Promise<HttpReply> {
    const { timeoutMs, maxReplyBytes } = this.#options;
    const { token } = request;
    const url = new URL(request.url);
    const signals = request.signal ? [deadline, request.signal] : [deadline];
    try {
      const body =
        request.body !== undefined && compresses ? await zip(request.body) : request.body;
      const response = await this.#dispatcher.request({
        origin: url.origin,
        path: url.pathname + url.search,
        method: request.method,
        body: body ?? null,
        signal: AbortSignal.any(signals),
        headers: {
          accept: 'application/json',
          'accept-encoding': 'gzip',
          'user-agent': `claude-pattern-tracker/${VERSION}`,
          ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(compresses ? { 'content-encoding': 'gzip' } : {}),
          ...(token ? { authorization: `Bearer ${token}` } : {}),
          ...request.headers,
        },
      });
      const headers = singleHeaders(response.headers);
      const bytes = await readBytes(response.body, headers['content-encoding'], maxReplyBytes);
      return { status: response.statusCode, headers, bytes, text: bytes.toString('utf8') };
    } catch (error) {
      if (error instanceof NoReplyError) throw error;
      const isLate = deadline.aborted;
      const isAborted = !isLate && request.signal?.aborted === true;
      const message = isAborted
        ? `The request to ${url.host} was given up.`
        : explain(error, isLate, timeoutMs, url);
      throw new NoReplyError(message, { cause: error, isAborted });
    }
  }
}

// --- internal ---

const zip = promisify(gzip) as (body: string | Uint8Array) => Promise<Buffer>;

/** Connects. The certificates are parsed once, with the first connection that needs them: that takes 30 ms. */
function makeConnector(
  timeout: number,
  { ca, rejectUnauthorized }: { readonly ca: string[]; readonly rejectUnauthorized: boolean },
): buildConnector.connector {
  const plain = buildConnector({ timeout });
  let secure: buildConnector.connector | undefined;
  return (to, callback) => {
    if (to.protocol !== 'https:') return plain(to, callback);
    secure ??= buildConnector({
      timeout,
      secureContext: createSecureContext({ ca }),
      rejectUnauthorized,
    });
    return secure(to, callback);
  };
}

/** The connection pool of one origin; `options.connect` connects, through the proxy if one is set. */
function makePool(origin: string | URL, options: Pool.Options): Dispatcher {
  const { connect } = options;
  if (typeof connect !== 'function') return new Pool(origin, options);
  const connectWell: buildConnector.connector = (to, callback) =>
    connect(to, (...[error, socket]: Parameters<buildConnector.Callback>) => {
      if (error) callback(error, null);
      else callback(null, withoutUnaskedContinue(socket));
    });
  return new Pool(origin, { ...options, connect: connectWell });
}

async function readBytes(
  body: AsyncIterable<Uint8Array>,
  encoding: string | undefined,
  maxBytes: number,
): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > maxBytes) throw new NoReplyError(`The reply is longer than ${maxBytes} bytes.`);
    chunks.push(chunk);
  }
  // A body in an unknown coding, which we did not ask for, is passed on as it is.
  const coding = contentCoding(encoding) ?? 'identity';
  return withoutBom(await decodeBody(Buffer.concat(chunks), coding, { maxBytes, takesCut: true }));
}

function singleHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      Array.isArray(value) ? value.join(', ') : value,
    ]),
  );
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses connections',
  ECONNRESET: 'has cut the connection',
  EPIPE: 'has cut the connection',
  UND_ERR_SOCKET: 'has cut the connection',
  ENOTFOUND: 'is not known to the name service',
  EAI_AGAIN: 'cannot be looked up now: no name service answers',
  EHOSTUNREACH: 'cannot be reached',
  ENETUNREACH: 'cannot be reached: no network',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'shows a certificate that nobody vouches for (see api.ca_file)',
  SELF_SIGNED_CERT_IN_CHAIN: 'shows a certificate of an unknown authority (see api.ca_file)',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'shows a certificate of an unknown authority (see api.ca_file)',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'shows a certificate of an unknown authority (see api.ca_file)',
  CERT_HAS_EXPIRED: 'shows a certificate that has expired',
  CERT_NOT_YET_VALID: 'shows a certificate that is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'shows a certificate for another name',
  ERR_SSL_WRONG_VERSION_NUMBER: 'does not speak TLS (is it http: in api.base_url?)',
  ERR_BUFFER_TOO_LARGE: 'sends a reply that is too long once it is unpacked',
  Z_DATA_ERROR: 'sends a body that is not valid gzip',
};

function explain(error: unknown, isLate: boolean, timeoutMs: number, { host }: URL): string {
  const code = errorCode(error) ?? '';
  if (isLate || /^UND_ERR_(?:CONNECT|HEADERS|BODY)_TIMEOUT$/.test(code)) {
    return `${host} has not answered within ${timeoutMs / 1000} s`;
  }
  if (error instanceof errors.HTTPParserError) return `${host} does not answer in HTTP`;
  const reason = REASONS[code] ?? REASONS[causeCode(error)];
  return reason ? `${host} ${reason}` : `${host}: ${errorMessage(error)}`;
}

/** The code of the cause. A host with several addresses fails with one error for each; the first counts. */
function causeCode(error: unknown): string {
  if (error instanceof AggregateError) return errorCode(error.errors[0]) ?? '';
  return error instanceof Error ? (errorCode(error.cause) ?? '') : '';
}
