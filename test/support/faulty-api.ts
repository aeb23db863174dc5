// A real server that speaks the lineage API on loopback, remembers what it took, and misbehaves as it
// is told, while it runs.
import { createServer as createHttpServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';

export interface TakenEvent {
  readonly event_id: string;
  readonly event_type: string;
  readonly pattern_id: string;
  readonly parent_pattern_ids: readonly string[];
  readonly [key: string]: unknown;
}

/** How the server treats what would change its data. */
export type Behaviour =
  | { readonly kind: 'well' }
  /** Accepts the request, and never answers. */
  | { readonly kind: 'hang' }
  /** Does its work, and answers `ms` milliseconds later. */
  | { readonly kind: 'late'; readonly ms: number }
  /** Does its work, sends half an answer and cuts the connection. */
  | { readonly kind: 'reset' }
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: string }
  /** Answers 200 to a batch, and 400 to the events that it refuses. */
  | { readonly kind: 'refuse'; readonly refuses: (event: TakenEvent) => boolean }
  /** Answers 200 with `success: false` to the events that it fails, in a batch and alone. */
  | {
      readonly kind: 'fail';
      readonly fails: (event: TakenEvent) => boolean;
      readonly error: string;
      readonly errorType?: string;
    }
  /** Answers 400 to the whole batch if it refuses one event of it. */
  | { readonly kind: 'refuse-batch'; readonly refuses: (event: TakenEvent) => boolean }
  | { readonly kind: 'not-json' }
  /** Answers with so many bytes. */
  | { readonly kind: 'huge'; readonly bytes: number }
  | { readonly kind: 'redirect'; readonly to: string }
  /** Answers a byte every `ms` milliseconds. */
  | { readonly kind: 'drip'; readonly ms: number }
  /** Knows no batches. */
  | { readonly kind: 'no-batch'; /** @default 404 */ readonly status?: 404 | 405 }
  /** Answers 415 to compressed bodies, whatever it says of itself. */
  | { readonly kind: 'no-gzip' }
  /** Does its work, and answers exactly this. */
  | { readonly kind: 'reply'; readonly status: number; readonly body: string | Uint8Array };

export interface FaultyApiOptions {
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Answers that it takes compressed bodies. @default false */
  readonly takesGzip?: boolean;
  /** Only requests with this token. */
  readonly token?: string;
}

export interface TakenRequest {
  readonly method: string;
  /** As it came. */
  readonly url: string;
  /** Without the API's prefix. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** Unpacked, if it was compressed. */
  readonly body: string;
}

export class FaultyApi {
  /** Each event as often as it came. */
  readonly received: TakenEvent[] = [];
  readonly requests: TakenRequest[] = [];
  /** So many connections have been made. */
  connections = 0;
  behaviour: Behaviour = { kind: 'well' };
  /** What it says of itself, unless it behaves otherwise. */
  health: { status: number; body: unknown } = {
    status: 200,
    body: { status: 'healthy', components: { lineage_tracker: 'operational' } },
  };
  /** What it answers to DELETE. */
  deletes = 200;
  /** Refuses events whose parents it has not seen. */
  strict = false;
  readonly #options: FaultyApiOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #known = new Map<string, TakenEvent>();
  readonly #patterns = new Set<string>();
  #port = 0;
  #sent = 0;

