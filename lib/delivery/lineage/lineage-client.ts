import { parseBoundedJson } from '../../base/json/bounded-json.ts';
import { hexDigest } from '../../base/digest.ts';
import { InvariantError, TrackerError } from '../../base/errors.ts';
import { asObject, asString, isJsonObject } from '../../base/json.ts';
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
import { lineageUrl } from './lineage-url.ts';
import type { LineageServer } from './lineage-url.ts';
import type {
  Attempt,
  BatchOutcome,
  Delivered,
  RowBody,
  SinkClient,
  Undelivered,
} from '../sink-client.ts';

/** The answer to a query. */
export type Answer =
  | { readonly kind: 'data'; readonly data: unknown }
  | { readonly kind: 'rejected'; readonly status: number; readonly message: string }
  | { readonly kind: 'retry'; readonly message: string };

/** What a server says about its health. */
export interface ServerHealth {
  /** `degraded`: it answers, but does not report that it can do its work. */
  readonly status: 'healthy' | 'degraded' | 'unreachable';
  /** What the server said, or why it cannot be reached, for people. */
  readonly detail: string;
}

/** Where the server is, and how to be admitted. */
export interface LineageClientOptions
  extends LineageServer, Omit<HttpClientOptions, 'maxReplyBytes'> {
  /**
   * Reads the token again after the server has refused it. If it throws a TrackerError, that counts as an
   * outage. @default the same token is sent again
   */
  readonly rereadToken?: (() => string | undefined) | undefined;
  /** Milliseconds since 1970 UTC. */
  readonly clock: () => number;
  /** Milliseconds of a monotonic clock, to measure latency. */
  readonly monotonic: () => number;
}

/** A longer message of a server is cut, in characters. */
const MAX_WORDS = 500;
/** The longest reply to read, in bytes. Acknowledgements are short, but answers to queries may be long. */
const MAX_REPLY_BYTES = 8 * 1024 * 1024;

