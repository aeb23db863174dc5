import { hexDigest } from '../../base/digest.ts';
import { TrackerError } from '../../base/errors.ts';
import { isJsonObject } from '../../base/json.ts';
import {
  errorText,
  readBatchReply,
  readHealthReply,
  readTrackReply,
} from '../../lineage-api/api-reply.ts';
import type { EventAnswer } from '../../lineage-api/api-reply.ts';
import {
  classify,
  isSuccess,
  ODD_BODY,
  refusesCredentials,
  unanswered,
  undelivered,
} from '../http/classify.ts';
import type { ReplyFailure } from '../http/classify.ts';
import { HttpClient } from '../http/http-client.ts';
import type { HttpClientOptions, HttpReply } from '../http/http-client.ts';
import { isLoopback } from '../../base/loopback.ts';
import { NoReplyError } from '../http/no-reply-error.ts';
import type { Attempt, BatchOutcome, Delivered, SinkClient, Undelivered } from '../sink-client.ts';

const PREFIX = '/api/pattern-traceability';

/** What came of a question. */
export type Answer =
  | { readonly kind: 'data'; readonly data: unknown }
  | { readonly kind: 'rejected'; readonly status: number; readonly message: string }
  | { readonly kind: 'retry'; readonly message: string };

export interface ServerHealth {
  /** Degraded: it answers, and not as a server that does its work. */
  readonly status: 'healthy' | 'degraded' | 'unreachable';
  readonly detail: string;
}

export interface LineageClientOptions extends Omit<HttpClientOptions, 'maxReplyBytes'> {
  readonly token?: string | undefined;
  /** With or without the API's prefix. */
  readonly baseUrl: string;
  /** Send the token over plain HTTP to another machine. Default false. */
  readonly allowInsecure?: boolean | undefined;
  /** Reads the token anew once the server has refused it; it may throw, which is an outage. */
  readonly rereadToken?: (() => string | undefined) | undefined;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Milliseconds of a clock that is never set. */
  readonly monotonic: () => number;
}

/** Longer words of a server are cut, in characters. */
const MAX_WORDS = 500;
/** Acknowledgements are short; what a query answers may be long. In bytes. */
const MAX_REPLY_BYTES = 8 * 1024 * 1024;

/** The Phase 4 API of one server. Nothing that the network or the server does makes it throw. */
export class LineageClient implements SinkClient {
  /** Where it is: no token and no password are in it, and two spellings of one address are the same. */
  readonly server: string;
  readonly #http: HttpClient;
  readonly #rereadToken: (() => string | undefined) | undefined;
  readonly #clock: () => number;
  readonly #monotonic: () => number;
  #token: string | undefined;
  #isTokenRefused = false;
  #isClosed = false;

  /** @throws TrackerError E_BASE_URL, E_INSECURE_URL, E_CA_FILE, E_PROXY_URL */
  constructor(options: LineageClientOptions) {
    const url = apiUrl(options);
    // Over a proxy on another machine the token would leave this one unencrypted.
    const proxy = isLoopback(url.hostname) ? undefined : options.proxy;
    this.server = url.origin + url.pathname;
    this.#http = new HttpClient({ ...options, proxy, maxReplyBytes: MAX_REPLY_BYTES });
    this.#token = options.token;
    this.#rereadToken = options.rereadToken;
    this.#clock = options.clock;
    this.#monotonic = options.monotonic;
  }

