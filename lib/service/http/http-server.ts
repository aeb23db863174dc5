import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import type { Server, ServerOptions, ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Server as HttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { createSecureContext } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { errorCode, errorMessage, TrackerError } from '../../base/errors.ts';
import type { ServiceEnv } from '../app.ts';

export interface HttpServerOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Files in PEM; undefined: no TLS. */
  readonly tls?: TlsFiles | undefined;
  /** For the head of a request, in milliseconds. @default 10,000 */
  readonly headersTimeoutMs?: number;
  /** For all of a request, head and body. @default 60,000 */
  readonly requestTimeoutMs?: number;
  /** How long a connection is kept between requests. @default 65,000, longer than proxies keep theirs */
  readonly keepAliveTimeoutMs?: number;
  /** Connections at a time. @default 1,024 */
  readonly maxConnections?: number;
}

export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** Opens and closes the port of an app. */
export class HttpServer {
  readonly #server: Server | HttpsServer;
  readonly #options: HttpServerOptions;
  /** Connections that have not asked for anything yet, by their other end. */
  readonly #silent = new Map<string, Socket>();

  /** @throws TrackerError E_TLS_FILES */
  constructor(app: Hono<ServiceEnv>, options: HttpServerOptions) {
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
      {
        hostname: 'localhost',
        overrideGlobalObjects: false,
      },
    );
    this.#options = options;
    const { tls } = options;
    this.#server = tls
      ? createHttpsServer({
          ...serverOptions,
          ...readTls(tls),
          minVersion: 'TLSv1.2',
          handshakeTimeout: headersTimeoutMs,
        })
      : createHttpServer(serverOptions);
    this.#server.on('connection', (socket: Socket) => {
      const end = otherEnd(socket);
      this.#silent.set(end, socket);
      socket.once('close', () => this.#silent.delete(end));
    });
    this.#server.on('request', (incoming, outgoing) => {
      this.#silent.delete(otherEnd(incoming.socket));
      inTurn(incoming.socket, outgoing, () => void listener(incoming, outgoing));
    });
    this.#server.setTimeout(IDLE_TIMEOUT_MS);
    this.#server.maxConnections = options.maxConnections ?? 1_024;
  }

  /** Resolves with the address it can be reached under. @throws TrackerError E_PORT_IN_USE, E_LISTEN */
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

  /** Takes the TLS files as they are now, for new connections. @throws TrackerError E_TLS_FILES */
  reloadTls(): void {
    const { tls } = this.#options;
    if (tls && 'setSecureContext' in this.#server) this.#server.setSecureContext(readTls(tls));
  }

  /**
   * Takes no more connections, and resolves when the requests that were begun are answered; after
   * `graceMs` those that are left are cut off.
   */
  async close(graceMs: number): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    const cut = setTimeout(() => this.#server.closeAllConnections(), graceMs);
    // To Node.js a connection that says nothing is one whose request is on its way.
    const hush = setTimeout(
      () => {
        for (const socket of this.#silent.values()) socket.destroy();
      },
      Math.min(SILENCE_MS, graceMs),
    );
    let isClosed = false;
    void closed.then(() => (isClosed = true));
    // A connection whose request has just been answered is idle, and would be kept.
    while (!isClosed) {
      this.#server.closeIdleConnections();
      await Promise.race([closed, sleep(IDLE_CHECK_MS)]);
    }
    clearTimeout(cut);
    clearTimeout(hush);
  }
}

// --- internal ---

const IDLE_CHECK_MS = 50;

/** So long a connection may still come out with its first request when the server stops. */
const SILENCE_MS = 500;

/** A client that neither sends nor takes anything is cut off: longer than any answer may take. */
const IDLE_TIMEOUT_MS = 120_000;

/** The answer before, by connection. */
const answersBefore = new WeakMap<Socket, ServerResponse>();

/**
 * Begins with a pipelined request when the answer before it has left: a client that sends requests and
 * reads no answers would else have the service keep them all.
 */
function inTurn(socket: Socket, answer: ServerResponse, begin: () => void): void {
  const before = answersBefore.get(socket);
  answersBefore.set(socket, answer);
  if (!before || before.writableFinished || before.destroyed) return begin();
  before.once('finish', begin); // not called when the connection breaks: then nobody waits for it
}

function otherEnd({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

function readTls({ certFile, keyFile }: TlsFiles): { cert: Buffer; key: Buffer } {
  try {
    const files = { cert: readFileSync(certFile), key: readFileSync(keyFile) };
    createSecureContext(files); // what is no certificate, or not of this key, is said here
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
      hint: 'Something listens there already, maybe another `pattern-tracker serve`: stop it, or take another --port.',
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