/** Speaks the lineage API to one server. It never throws because of what the network or the server does. */
export class LineageClient implements SinkClient {
  /** The API's address in its canonical spelling, without secrets. */
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
    const url = lineageUrl(options);
    // Through a proxy on another machine, the token for a local server would leave this machine unencrypted.
    const proxy = isLoopback(url.hostname) ? undefined : options.proxy;
    this.server = url.origin + url.pathname;
    this.#http = new HttpClient({ ...options, proxy, maxReplyBytes: MAX_REPLY_BYTES });
    this.#token = options.token;
    this.#rereadToken = options.rereadToken;
    this.#clock = options.clock;
    this.#monotonic = options.monotonic;
  }

  /** True after `close`: a request that fails then is not the server's fault. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Sends one event; `event` is the JSON of a `LineageEvent`. */
  async track(event: RowBody, eventId: string, signal?: AbortSignal): Promise<Attempt<Delivered>> {
    const headers = { 'idempotency-key': eventId };
    return this.#attempt('POST', '/lineage/track', { body: event, headers, signal }, (body) => {
      const answer = readTrackReply(body);
      return answer && this.#delivered(answer);
    });
  }

  /** Sends events in their order; each gets a result of its own. The same events again have the same batch id. */
  async trackBatch(
    events: readonly RowBody[],
    signal?: AbortSignal,
  ): Promise<Attempt<BatchOutcome>> {
    // The original server of this API fails on an empty batch.
    if (events.length === 0) {
      return { outcome: { kind: 'items', items: [] }, latencyMs: 0, serverFault: false };
    }
    const head = `{"batch_id":"${batchId(events)}","processing_mode":"sequential","sequential_processing":true,"events":[`;
    const parts: Uint8Array[] = [Buffer.from(head)];
    for (const [index, event] of events.entries()) {
      if (index > 0) parts.push(COMMA);
      parts.push(typeof event === 'string' ? Buffer.from(event) : event);
    }
    const body = Buffer.concat([...parts, Buffer.from(']}')]);
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

  /** See `SinkClient`. A server that does not know the pattern has nothing to forget. */
  async erase(event: RowBody, eventId: string, signal?: AbortSignal): Promise<Attempt<Delivered>> {
    const id = asString(asObject(JSON.parse(String(event)))?.['pattern_id']) ?? '';
    const path = `/patterns/${encodeURIComponent(id)}`;
    const attempt = await this.#attempt<Delivered>('DELETE', path, { signal }, (reply) => {
      return isJsonObject(reply) && reply['success'] === true ? { kind: 'accepted' } : undefined;
    });
    const { outcome } = attempt;
    if (outcome.kind !== 'rejected' || !DELETES_NOTHING.has(outcome.status)) return attempt;
    const told = await this.track(event, eventId, signal);
    const isUnknown =
      told.outcome.kind === 'rejected' &&
      told.outcome.status === 400 &&
      UNKNOWN_PATTERN.test(told.outcome.message);
    return isUnknown ? { ...told, outcome: { kind: 'accepted' } } : told;
  }

  /** Asks for the newest patterns, at most `limit`. */
  async patterns(limit: number, signal?: AbortSignal): Promise<Attempt<Answer>> {
    return this.#ask(`/lineage/query?limit=${limit}`, signal);
  }

  /** Asks for the ancestors or the descendants of a pattern. */
  async lineage(
    patternId: string,
    direction: 'ancestry' | 'descendants',
    signal?: AbortSignal,
  ): Promise<Attempt<Answer>> {
    return this.#ask(`/lineage/${encodeURIComponent(patternId)}?query_type=${direction}`, signal);
  }

  /** Asks whether the server can do its work. The body decides, because a sick server may answer 200. */
  async health(signal?: AbortSignal): Promise<ServerHealth> {
    try {
      const url = `${this.server}/health`;
      const token = this.#freshToken();
      const { status, text } = await this.#http.request({ method: 'GET', url, signal, token });
      this.#isTokenRefused = refusesCredentials(status);
      const { isWell, detail } = readHealthReply(status, parsed(text), text);
      return { status: isWell ? 'healthy' : 'degraded', detail: this.#told(detail) };
    } catch (error) {
      if (!(error instanceof TrackerError) || error instanceof InvariantError) throw error;
      return { status: 'unreachable', detail: error.message };
    }
  }

  /** Closes all connections and gives up the requests in flight. */
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
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    request: {
      readonly body?: RowBody;
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
    // An older server may lack a path of the API: then the request is refused, but the server is not down.
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
    if (isSuccess(status)) return 'The reply is not one of the lineage API.';
    const what = headers['content-type']?.split(';')[0]?.trim() || 'no JSON';
    const { host } = new URL(this.server);
    return `${host} answers ${status} with ${what}, not the lineage API: is api.base_url right?`;
  }

  /** The token, read again if it was refused. @throws TrackerError when it cannot be read again */
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
   * The server's words for people. Some servers echo in an error what they were sent, so the token is removed.
   * That happens before the cut, which might leave a part of the token.
   */
  #told(words: string): string {
    const safe = this.#token ? words.replaceAll(this.#token, '[token]') : words;
    return safe.length > MAX_WORDS ? `${safe.slice(0, MAX_WORDS)}…` : safe;
  }
}

// --- internal ---

/** Answers to DELETE of a server without this request, and to a token that may not make it. */
const DELETES_NOTHING: ReadonlySet<number> = new Set([401, 403, 404, 405]);
/** Words of a server that was to deprecate a pattern that it does not know. */
const UNKNOWN_PATTERN = /not found|unknown|not known|does not exist|no such|there is no pattern/i;

const COMMA = Buffer.from(',');

/** A digest of the batch's first and last event and its length; a digest of all events would be costly. */
function batchId(events: readonly RowBody[]): string {
  return hexDigest([events[0], events.at(-1), events.length].map(String).join('\n'), 16);
}

/** True for an error in one of the forms that servers of the API use. */
function isApiError(body: unknown): boolean {
  return isJsonObject(body) && ['detail', 'error', 'message', 'success'].some((key) => key in body);
}

function parsed(text: string): unknown {
  try {
    return parseBoundedJson(text);
  } catch {
    return undefined;
  }
}
