/** The result of sending one event. */
export type Delivered =
  | { readonly kind: 'accepted' }
  /** A 4xx that no retry can mend, or a 2xx reply that refuses this event (`status` is then 400 or 200). */
  | { readonly kind: 'rejected'; readonly status: number; readonly message: string }
  /** A failure of the network, a timeout, 408, 429, 5xx, or a reply that cannot be read. */
  | {
      readonly kind: 'retry';
      readonly message: string;
      readonly status?: number | undefined;
      /** The wait that the sink asked for. */
      readonly retryAfterMs?: number | undefined;
    };

/** The result of an event that was not accepted. */
export type Undelivered = Exclude<Delivered, { kind: 'accepted' }>;

/** The result of sending several events. */
export type BatchOutcome =
  /** One result for each event, in their order. */
  | { readonly kind: 'items'; readonly items: readonly Delivered[] }
  /** The server does not accept batches. */
  | { readonly kind: 'unsupported' }
  | Undelivered;

/** The JSON of a row of the outbox: its UTF-8, as the outbox has it, which costs less to send, or a text. */
export type RowBody = string | Buffer;

/** The result of one request. */
export interface Attempt<T> {
  readonly outcome: T;
  /** From the request to the end of its reply, in milliseconds. */
  readonly latencyMs: number;
  /**
   * True when the request counts against the breaker: there was no reply, a 3xx, a 5xx, or a reply that
   * cannot be read. A request that its caller gave up does not count.
   */
  readonly serverFault: boolean;
}

/**
 * Speaks to the server of one sink. Whatever the network or the server does is an outcome and never makes a
 * client throw.
 */
export interface SinkClient {
  /** The server's address in its canonical spelling, without secrets. */
  readonly server: string;
  /** True after `close`: a request that fails then is not the server's fault. */
  readonly isClosed: boolean;
  /** Sends one event, whose outbox row has this `body`. */
  track(body: RowBody, eventId: string, signal?: AbortSignal): Promise<Attempt<Delivered>>;
  /** Sends several events in their order; each gets a result of its own. */
  trackBatch(bodies: readonly RowBody[], signal?: AbortSignal): Promise<Attempt<BatchOutcome>>;
  /**
   * Deletes the pattern of an event at the server; if the server does not do that, or not for this token, it
   * sends the event itself, which deprecates the pattern. `body` is that of a row of `ERASURE_EVENT`.
   */
  erase?(body: RowBody, eventId: string, signal?: AbortSignal): Promise<Attempt<Delivered>>;
  /** Closes all connections and gives up the requests in flight. */
  close(): Promise<void>;
}
