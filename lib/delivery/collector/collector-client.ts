import { checkJsonBounds } from '../../base/json/bounded-json.ts';
import { InvariantError } from '../../base/errors.ts';
import type { Resource } from '@opentelemetry/resources';
import { parseToolCall } from '../ended-tool-call.ts';
import type { EndedToolCall } from '../ended-tool-call.ts';
import { classify, refusesCredentials, unanswered, undelivered } from '../http/classify.ts';
import type { ReplyFailure } from '../http/classify.ts';
import { HttpClient } from '../http/http-client.ts';
import type { HttpClientOptions, HttpReply } from '../http/http-client.ts';
import type {
  Attempt,
  BatchOutcome,
  Delivered,
  RowBody,
  SinkClient,
  Undelivered,
} from '../sink-client.ts';
import { collectorUrl } from './otlp-url.ts';
import { isPage, wordsOf } from './otlp-reply.ts';
import { resourceOf, spanContextOf } from './otlp-scope.ts';
import { CONTENT_TYPES, isJson, logsSignal, tracesSignal } from './otlp-signal.ts';
import type { OtlpProtocol, OtlpSignal } from './otlp-signal.ts';

/** Where the collector is, and what it is sent. */
export interface CollectorClientOptions extends Pick<
  HttpClientOptions,
  'timeoutMs' | 'caFile' | 'proxy'
> {
  /** The collector's address, to which `/v1/traces` and `/v1/logs` are appended. */
  readonly endpoint: string;
  readonly protocol: OtlpProtocol;
  /**
   * Reads the headers to send with each request; their values are secrets. It is called again after the
   * collector has refused them, because a token may have been replaced. If it throws a TrackerError then,
   * that counts as an outage.
   */
  readonly readHeaders: () => Readonly<Record<string, string>>;
  /** Send headers over plain HTTP to another machine too. */
  readonly allowInsecure: boolean;
  /** Send spans. */
  readonly traces: boolean;
  /** Send log records. */
  readonly logs: boolean;
  /** Also send what calls were about, and their errors. */
  readonly details: boolean;
  /** The name of this machine, which the collector is told. */
  readonly machine: string;
  /** Milliseconds since 1970 UTC. */
  readonly clock: () => number;
  /** Milliseconds of a monotonic clock, to measure latency. */
  readonly monotonic: () => number;
}

/** Sends tool calls to a collector. It never throws because of what the network or the collector does. */
export class CollectorClient implements SinkClient {
  /** The collector's address, without secrets. */
  readonly server: string;
  readonly #http: HttpClient;
  readonly #options: CollectorClientOptions;
  readonly #resource: Resource;
  readonly #signals: readonly OtlpSignal[];
  readonly #verdicts = new Map<OtlpSignal, Map<string, Delivered>>();
  #headers: Readonly<Record<string, string>>;
  #isRefused = false;
  #isClosed = false;

