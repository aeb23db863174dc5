/** What came of sending one event. */
export type Delivered =
  | { readonly kind: 'accepted' }
  /** A 4xx that no retry mends; 400 as well where a reply of 200 says it of this event. */
  | { readonly kind: 'rejected'; readonly status: number; readonly message: string }
  /** The network, a timeout, 408, 429, 5xx, a reply that cannot be read. */
  | {
      readonly kind: 'retry';
      readonly message: string;
      readonly status?: number | undefined;
      readonly retryAfterMs?: number | undefined;
    };

/** An event that was not accepted. */
export type Undelivered = Exclude<Delivered, { kind: 'accepted' }>;

/** What came of sending several. */
export type BatchOutcome =
  | { readonly kind: 'items'; readonly items: readonly Delivered[] }
  /** The server has no such path. */
  | { readonly kind: 'unsupported' }
  | Undelivered;

/** One request and what came of it. */
export interface Attempt<T> {
  readonly outcome: T;
  /** From the request to the end of its reply, in milliseconds. */
  readonly latencyMs: number;
  /**
   * Counts against the circuit breaker: no reply, 3xx, 5xx, a reply that cannot be read; not a request
   * that its caller has given up.
   */
  readonly serverFault: boolean;
}

/**
 * Speaks to the server of one sink. Nothing that the network or the server does makes it throw: that is
 * an outcome.
 */
export interface SinkClient {
  /** The address, without its secrets. Two spellings of one address are the same. */
  readonly server: string;
  /** True once it was closed: whatever a request still comes to is nobody's fault. */
  readonly isClosed: boolean;
  /** Sends one event: the `body` of its row in the outbox. */
  track(body: string, eventId: string, signal?: AbortSignal): Promise<Attempt<Delivered>>;
  /** Sends several in their order; each is answered by itself. */
  trackBatch(bodies: readonly string[], signal?: AbortSignal): Promise<Attempt<BatchOutcome>>;
  /** Cuts what is on its way. */
  close(): Promise<void>;
}