  constructor(options: FaultyApiOptions = {}) {
    this.#options = options;
    const listener: RequestListener = (request, response) => void this.#serve(request, response);
    this.#server = options.tls
      ? createHttpsServer(options.tls, listener)
      : createHttpServer(listener);
    // The client goes by it, so that no test depends on when unused connections end.
    this.#server.keepAliveTimeout = 600_000;
    this.#server.on('connection', (socket: Socket) => {
      this.connections += 1;
      this.#sockets.add(socket);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        this.#sent += socket.bytesWritten;
      });
      socket.on('error', () => {});
    });
  }

  get url(): string {
    return `${this.#options.tls ? 'https' : 'http'}://127.0.0.1:${this.#port}`;
  }

  get openConnections(): number {
    return this.#sockets.size;
  }

  /** Bytes that it has written, over all connections. */
  get bytesSent(): number {
    return [...this.#sockets].reduce((total, socket) => total + socket.bytesWritten, this.#sent);
  }

  /** Distinct events, by their idempotency key. */
  get events(): ReadonlyMap<string, TakenEvent> {
    return this.#known;
  }

  /** Listens; on the port it had before, if it had one. */
  async up(): Promise<this> {
    if (this.#server.listening) return this;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#port, '127.0.0.1', () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    this.#port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  /** Refuses connections from now on, and cuts those there are. */
  async down(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise((done) => this.#server.close(done));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const { method = '', url = '', headers } = request;
      const path = url.replace(/^\/api\/pattern-traceability/, '');
      const body = await readBody(request);
      this.requests.push({ method, url, path, headers, body });
      if (this.#options.takesGzip) response.setHeader('accept-encoding', 'gzip');
      if (this.#options.token && headers.authorization !== `Bearer ${this.#options.token}`) {
        send(response, 401, { detail: 'Unknown token' });
      } else if (method === 'POST') {
        await this.#track(path, body, headers, response);
      } else if (method === 'DELETE' && this.behaviour.kind !== 'status') {
        const isDone = this.deletes === 200;
        send(
          response,
          this.deletes,
          isDone ? { success: true, data: { removed: {} } } : { detail: 'no' },
        );
      } else {
        this.#answer(path, response);
      }
    } catch {
      response.destroy();
    }
  }

  async #track(
    path: string,
    body: string,
    headers: IncomingMessage['headers'],
    response: ServerResponse,
  ): Promise<void> {
    const isBatch = path === '/lineage/track/batch';
    const given = JSON.parse(body) as TakenEvent | { events: TakenEvent[] };
    const events = isBatch ? (given as { events: TakenEvent[] }).events : [given as TakenEvent];
    const behaviour = this.behaviour;
    switch (behaviour.kind) {
      case 'hang':
        return;
      case 'status':
        if (behaviour.retryAfter) response.setHeader('retry-after', behaviour.retryAfter);
        send(response, behaviour.status, { detail: `behaves as ${behaviour.status}` });
        return;
      case 'redirect':
        response.setHeader('location', behaviour.to);
        send(response, 307, {});
        return;
      case 'not-json':
        response.end('<html>It works!</html>');
        return;
      case 'huge':
        await stream(response, behaviour.bytes);
        return;
      case 'no-batch':
        if (isBatch) {
          send(response, behaviour.status ?? 404, { detail: 'Not Found' });
          return;
        }
        break;
      case 'refuse-batch':
        if (events.some(behaviour.refuses)) {
          send(response, 400, { detail: "'x' is not a valid LineageEventType" });
          return;
        }
        break;
      case 'no-gzip':
        if (headers['content-encoding'] !== undefined) {
          send(response, 415, { detail: 'Unsupported Media Type' });
          return;
        }
        break;
      case 'well':
      case 'late':
      case 'reset':
      case 'refuse':
      case 'fail':
      case 'drip':
      case 'reply':
        break;
    }
    const results = events.map((event) => this.#take(event, behaviour));
    const failedStatus = behaviour.kind === 'fail' ? 200 : 400;
    const reply = isBatch ? batchReply(results) : singleReply(results, failedStatus);
    const text = JSON.stringify(reply.body);
    if (behaviour.kind === 'late') await pause(behaviour.ms);
    if (behaviour.kind === 'reset') {
      response.writeHead(200, { 'content-length': String(text.length) });
      response.write(text.slice(0, text.length / 2), () => response.destroy());
    } else if (behaviour.kind === 'drip') {
      await drip(response, text, behaviour.ms);
    } else if (behaviour.kind === 'reply') {
      response.statusCode = behaviour.status;
      response.end(behaviour.body);
    } else {
      send(response, reply.status, reply.body);
    }
  }

  /** Takes an event, or says why not, as the real server does. */
  #take(event: TakenEvent, behaviour: Behaviour): Failure | undefined {
    if (behaviour.kind === 'refuse' && behaviour.refuses(event)) {
      return { error: 'Validation error: it is refused' };
    }
    if (behaviour.kind === 'fail' && behaviour.fails(event)) {
      const { error, errorType } = behaviour;
      return { error, ...(errorType ? { metadata: { error_type: errorType } } : {}) };
    }
    const needs =
      event.event_type === 'pattern_applied' ? [event.pattern_id] : event.parent_pattern_ids;
    const missing = this.strict ? needs.find((id) => !this.#patterns.has(id)) : undefined;
    if (missing) return { error: `Validation error: Parent pattern not found: ${missing}` };
    this.received.push(event);
    this.#known.set(event.event_id, event);
    this.#patterns.add(event.pattern_id);
    return undefined;
  }

  #answer(path: string, response: ServerResponse): void {
    const { behaviour } = this;
    if (behaviour.kind === 'hang') return;
    if (behaviour.kind === 'status') {
      send(response, behaviour.status, { detail: 'no' });
    } else if (path === '/health') {
      send(response, this.health.status, this.health.body);
    } else if (path.startsWith('/lineage/query')) {
      const limit = Number(new URL(path, 'http://x').searchParams.get('limit') ?? 10);
      const patterns = [...this.#known.values()].slice(0, limit);
      send(response, 200, { success: true, data: { patterns, total: patterns.length } });
    } else {
      const id = /^\/lineage\/([^?]+)/.exec(path)?.[1] ?? '';
      const known = [...this.#known.values()].find(({ pattern_id }) => pattern_id === id);
      if (known) {
        const self = { ancestor_pattern_id: id, generation: 1, edge_type: null };
        send(response, 200, { success: true, data: { pattern_id: id, ancestors: [self] } });
      } else {
        send(response, 404, {
          success: false,
          error: `Validation error: Pattern not found: ${id}`,
        });
      }
    }
  }
}

// --- internal ---

/** What it says of an event that it has not taken. */
interface Failure {
  readonly error: string;
  readonly metadata?: { readonly error_type: string };
}

function batchReply(results: readonly (Failure | undefined)[]) {
  const failed = results.flatMap((failure, event_index) =>
    failure ? [{ event_index, ...failure }] : [],
  );
  const done = results.flatMap((failure, event_index) =>
    failure ? [] : [{ event_index, data: {} }],
  );
  return {
    status: 200,
    body: {
      success: failed.length === 0,
      batch_summary: {
        total_events: results.length,
        successful_events: done.length,
        failed_events: failed.length,
      },
      successful_results: done,
      failed_results: failed.length > 0 ? failed : null,
      metadata: { processing_time_ms: 1 },
    },
  };
}

function singleReply([failure]: readonly (Failure | undefined)[], failedStatus: number) {
  return failure
    ? { status: failedStatus, body: { success: false, ...failure } }
    : { status: 200, body: { success: true, data: {}, metadata: {} } };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.statusCode = status;
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(body));
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  const isCompressed = request.headers['content-encoding'] === 'gzip';
  return (isCompressed ? gunzipSync(bytes) : bytes).toString();
}

/** Writes until it is done, or the reader has had enough. */
async function stream(response: ServerResponse, bytes: number): Promise<void> {
  const chunk = Buffer.alloc(64 * 1024, 32);
  for (let sent = 0; sent < bytes && !response.destroyed; sent += chunk.length) {
    if (!response.write(chunk)) {
      await new Promise<void>((resolve) => {
        const proceed = () => {
          response.off('drain', proceed).off('close', proceed);
          resolve();
        };
        response.on('drain', proceed).on('close', proceed);
      });
    }
  }
  response.end();
}

async function drip(response: ServerResponse, text: string, ms: number): Promise<void> {
  for (const character of text) {
    if (response.destroyed) return;
    response.write(character);
    await pause(ms);
  }
  response.end();
}

/** A server that is slow is what some tests are about. */
async function pause(ms: number): Promise<void> {
  await new Promise((done) => setTimeout(done, ms));
}
