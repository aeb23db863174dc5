import type { Clock } from '../base/clock.ts';
import { BatchSender } from './batch-sender.ts';
import type { BatchSenderOptions } from './batch-sender.ts';
import type { Permit, Transition } from './breaker/breaker.ts';
import { crossesLineages, ERASURE_EVENT, withoutBody } from './store/outbox-pass.ts';
import type { DueEvent, OutboxPass, SentEvent } from './store/outbox-pass.ts';
import type { Attempt, BatchOutcome, SinkClient } from './sink-client.ts';
import type { DeliveryStore } from './store/delivery-store.ts';
import { settle } from './settlement.ts';
import type { RetryPolicy, Settled } from './settlement.ts';

/** The most bytes in the bodies of one batch. */
const BATCH_BYTES = 4 * 1024 * 1024;
/** Acknowledgements are committed in groups of this size; a killed courier resends at most one group. */
const SETTLE_ROWS = 500;
/** After this many faults an event is sent alone, in case it is the one that spoils its batches. */
const ALONE_AFTER_FAULTS = 2;
/** How many due events to choose from for the one that probes a recovering server. */
const PROBE_ROWS = 100;

/** What delivery to one sink works with. */
export interface DeliveryOptions extends BatchSenderOptions {
  /** The store; returns another one after tracker.db was replaced. */
  readonly store: () => DeliveryStore;
  readonly client: BatchSenderOptions['client'] & Pick<SinkClient, 'server' | 'isClosed'>;
  readonly clock: Clock;
  readonly retry: RetryPolicy;
  /** Called after the breaker's change of phase is committed. */
  readonly onTransition?: (transition: Transition) => void;
}

/** What one drain sends, and which waits it ignores. */
export interface DrainLimits {
  /** The most events to attempt. @default all */
  readonly events?: number | undefined;
  /** The id of a session: send only its events, and those that the sink must have first. */
  readonly sessionId?: string | undefined;
  /**
   * Ignore the waits between attempts and any pause that began before. A pause that the sink asks for
   * during the drain ends it. @default false
   */
  readonly early?: boolean | undefined;
  /** Send even while the breaker is open; a success closes it. @default false */
  readonly force?: boolean | undefined;
}

/**
 * Why a drain ended: nothing is left, the rest waits for its next attempt, the breaker is open, the limit
 * is reached, or it was interrupted.
 */
export type DrainEnd = 'empty' | 'waiting' | 'circuit_open' | 'limit' | 'aborted';

/** What one drain came to. */
export interface DrainReport extends Settled {
  readonly end: DrainEnd;
  /** When to try again, in milliseconds since 1970 UTC; undefined when there is nothing to try. */
  readonly nextAt: number | undefined;
  /** Why the last event that failed was not accepted; undefined when none failed. */
  readonly lastError: string | undefined;
}

type Ending = Pick<DrainReport, 'end' | 'nextAt'>;

/** A request in flight. */
interface Request {
  readonly rows: readonly DueEvent[];
  /** Null for a request that is forced while the breaker is open. */
  readonly permit: Permit | null;
  /** True when it skips due rows that come before its own, as a probe may. */
  readonly leavesOut: boolean;
  readonly attempt: Promise<Attempt<BatchOutcome>>;
}

/** A request whose reply has arrived and is not written to the database yet. */
interface Answered extends Omit<Request, 'attempt' | 'rows'> {
  /** Without what was sent, which would wait in memory until some batches are written together. */
  readonly rows: readonly SentEvent[];
  readonly attempt: Attempt<BatchOutcome>;
}

/** After this many failures a forced drain stops too, so that it does not hammer a server that is down. */
const MOST_FORCED_FAILURES = 3;

/** The state of one drain. */
interface Drain {
  readonly limits: DrainLimits;
  readonly signal: AbortSignal;
  readonly total: { delivered: number; dead: number; failed: number };
  /** The store that this drain began with; replaced at its end if the same rows are found in another one. */
  store: DeliveryStore;
  readonly pass: OutboxPass;
  /** Rows up to this id have had their attempt in this drain. */
  after: number;
  /** Answered requests that are not written yet. */
  answered: Answered[];
  /** Rows up to this id are sent alone, because the sink refused them as a batch. */
  aloneUntil: number;
  /** Until when the sink asked, during this drain, to be left alone; undefined if it did not ask. */
  askedUntil: number | undefined;
  lastError: string | undefined;
  /** Requests that were forced while the breaker was open, and failed. */
  forcedFailures: number;
}

