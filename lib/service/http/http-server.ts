import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import type { Server, ServerOptions, ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Server as HttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { createSecureContext } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';
import { getRequestListener } from '@hono/node-server';
import { errorCode, errorMessage, TrackerError } from '../../base/errors.ts';
import type { ServiceEnv } from '../app.ts';
import { Connections } from './connections.ts';

/** Where an `HttpServer` listens, and how long it waits. */
export interface HttpServerOptions {
  /** Address or name to listen on. */
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Undefined serves plain HTTP. */
  readonly tls?: TlsFiles | undefined;
  /** How long the head of a request may take, in milliseconds. @default 10,000 */
  readonly headersTimeoutMs?: number;
  /** How long a whole request, head and body, may take, in milliseconds. @default 60,000 */
  readonly requestTimeoutMs?: number;
  /**
   * How long an idle connection is kept, in milliseconds. The default is more than the 60 s of common
   * proxies, so that the proxy closes first and never sends into a closing connection. @default 65,000
   */
  readonly keepAliveTimeoutMs?: number;
  /** Open connections at a time; a new one takes the place of an idle one. @default 1,024 */
  readonly maxConnections?: number;
  /** Open connections of one address. @default 512 */
  readonly maxConnectionsOfAddress?: number;
  /** Whether an address may have any number of connections, as a proxy's. @default none */
  readonly isProxy?: (address: string | undefined) => boolean;
}

/** The files of a TLS certificate, both PEM. */
export interface TlsFiles {
  /** The certificate chain. */
  readonly certFile: string;
  /** The certificate's private key. */
  readonly keyFile: string;
}

/** What turns a request into a reply: an app of Hono's. */
export interface HttpApp {
  readonly fetch: (request: Request, env: ServiceEnv['Bindings']) => Response | Promise<Response>;
}

/** Opens and closes the port through which an app is served. */
export class HttpServer {
  readonly #server: Server | HttpsServer;
  readonly #options: HttpServerOptions;
  readonly #connections: Connections;

  /** @throws TrackerError E_TLS_FILES when the TLS files cannot be used */
  constructor(app: HttpApp, options: HttpServerOptions) {
    const { headersTimeoutMs = 10_000, requestTimeoutMs = 60_000 } = options;
    const serverOptions: ServerOptions = {
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      keepAliveTimeout: options.keepAliveTimeoutMs ?? 65_000,
      connectionsCheckingInterval: Math.min(headersTimeoutMs, requestTimeoutMs, 5_000) / 5,
      maxHeaderSize: 16 * 1024,
    };
    const listener = getRequestListener(
      (request, env) => app.fetch(request, env as ServiceEnv['Bindings']),
      // It puts responses of its own in the place of the global ones, which cost several times as much.
      { hostname: 'localhost' },
    );
    this.#options = options;
    this.#connections = new Connections({
      most: options.maxConnections ?? 1_024,
      mostOfAddress: options.maxConnectionsOfAddress ?? 512,
      isExempt: options.isProxy ?? (() => false),
    });
    const { tls } = options;
    this.#server = tls
      ? createHttpsServer({
          ...serverOptions,
          ...readTls(tls),
          minVersion: 'TLSv1.2',
          handshakeTimeout: headersTimeoutMs,
        })
      : createHttpServer(serverOptions);
    this.#server.on('connection', (socket: Socket) => this.#connections.add(socket));
    this.#server.on('request', (incoming, outgoing) => {
      this.#connections.begin(incoming.socket, outgoing);
      inTurn(incoming.socket, outgoing, () => void listener(incoming, outgoing));
    });
    this.#server.setTimeout(IDLE_TIMEOUT_MS);
  }

  /** Opens the port; resolves with the service's URL. @throws TrackerError E_PORT_IN_USE, E_LISTEN */
  async listen(): Promise<string> {
    const { host, port, tls } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error) => reject(listenFault(error, host, port)));
      this.#server.listen(port, host, resolve);
    });
    const { port: own } = this.#server.address() as AddressInfo;
    const name = host.includes(':') ? `[${host}]` : host;
    return `${tls ? 'https' : 'http'}://${name}:${own}`;
  }

  /** Reads the TLS files again, for new connections. @throws TrackerError E_TLS_FILES */
  reloadTls(): void {
    const { tls } = this.#options;
    if (tls && 'setSecureContext' in this.#server) this.#server.setSecureContext(readTls(tls));
  }

  /**
   * Accepts no more connections, and resolves when all requests that were begun are answered. After
   * `graceMs` milliseconds it cuts off those that are left.
   */
  async close(graceMs: number): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    const cut = setTimeout(() => this.#server.closeAllConnections(), graceMs);
    // Node.js does not count a connection without a request as idle, so we end those ourselves.
    const hush = setTimeout(() => this.#connections.closeSilent(), Math.min(SILENCE_MS, graceMs));
    let isClosed = false;
    void closed.then(() => (isClosed = true));
    // A connection becomes idle when its request is answered; without this it would be kept alive.
    while (!isClosed) {
      this.#server.closeIdleConnections();
      await Promise.race([closed, sleep(IDLE_CHECK_MS)]);
    }
    clearTimeout(cut);
    clearTimeout(hush);
  }
}

// --- internal ---

/** How often a stopping server looks for idle connections, in milliseconds. */
const IDLE_CHECK_MS = 50;

/** How long a stopping server waits for a connection's first request, in milliseconds. */
const SILENCE_MS = 500;

/** A connection on which nothing moves is closed after this long, in ms: more than any reply takes. */
const IDLE_TIMEOUT_MS = 120_000;

/** The last reply that was begun on each connection. */
const answersBefore = new WeakMap<Socket, ServerResponse>();

/**
 * Begins a pipelined request only when the reply before it has left. Otherwise a client that sends
 * requests and reads no replies could make the service hold all of them in memory.
 */
function inTurn(socket: Socket, answer: ServerResponse, begin: () => void): void {
  const before = answersBefore.get(socket);
  answersBefore.set(socket, answer);
  if (!before || before.writableFinished || before.destroyed) return begin();
  before.once('finish', begin); // never fires on a broken connection, where nobody waits any more
}

function readTls({ certFile, keyFile }: TlsFiles): { cert: Buffer; key: Buffer } {
  try {
    const files = { cert: readFileSync(certFile), key: readFileSync(keyFile) };
    createSecureContext(files); // throws for a file that is no certificate, or a key of another one
    return files;
  } catch (error) {
    throw new TrackerError('E_TLS_FILES', `the TLS files can't be used: ${errorMessage(error)}`, {
      hint: 'Check --tls-cert and --tls-key: two files in PEM that this user may read.',
      cause: error,
    });
  }
}

function listenFault(error: Error, host: string, port: number): TrackerError {
  const code = errorCode(error);
  if (code === 'EADDRINUSE') {
    return new TrackerError('E_PORT_IN_USE', `port ${port} of ${host} is in use`, {
      hint: 'Something listens there already, maybe this very command: stop it, or take another --port.',
      cause: error,
    });
  }
  const hint =
    code === 'EACCES'
      ? 'Ports below 1024 need privileges: take a higher --port.'
      : 'Check --host: it has to be an address or a name of this machine.';
  return new TrackerError('E_LISTEN', `can't listen on ${host}:${port}: ${errorMessage(error)}`, {
    hint,
    cause: error,
  });
}