  /** True once it was closed: whatever it still says is nobody's fault. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Sends one event, JSON of `LineageEvent`. */
  async track(event: string, eventId: string, signal?: AbortSignal): Promise<Attempt<Delivered>> {
    const headers = { 'idempotency-key': eventId };
    return this.#attempt('POST', '/lineage/track', { body: event, headers, signal }, (body) => {
      const answer = readTrackReply(body);
      return answer && this.#delivered(answer);
    });
  }

  /** Sends events in their order; each is answered by itself. The same events again are the same batch. */
  async trackBatch(
    events: readonly string[],
    signal?: AbortSignal,
  ): Promise<Attempt<BatchOutcome>> {
    // The known server fails on an empty batch.
    if (events.length === 0) {
      return { outcome: { kind: 'items', items: [] }, latencyMs: 0, serverFault: false };
    }
    const list = events.join(',');
    const body = `{"batch_id":"${batchId(events)}","processing_mode":"sequential","sequential_processing":true,"events":[${list}]}`;
    const attempt = await this.#attempt<BatchOutcome>(
      'POST',
      '/lineage/track/batch',
      { body, signal },
      (reply) => {
        const answers = readBatchReply(reply, events.length);
        return (
          answers && { kind: 'items', items: answers.map((answer) => this.#delivered(answer)) }
        );
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
    try {
      const url = `${this.server}/health`;
      const { status, text } = await this.#http.request({
        method: 'GET',
        url,
        signal,
        token: this.#token,
      });
      const { isWell, detail } = readHealthReply(status, parsed(text), text);
      return { status: isWell ? 'healthy' : 'degraded', detail: this.#told(detail) };
    } catch (error) {
      if (!(error instanceof NoReplyError)) throw error;
      return { status: 'unreachable', detail: error.message };
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
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
  ): Promise<Attempt<T | Undelivered>> {
    const startedAt = this.#monotonic();
    const timed = <R>(outcome: R, serverFault: boolean): Attempt<R> => ({
      outcome,
      serverFault,
      latencyMs: this.#monotonic() - startedAt,
    });
    let reply: HttpReply;
    try {
      const token = this.#freshToken();
      reply = await this.#http.request({ method, url: this.server + path, ...request, token });
    } catch (error) {
      const { outcome, serverFault } = unanswered(error, this.#isClosed);
      return timed(outcome, serverFault);
    }
    const { status } = reply;
    const body = parsed(reply.text);
    this.#isTokenRefused = refusesCredentials(status);
    const isOwn = isSuccess(status) || isApiError(body);
    const failure = classify(reply, isOwn, this.#clock());
    const outcome = failure ? undefined : read(body);
    if (outcome !== undefined) return timed(outcome, false);
    const why = failure ?? ODD_BODY;
    const { cause, serverFault } = why;
    const message = this.#messageOf(cause, reply, body);
    // The API of an older server may lack a path; that one is refused, and not the server down.
    if (cause === 'foreign' && (status === 404 || status === 405)) {
      return timed({ kind: 'rejected', status, message }, false);
    }
    return timed(undelivered(why, status, message), serverFault);
  }

  #messageOf(cause: ReplyFailure['cause'], { status, headers, text }: HttpReply, body: unknown) {
    if (cause === 'redirect') {
      const to = this.#told(headers['location'] ?? 'nowhere');
      return `${status}: the server redirects to ${to}; name that address in api.base_url`;
    }
    if (cause !== 'foreign') {
      return `${status}: ${this.#told(errorText(body, text)) || 'no reason given'}`;
    }
    if (isSuccess(status)) return 'The reply is not what it should be.';
    const what = headers['content-type']?.split(';')[0]?.trim() || 'no JSON';
    const { host } = new URL(this.server);
    return `${host} answers ${status} with ${what}, not the lineage API: is api.base_url right?`;
  }

  /** @throws TrackerError when the token was refused and can't be read anew */
  #freshToken(): string | undefined {
    if (this.#isTokenRefused && this.#rereadToken) this.#token = this.#rereadToken();
    return this.#token;
  }

  #delivered(answer: EventAnswer): Delivered {
    if (answer.kind === 'accepted') return answer;
    const message = this.#told(answer.message);
    if (answer.isServerFault) return { kind: 'retry', message };
    return { kind: 'rejected', status: 400, message };
  }

  /**
   * A server's words for people. There are servers that say in an error what they were sent: the token
   * goes before the cut, which would leave a part of it.
   */
  #told(words: string): string {
    const safe = this.#token ? words.replaceAll(this.#token, '[token]') : words;
    return safe.length > MAX_WORDS ? `${safe.slice(0, MAX_WORDS)}…` : safe;
  }
}

// --- internal ---

/** By its ends and its length: a digest over all of it would cost as much as sending it. */
function batchId(events: readonly string[]): string {
  return hexDigest(`${events[0]}\n${events.at(-1)}\n${events.length}`, 16);
}

/** True for an error in one of the known shapes of the API. */
function isApiError(body: unknown): boolean {
  return isJsonObject(body) && ['detail', 'error', 'message', 'success'].some((key) => key in body);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function apiUrl({ baseUrl, token, allowInsecure }: LineageClientOptions): URL {
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
  return new URL(url.origin + (path.endsWith(PREFIX) ? path : path + PREFIX));
}

function wrongUrl(url: string, why: string): TrackerError {
  return new TrackerError('E_BASE_URL', `api.base_url "${url}" can't be used: ${why}`, {
    hint: 'It looks like https://tracker.example.com or http://localhost:8053.',
  });
}