/** Sends what waits in the outbox of one sink. The caller must hold the sink's delivery lock. */
export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #sender: BatchSender;
  /** Requests in a row that failed as a whole. */
  #failedRequests = 0;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#sender = new BatchSender(options);
  }

  /**
   * Attempts each due event once, in order, until none is left, the breaker opens or `signal` aborts.
   * `onProgress` gets the totals so far after each commit.
   *
   * @throws SQLite's error when tracker.db cannot be read or written
   */
  async drain(
    limits: DrainLimits,
    signal: AbortSignal,
    onProgress: (settled: Settled) => void = () => {},
  ): Promise<DrainReport> {
    const store = this.#options.store();
    store.adoptServer(this.#options.client.server);
    const { early, sessionId } = limits;
    const drain: Drain = {
      limits,
      signal,
      store,
      pass: store.outbox.pass({ early, sessionId }),
      total: { delivered: 0, dead: 0, failed: 0 },
      after: 0,
      answered: [],
      aloneUntil: 0,
      forcedFailures: 0,
      askedUntil: undefined,
      lastError: undefined,
    };
    try {
      const ending = await this.#run(drain, onProgress);
      this.#concludeRest(drain);
      const closing =
        ending.end === 'empty' && !sessionId ? drain.store.breaker.concludeProbes() : null;
      if (closing) this.#options.onTransition?.(closing);
      return { ...drain.total, ...ending, lastError: drain.lastError };
    } catch (error) {
      try {
        this.#concludeRest(drain);
      } catch {
        // The events are sent again, which changes nothing at the sink; the first error says more.
      }
      throw error;
    }
  }

  async #run(drain: Drain, onProgress: (settled: Settled) => void): Promise<Ending> {
    const { store, signal, total } = drain;
    const { client, clock } = this.#options;
    for (let begun = this.#begin(drain); ;) {
      if ('end' in begun) return begun;
      const { rows } = begun;
      const following = this.#nextRows(drain, rows.at(-1)?.id ?? drain.after); // meanwhile
      const attempt = await begun.attempt;
      const isGivenUp = (signal.aborted || client.isClosed) && attempt.outcome.kind === 'retry';
      if (!isGivenUp) {
        drain.answered.push({ ...begun, rows: rows.map(withoutBody), attempt });
        this.#sender.fit(rows.length, attempt);
      }
      // The database was closed and opened again during the request, or replaced by another one.
      if (this.#options.store() !== store) return { end: 'waiting', nextAt: clock() };
      if (isGivenUp) {
        if (begun.permit) store.breaker.release(begun.permit);
        return { end: 'aborted', nextAt: undefined };
      }
      const ahead = this.#beginAhead(drain, begun, attempt, following);
      if (!ahead || countRows(drain.answered) >= SETTLE_ROWS) {
        this.#conclude(drain);
        onProgress(total);
      }
      begun = ahead ?? this.#begin(drain);
    }
  }

  /**
   * Begins a request with the next events, or returns why there is nothing to send. `following` are these
   * events if the caller has read them already.
   */
  #begin(drain: Drain, following?: readonly DueEvent[]): Request | Ending {
    const { limits, signal, store, total, pass } = drain;
    const { client, clock } = this.#options;
    const now = clock();
    if (signal.aborted || client.isClosed) return { end: 'aborted', nextAt: undefined };
    const pausedUntil = limits.early ? drain.askedUntil : store.state.pausedUntil(now);
    if (pausedUntil !== undefined && pausedUntil > now) {
      return { end: 'waiting', nextAt: pausedUntil };
    }
    const attempted = total.delivered + total.dead + total.failed + countRows(drain.answered);
    const left = (limits.events ?? Infinity) - attempted;
    if (left <= 0) return { end: 'limit', nextAt: undefined };
    const due = (following ?? this.#nextRows(drain, drain.after)).slice(0, left);
    if (due.length === 0) {
      if (limits.sessionId !== undefined && !pass.isHolding) {
        return { end: 'empty', nextAt: undefined };
      }
      // An event that failed in this drain may be due already.
      const again = store.outbox.isDue(now) ? now : undefined;
      const nextAt = store.outbox.nextAttemptAt(now) ?? again;
      return { end: nextAt === undefined ? 'empty' : 'waiting', nextAt };
    }
    const { permit, retryAt } = store.breaker.acquire();
    const isForced = limits.force === true && drain.forcedFailures < MOST_FORCED_FAILURES;
    if (!permit && !isForced) return { end: 'circuit_open', nextAt: retryAt ?? undefined };
    const rows = store.breaker.read().phase === 'closed' ? due : this.#probe(drain);
    const leavesOut = rows[0]?.id !== due[0]?.id;
    return { rows, permit, leavesOut, attempt: this.#sender.send(rows, signal) };
  }

  /**
   * Begins the next request before the last answer is written, so that the server works meanwhile. Only
   * after a request that was accepted as a whole: then no later event can overtake a parent.
   */
  #beginAhead(
    drain: Drain,
    { rows }: Request,
    { outcome }: Attempt<BatchOutcome>,
    following: readonly DueEvent[],
  ): Request | undefined {
    const isTaken =
      outcome.kind === 'items' &&
      outcome.items.length === rows.length &&
      outcome.items.every(({ kind }) => kind === 'accepted');
    if (!isTaken || drain.store.breaker.read().phase !== 'closed') return undefined;
    drain.after = rows.at(-1)?.id ?? drain.after;
    const begun = this.#begin(drain, following);
    return 'end' in begun ? undefined : begun;
  }

  #nextRows(drain: Drain, after: number): DueEvent[] {
    const now = this.#options.clock();
    const rows = this.#sender.mostRows;
    const due = drain.pass.next({ now, after, rows, bytes: BATCH_BYTES });
    const goesAlone = (row: DueEvent) =>
      row.id <= drain.aloneUntil ||
      row.faults >= ALONE_AFTER_FAULTS ||
      row.eventType === ERASURE_EVENT;
    const alone = due.findIndex(goesAlone);
    if (alone === -1) return due;
    return due.slice(0, Math.max(alone, 1));
  }

  /**
   * The single event that probes a recovering server. It is the one that was attempted least often, so that
   * an event that always brings the server down does not block all others.
   */
  #probe(drain: Drain): DueEvent[] {
    const now = this.#options.clock();
    const limits = { now, after: drain.after, rows: PROBE_ROWS, bytes: BATCH_BYTES };
    const lineages = new Set<string>();
    let best: DueEvent | undefined;
    for (const row of drain.pass.next(limits)) {
      const isFree =
        !lineages.has(row.lineageId) && !(lineages.size > 0 && crossesLineages(row.eventType));
      lineages.add(row.lineageId);
      if (isFree && row.attempts < (best?.attempts ?? Infinity)) best = row;
    }
    return best ? [best] : [];
  }

  /** Writes the remaining answers, unless the database was replaced by one that lacks their rows. */
  #concludeRest(drain: Drain): void {
    if (drain.answered.length === 0) return;
    const store = this.#options.store();
    if (store !== drain.store) {
      if (!drain.answered.some(({ rows }) => rows.some((row) => store.outbox.has(row)))) return;
      drain.store = store;
    }
    this.#conclude(drain);
  }

  /** Writes the results of all answered requests in one transaction. */
  #conclude(drain: Drain): void {
    const { answered, store } = drain;
    drain.answered = [];
    const transitions = store.transaction(() =>
      answered.map((answer) => this.#settle(drain, answer)),
    );
    for (const transition of transitions) {
      if (transition) this.#options.onTransition?.(transition);
    }
  }

  #settle(drain: Drain, { rows, permit, leavesOut, attempt }: Answered): Transition | null {
    const { clock, retry } = this.#options;
    const { store, total } = drain;
    const { outcome, latencyMs, serverFault } = attempt;
    const now = clock();
    const lastId = rows.at(-1)?.id ?? drain.after;
    const reason = outcome.kind === 'retry' ? outcome.message : undefined;
    if (reason !== undefined) drain.lastError = reason;
    store.metrics.add('requests');
    store.metrics.observeLatency(latencyMs);
    if (serverFault) store.metrics.add('request_failures');
    this.#failedRequests = outcome.kind === 'retry' ? this.#failedRequests + 1 : 0;
    if (outcome.kind === 'unsupported') {
      this.#sender.sendSingly();
    } else if (outcome.kind === 'rejected' && rows.length > 1) {
      drain.aloneUntil = lastId;
    } else {
      const failedRequests = this.#failedRequests;
      const settled = settle(store, rows, outcome, { now, retry, failedRequests });
      total.delivered += settled.delivered;
      total.dead += settled.dead;
      total.failed += settled.failed;
      drain.lastError = settled.lastError ?? drain.lastError;
      for (const row of settled.waiting) drain.pass.hold(row);
      if (!leavesOut) drain.after = Math.max(drain.after, lastId);
      if (outcome.kind === 'retry' && asksForPause(outcome)) {
        drain.askedUntil = store.state.pausedUntil(now);
      }
    }
    if (!permit && serverFault) drain.forcedFailures += 1;
    if (!permit && !serverFault) return store.breaker.reset();
    const transition =
      permit && store.breaker.report(permit, { ok: !serverFault, latencyMs, reason });
    // While the breaker is open it takes the place of the pause.
    const isOpen = store.breaker.read().phase === 'open';
    if (isOpen && outcome.kind === 'retry' && !asksForPause(outcome)) store.state.pause(0);
    return transition;
  }
}

// --- internal ---

function countRows(answered: readonly Answered[]): number {
  return answered.reduce((total, { rows }) => total + rows.length, 0);
}

/** True when the sink itself asked to be left alone for a while. */
function asksForPause({ status, retryAfterMs }: Extract<BatchOutcome, { kind: 'retry' }>): boolean {
  return status === 429 || retryAfterMs !== undefined;
}
