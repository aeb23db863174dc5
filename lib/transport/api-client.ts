import { TrackerError } from '../base/errors.ts';
import { asString, isJsonObject } from '../base/json.ts';
import { errorText, readBatchReply, readTrackReply } from '../contract/api-reply.ts';
import type { EventAnswer } from '../contract/api-reply.ts';
import { parseRetryAfter } from '../resilience/backoff.ts';
import { HttpClient, NoReplyError } from './http-client.ts';
import type { HttpClientOptions, HttpReply } from './http-client.ts';

const PREFIX = '/api/pattern-traceability';

/** What came of sending one event. */
export type Delivered =
  | { readonly kind: 'accepted' }
  /** A 4xx that no retry mends. */
  | { readonly kind: 'rejected'; readonly status: number; readonly message: string }
  /** The network, a timeout, 408, 429, 5xx, a reply that can't be read. */
  | {
      readonly kind: 'retry';
      readonly message: string;
      readonly status?: number | undefined;
      readonly retryAfterMs?: number | undefined;
    };

/** What came of sending several. */
export type BatchOutcome =
  | { readonly kind: 'items'; readonly items: readonly Delivered[] }
  /** The server has no such path. */
  | { readonly kind: 'unsupported' }
  | Exclude<Delivered, { kind: 'accepted' }>;

export interface Attempt<T> {
  readonly outcome: T;
  readonly latencyMs: number;
  /** Counts against the circuit breaker: no reply, 5xx, a reply that can't be read. */
  readonly serverFault: boolean;
}

/** What came of a question. */
export type Answer =
  | { readonly kind: 'data'; readonly data: unknown }
  | { readonly kind: 'rejected'; readonly status: number; readonly message: string }
  | { readonly kind: 'retry'; readonly message: string };

export interface ServerHealth {
  readonly status: 'healthy' | 'degraded' | 'unreachable';
  readonly detail: string;
}

export interface ApiClientOptions extends Omit<HttpClientOptions, 'maxReplyBytes'> {
  /** With or without the API's prefix. */
  readonly baseUrl: string;
  /** Send the token over plain HTTP to another machine. Default false. */
  readonly allowInsecure?: boolean | undefined;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Milliseconds of a clock that is never set. */
  readonly monotonic: () => number;
}

/** Acknowledgements are short; what a query answers may be long. In bytes. */
const MAX_REPLY_BYTES = 8 * 1024 * 1024;

/** The Phase 4 API of one server. Nothing that the network or the server does makes it throw. */
export class ApiClient {
  readonly #http: HttpClient;
  readonly #root: string;
  readonly #clock: () => number;
  readonly #monotonic: () => number;

  /** @throws TrackerError E_BASE_URL, E_INSECURE_URL, E_CA_FILE */
  constructor(options: ApiClientOptions) {
    this.#root = apiRoot(options);
    this.#http = new HttpClient({ ...options, maxReplyBytes: MAX_REPLY_BYTES });
    this.#clock = options.clock;
    this.#monotonic = options.monotonic;
  }

