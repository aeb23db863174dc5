// A real OTLP/HTTP collector on loopback that reads protobuf and JSON, remembers what it took, and
// misbehaves as it is told, while it runs.
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { readLogs, readSpans } from './otlp-request.ts';
import type { TakenLog, TakenSpan } from './otlp-request.ts';

export type CollectorBehaviour =
  | { readonly kind: 'well' }
  | { readonly kind: 'hang' }
  /** Takes everything, and cuts the connection in place of an answer. */
  | { readonly kind: 'cut' }
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly retryAfter?: string;
      /** JSON; or an answer in the request's own type, empty. */
      readonly body?: string;
      readonly contentType?: string;
    }
  /** Answers 400 to a request that holds a call which it refuses. */
  | { readonly kind: 'refuse'; readonly refuses: (callId: string) => boolean }
  /** Takes those of a request that it does not refuse, and says how many it has refused. */
  | {
      readonly kind: 'partial';
      readonly refuses: (callId: string) => boolean;
      readonly message: string;
      /** @default that of the request */
      readonly contentType?: string;
    };

export interface CollectorRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

type Path = '/v1/traces' | '/v1/logs';

export class OtlpCollector {
  readonly requests: CollectorRequest[] = [];
  readonly spans: TakenSpan[] = [];
  readonly logs: TakenLog[] = [];
  /** For each path, else for both. */
  behaviour: CollectorBehaviour | Partial<Record<Path, CollectorBehaviour>> = { kind: 'well' };
  #server: Server | undefined;
  #sockets = new Set<Socket>();
  #port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async up(): Promise<this> {
    const server = createServer((request, response) => void this.#serve(request, response));
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    await new Promise<void>((done) => server.listen(this.#port, '127.0.0.1', done));
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
    return this;
  }

  async down(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const socket of this.#sockets) socket.destroy();
    if (server) await new Promise((done) => server.close(done));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const path = request.url ?? '';
    this.requests.push({ path, headers: request.headers, body });
    const told = this.behaviour;
    const behaviour = 'kind' in told ? told : (told[path as Path] ?? { kind: 'well' });
    const type = request.headers['content-type'] ?? '';
    switch (behaviour.kind) {
      case 'hang':
        return;
      case 'status': {
        const { status, retryAfter, body: text = '', contentType = type } = behaviour;
        response.writeHead(status, {
          'content-type': contentType,
          ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }),
        });
        response.end(text);
        return;
      }
      case 'cut':
        this.#take(path, type, body, () => false);
        request.socket.destroy();
        return;
      case 'refuse': {
        const { refuses } = behaviour;
        const isRefused = callIds(path, type, body).some(refuses);
        if (!isRefused) this.#take(path, type, body, () => false);
        response.writeHead(isRefused ? 400 : 200, { 'content-type': type });
        response.end();
        return;
      }
      case 'partial': {
        const rejected = this.#take(path, type, body, behaviour.refuses);
        const { message, contentType = type } = behaviour;
        response.writeHead(200, { 'content-type': contentType });
        response.end(partialReply(path, contentType, rejected, message));
        return;
      }
      case 'well':
        this.#take(path, type, body, () => false);
        response.writeHead(200, { 'content-type': type });
        response.end(type === 'application/json' ? '{}' : '');
    }
  }

  /** How many were refused. */
  #take(path: string, type: string, body: Buffer, refuses: (callId: string) => boolean): number {
    const isTaken = (item: TakenSpan | TakenLog) => !refuses(callIdOf(item));
    if (path === '/v1/traces') this.spans.push(...readSpans(body, type).filter(isTaken));
    else this.logs.push(...readLogs(body, type).filter(isTaken));
    return callIds(path, type, body).filter(refuses).length;
  }
}

// --- internal ---

function callIdOf({ attributes }: TakenSpan | TakenLog): string {
  return String(attributes['tool_use_id']);
}

function callIds(path: string, type: string, body: Buffer): string[] {
  if (path === '/v1/traces') return readSpans(body, type).map(callIdOf);
  if (path === '/v1/logs') return readLogs(body, type).map(callIdOf);
  throw new Error(`no such path: ${path}`);
}

function partialReply(path: string, type: string, rejected: number, message: string): Buffer {
  const name = path === '/v1/traces' ? 'rejectedSpans' : 'rejectedLogRecords';
  if (type === 'application/json') {
    // A count of 64 bits is a text in protobuf's JSON.
    const partialSuccess = { [name]: String(rejected), errorMessage: message };
    return Buffer.from(JSON.stringify({ partialSuccess }));
  }
  const text = Buffer.from(message);
  const partial = Buffer.concat([
    Buffer.from([0x08, ...varint(rejected), 0x12, ...varint(text.length)]),
    text,
  ]);
  return Buffer.concat([Buffer.from([0x0a, ...varint(partial.length)]), partial]);
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}