  /** @throws TrackerError E_OTLP_ENDPOINT, E_INSECURE_URL, E_CA_FILE, E_PROXY_URL, and those of `readHeaders` */
  constructor(options: CollectorClientOptions) {
    this.#headers = options.readHeaders();
    const { url, isLocal } = collectorUrl({ ...options, headers: this.#headers });
    // Through a proxy on another machine, headers for a local collector would leave this machine unencrypted.
    const proxy = isLocal ? undefined : options.proxy;
    const { timeoutMs, caFile, protocol } = options;
    this.server = url;
    this.#http = new HttpClient({ timeoutMs, caFile, proxy, maxReplyBytes: MAX_REPLY_BYTES });
    this.#options = options;
    this.#resource = resourceOf(options.machine);
    this.#signals = [
      ...(options.traces ? [tracesSignal(protocol)] : []),
      ...(options.logs ? [logsSignal(protocol)] : []),
    ];
    for (const signal of this.#signals) this.#verdicts.set(signal, new Map());
  }

  /** True after `close`: a request that fails then is not the collector's fault. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Sends one tool call; `body` is the JSON of an `EndedToolCall`. */
  async track(body: RowBody, _eventId: string, signal?: AbortSignal): Promise<Attempt<Delivered>> {
    const { outcome, ...rest } = await this.trackBatch([body], signal);
    if (outcome.kind === 'items') return { ...rest, outcome: outcome.items[0] ?? ACCEPTED };
    if (outcome.kind === 'unsupported') throw new InvariantError('OTLP always takes several');
    return { ...rest, outcome };
  }

  /**
   * Sends tool calls, first their spans and then their log records. The client remembers which of
   * both the collector has accepted, so that another attempt sends only the rest.
   */
  async trackBatch(
    bodies: readonly RowBody[],
    signal?: AbortSignal,
  ): Promise<Attempt<BatchOutcome>> {
    const calls = bodies.map((body) => parseToolCall(String(body)));
    const known = calls.filter((call) => call !== undefined);
    let latencyMs = 0;
    for (const kind of this.#signals) {
      const attempt = await this.#send(kind, known, signal);
      latencyMs = Math.max(latencyMs, attempt.latencyMs);
      if (attempt.outcome.kind !== 'accepted') {
        return { ...attempt, outcome: attempt.outcome, latencyMs };
      }
    }
    const items = calls.map((call) => (call ? this.#conclude(call) : UNREADABLE));
    return { outcome: { kind: 'items', items }, latencyMs, serverFault: false };
  }

  /** Closes all connections and gives up the requests in flight. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#http.close();
  }

  /** Sends one signal of each call, except where the collector has answered that signal of the call already. */
  async #send(
    kind: OtlpSignal,
    calls: readonly EndedToolCall[],
    signal: AbortSignal | undefined,
  ): Promise<Attempt<Delivered>> {
    const verdicts = this.#verdicts.get(kind) ?? new Map<string, Delivered>();
    const unsent = calls.filter((call) => !verdicts.has(keyOf(call)));
    if (unsent.length === 0) return { outcome: ACCEPTED, latencyMs: 0, serverFault: false };
    const startedAt = this.#options.monotonic();
    const answer = await this.#exchange(kind, unsent, signal);
    const latencyMs = this.#options.monotonic() - startedAt;
    if (answer.outcome.kind !== 'accepted') return { ...answer, latencyMs };
    const { rejected, message } = answer;
    const refused = refusedOf(unsent, rejected, message);
    const refusal = { kind: 'rejected', status: 200, message } as const;
    // Nobody knows which: sent one by one, each call gets an answer of its own. Those that were accepted come a
    // second time, with the same ids.
    if (!refused) return { outcome: refusal, latencyMs, serverFault: false };
    for (const call of unsent) verdicts.set(keyOf(call), refused.has(call) ? refusal : ACCEPTED);
    for (const key of [...verdicts.keys()].slice(0, -MAX_REMEMBERED)) verdicts.delete(key);
    return { outcome: ACCEPTED, latencyMs, serverFault: false };
  }

  async #exchange(
    kind: OtlpSignal,
    calls: readonly EndedToolCall[],
    signal: AbortSignal | undefined,
  ): Promise<Answer> {
    const { protocol, details, readHeaders } = this.#options;
    const contentType = CONTENT_TYPES[protocol];
    let reply: HttpReply;
    try {
      if (this.#isRefused) this.#headers = readHeaders();
      reply = await this.#http.request({
        method: 'POST',
        url: this.server + kind.path,
        body: kind.write(calls, this.#resource, details),
        headers: { ...this.#headers, accept: contentType, 'content-type': contentType },
        signal,
      });
    } catch (error) {
      const { outcome, serverFault } = unanswered(error, this.#isClosed);
      return failure(outcome, serverFault);
    }
    this.#isRefused = refusesCredentials(reply.status);
    return this.#answerTo(kind, calls.length, reply);
  }

  #answerTo(kind: OtlpSignal, count: number, reply: HttpReply): Answer {
    const { status, headers, bytes } = reply;
    const why = classify(reply, !isPage(reply), this.#options.clock());
    if (!why) return this.#partialSuccess(kind, count, bytes, headers['content-type']);
    const message = this.#messageOf(kind, why.cause, reply);
    return failure(undelivered(why, status, message), why.serverFault);
  }

  #messageOf(kind: OtlpSignal, cause: ReplyFailure['cause'], reply: HttpReply): string {
    const { status, headers } = reply;
    if (cause === 'redirect') {
      const to = this.#told(headers['location'] ?? 'nowhere');
      return `${status}: the collector redirects to ${to}; name that address in otlp.endpoint`;
    }
    const place = `${new URL(this.server).host}${kind.path}`;
    if (isPage(reply) && status !== TOO_LARGE) {
      return `${place} answers ${status} with an HTML page, so it is not a collector`;
    }
    return `${place} answers ${status}: ${this.#told(wordsOf(reply)) || 'no reason given'}`;
  }

  /** The answer to an accepted request, with what the collector says about the part that it refused. */
  #partialSuccess(
    kind: OtlpSignal,
    count: number,
    bytes: Uint8Array,
    contentType: string | undefined,
  ): Answer {
    let rejected = 0;
    let words = '';
    try {
      if (isJson(contentType)) checkJsonBounds(Buffer.from(bytes).toString('utf8'));
      ({ rejected, message: words } = kind.read(bytes, contentType));
    } catch {
      // The status 2xx is what counts; some collectors send another body with it.
    }
    const which = count === 1 ? 'it' : `${rejected} of ${count} ${kind.noun}`;
    const message = `The collector has refused ${which}: ${this.#told(words) || 'no reason given'}`;
    return { outcome: ACCEPTED, serverFault: false, rejected, message };
  }

  /** What became of a call as a whole. All its signals are answered now, so the client forgets them. */
  #conclude(call: EndedToolCall): Delivered {
    const key = keyOf(call);
    let outcome = ACCEPTED;
    for (const verdicts of this.#verdicts.values()) {
      const verdict = verdicts.get(key);
      if (outcome.kind === 'accepted' && verdict) outcome = verdict;
      verdicts.delete(key);
    }
    return outcome;
  }

  /** The collector's words for people, without our header values, which some servers echo. */
  #told(words: string): string {
    const secrets = Object.values(this.#headers).filter(({ length }) => length > 3);
    const safe = secrets.reduce((text, secret) => text.replaceAll(secret, '[header]'), words);
    return safe.length > MAX_WORDS ? `${safe.slice(0, MAX_WORDS)}…` : safe;
  }
}

// --- internal ---

/** The result of one request. */
interface Answer {
  readonly outcome: Delivered;
  readonly serverFault: boolean;
  /** How many items of an accepted request the collector refused; `message` says why. */
  readonly rejected: number;
  readonly message: string;
}

/** A proxy on the way may answer this, even with a page: the status is reliable all the same. */
const TOO_LARGE = 413;
/** A longer message of a collector is cut, in characters. */
const MAX_WORDS = 500;
/** The longest reply to read, in bytes; those of collectors are short. */
const MAX_REPLY_BYTES = 1024 * 1024;
/** The most calls to remember of which one signal was accepted; it is sent twice if the call is forgotten. */
const MAX_REMEMBERED = 10_000;

const ACCEPTED: Delivered = { kind: 'accepted' };
const UNREADABLE: Delivered = {
  kind: 'rejected',
  status: 400,
  message: 'The row holds no tool call.',
};

/**
 * The calls that a collector has refused; undefined if it does not say which. It does if it refused none or all, or
 * if its message names as many of them as it refused, by the ids that it was sent.
 */
function refusedOf(
  calls: readonly EndedToolCall[],
  rejected: number,
  message: string,
): ReadonlySet<EndedToolCall> | undefined {
  if (rejected === 0) return new Set();
  if (rejected >= calls.length) return new Set(calls);
  const named = calls.filter(
    (call) => message.includes(call.tool_use_id) || message.includes(spanContextOf(call).spanId),
  );
  return named.length === rejected ? new Set(named) : undefined;
}

function keyOf({ session_id, tool_use_id }: EndedToolCall): string {
  return `${session_id}\n${tool_use_id}`;
}

function failure(outcome: Undelivered, serverFault: boolean): Answer {
  return { outcome, serverFault, rejected: 0, message: '' };
}