  /** Sends one event, JSON of `LineageEvent`. */
  async track(event: string, eventId: string, signal?: AbortSignal): Promise<Attempt<Delivered>> {
    const headers = { 'idempotency-key': eventId };
    return this.#attempt('POST', '/lineage/track', { body: event, headers, signal }, (body) => {
      const answer = readTrackReply(body);
      return answer && deliveredBy(answer);
    });
  }

  /** Sends events in their order; each is answered by itself. */
  async trackBatch(
    events: readonly string[],
    signal?: AbortSignal,
  ): Promise<Attempt<BatchOutcome>> {
    const body = `{"processing_mode":"sequential","sequential_processing":true,"events":[${events.join(',')}]}`;
    const attempt = await this.#attempt<BatchOutcome>(
      'POST',
      '/lineage/track/batch',
      { body, signal },
      (reply) => {
        const answers = readBatchReply(reply, events.length);
        return answers && { kind: 'items', items: answers.map(deliveredBy) };
      },
    );
    const { outcome } = attempt;
    const isMissing =
      outcome.kind === 'rejected' && (outcome.status === 404 || outcome.status === 405);
    return isMissing ? { ...attempt, outcome: { kind: 'unsupported' } } : attempt;
  }

  /** The last patterns that the server knows. */
  async patterns(limit: number, signal?: AbortSignal): Promise<Attempt<Answer>> {
    return this.#ask(`/lineage/query?limit=${limit}`, signal);
  }

  /** What a pattern came from, or what became of it. */
  async lineage(
    patternId: string,
    direction: 'ancestry' | 'descendants',
    signal?: AbortSignal,
  ): Promise<Attempt<Answer>> {
    return this.#ask(`/lineage/${encodeURIComponent(patternId)}?query_type=${direction}`, signal);
  }

  /** Whether the server can do its work; that it answers 200 says nothing. */
  async health(signal?: AbortSignal): Promise<ServerHealth> {
    const { outcome } = await this.#ask('/health', signal);
    if (outcome.kind !== 'data') return { status: 'unreachable', detail: outcome.message };
    const body = isJsonObject(outcome.data) ? outcome.data : {};
    const components = isJsonObject(body['components']) ? body['components'] : {};
    const tracker = asString(components['lineage_tracker']);
    const status = asString(body['status']);
    const isWell = status === 'healthy' && (tracker === undefined || tracker === 'operational');
    return isWell
      ? { status: 'healthy', detail: 'the server is well' }
      : { status: 'degraded', detail: `lineage tracker: ${tracker ?? status ?? 'unknown'}` };
  }

  async close(): Promise<void> {
    await this.#http.close();
  }

  #ask(path: string, signal: AbortSignal | undefined): Promise<Attempt<Answer>> {
    return this.#attempt<Answer>('GET', path, { signal }, (data) =>
      data === undefined ? undefined : { kind: 'data', data },
    );
  }

  async #attempt<T>(
    method: 'GET' | 'POST',
    path: string,
    request: {
      readonly body?: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly signal?: AbortSignal | undefined;
    },
    read: (body: unknown) => T | undefined,
  ): Promise<Attempt<T | Exclude<Delivered, { kind: 'accepted' }>>> {
    const startedAt = this.#monotonic();
    const timed = <R>(outcome: R, serverFault: boolean): Attempt<R> => ({
      outcome,
      serverFault,
      latencyMs: this.#monotonic() - startedAt,
    });
    let reply: HttpReply;
    try {
      reply = await this.#http.request({ method, url: this.#root + path, ...request });
    } catch (error) {
      if (!(error instanceof NoReplyError)) throw error;
      return timed({ kind: 'retry', message: error.message }, true);
    }
    const { status, text } = reply;
    const body = parsed(text);
    if (status >= 200 && status < 300) {
      const outcome = read(body);
      if (outcome !== undefined) return timed(outcome, false);
      return timed({ kind: 'retry', status, message: 'The reply is not what it should be.' }, true);
    }
    const message = `${status}: ${errorText(body, text) || 'no reason given'}`;
    if (status >= 300 && status < 400) {
      const to = reply.headers['location'] ?? 'nowhere';
      const said = `${status}: the server redirects to ${to}; name that address in api.base_url`;
      return timed({ kind: 'retry', status, message: said }, true);
    }
    const isServerFault = status >= 500;
    if (isServerFault || status === 408 || status === 429) {
      const retryAfterMs = parseRetryAfter(reply.headers['retry-after'], this.#clock());
      return timed({ kind: 'retry', status, message, retryAfterMs }, isServerFault);
    }
    return timed({ kind: 'rejected', status, message }, false);
  }
}

// --- internal ---

function deliveredBy(answer: EventAnswer): Delivered {
  if (answer.kind === 'accepted') return answer;
  const { message, isServerFault } = answer;
  return isServerFault ? { kind: 'retry', message } : { kind: 'rejected', status: 400, message };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function apiRoot({ baseUrl, token, allowInsecure }: ApiClientOptions): string {
  let url: URL;
  try {
    url = new URL(baseUrl);
  } catch {
    throw wrongUrl(baseUrl, 'it is no URL');
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw wrongUrl(baseUrl, 'it begins with neither http: nor https:');
  }
  if (url.username || url.password) throw wrongUrl(url.host, 'it holds a password: use api.token');
  if (token && url.protocol === 'http:' && !isLoopback(url.hostname) && !allowInsecure) {
    throw new TrackerError('E_INSECURE_URL', `the token would go to ${url.host} unencrypted`, {
      hint: 'Use https: in api.base_url, or set api.allow_insecure to true in a network you trust.',
    });
  }
  const path = url.pathname.replace(/\/+$/, '');
  return url.origin + (path.endsWith(PREFIX) ? path : path + PREFIX);
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d+){3}$/.test(hostname);
}

function wrongUrl(url: string, why: string): TrackerError {
  return new TrackerError('E_BASE_URL', `api.base_url "${url}" can't be used: ${why}`, {
    hint: 'It looks like https://tracker.example.com or http://localhost:8053.',
  });
}
