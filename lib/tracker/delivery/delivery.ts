import type { Clock } from '../../base/clock.ts';
import type { Permit, Transition } from '../../resilience/breaker.ts';
import type { DueEvent } from '../../store/outbox.ts';
import type { ApiClient, Attempt, BatchOutcome } from '../../transport/api-client.ts';
import type { DeliveryStore } from './delivery-store.ts';
import { MAX_RETRY_AFTER_MS, settle } from './settlement.ts';
import type { RetryPolicy, Settled } from './settlement.ts';

/** Characters of the bodies in one batch. */
const BATCH_CHARACTERS = 4 * 1024 * 1024;
/** Answers that speak of the address or the token, and not of the event that was sent. */
const MISCONFIGURED: ReadonlySet<number> = new Set([401, 403, 404, 405, 407]);
/** Answers to so many events are written together; a courier that is killed sends them again. */
const SETTLE_ROWS = 500;
/** After so many faults an event is sent alone, in case it is what spoils its batches. */
const ALONE_AFTER_FAULTS = 2;

export interface DeliveryOptions {
  readonly store: () => DeliveryStore;
  readonly api: Pick<ApiClient, 'track' | 'trackBatch'>;
  readonly clock: Clock;
  readonly retry: RetryPolicy;
  /** Events of one request. */
  readonly batchRows: number;
  readonly onTransition?: (transition: Transition) => void;
}

export interface DrainLimits {
  /** Events to attempt at most; default all. */
  readonly events?: number | undefined;
  readonly sessionId?: string | undefined;
  /** Send now what waits for its next attempt, and what the sink has asked to have later. */
  readonly early?: boolean | undefined;
  /** Send although the circuit is open; a success closes it. */
  readonly force?: boolean | undefined;
}

/** Why a drain came to its end. */
export type DrainEnd = 'empty' | 'waiting' | 'circuit_open' | 'limit' | 'aborted';

export interface DrainReport extends Settled {
  readonly end: DrainEnd;
  /** When it is worth trying again; undefined when there is nothing to try. */
  readonly nextAt: number | undefined;
  readonly lastError: string | undefined;
}

type Ending = Pick<DrainReport, 'end' | 'nextAt'>;

/** Events that are on their way. */
interface Request {
  readonly store: DeliveryStore;
  readonly rows: readonly DueEvent[];
  readonly permit: Permit | null;
  readonly attempt: Promise<Attempt<BatchOutcome>>;
}

interface Answered extends Omit<Request, 'attempt'> {
  readonly attempt: Attempt<BatchOutcome>;
}

interface Drain {
  readonly limits: DrainLimits;
  readonly signal: AbortSignal;
  readonly total: { delivered: number; dead: number; failed: number };
  readonly startedAt: number;
  /** Rows up to here have had their attempt in this drain. */
  after: number;
  /** What was answered and is not written yet. */
  answered: Answered[];
  /** Rows up to here are sent alone: the sink has refused them together. */
  aloneUntil: number;
  lastError: string | undefined;
}

/** Sends what waits in the outbox of one sink. Who calls it holds the sink's delivery lock. */
export class Delivery {
  readonly #options: DeliveryOptions;
  #takesBatches = true;

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  /** Attempts each due event once, in order, until none is left or the circuit opens. */
  async drain(
    limits: DrainLimits,
    signal: AbortSignal,
    onProgress: (settled: Settled) => void = () => {},
  ): Promise<DrainReport> {
    const total = { delivered: 0, dead: 0, failed: 0 };
    const drain: Drain = {
      limits,
      signal,
      total,
      startedAt: this.#options.clock(),
      after: 0,
      answered: [],
      aloneUntil: 0,
      lastError: undefined,
    };
    for (let begun = this.#begin(drain); ;) {
      if ('end' in begun) return { ...total, ...begun, lastError: drain.lastError };
      const { store, rows, permit } = begun;
      const following = this.#nextRows(drain, rows.at(-1)?.id ?? drain.after); // meanwhile
      const attempt = await begun.attempt;
      if (this.#options.store() !== store) {
        // Another database has taken its place meanwhile: its rows are not these.
        begun = { end: 'waiting', nextAt: this.#options.clock() };
      } else if (signal.aborted && attempt.outcome.kind === 'retry') {
        if (permit) store.breaker.release(permit);
        this.#conclude(drain, store);
        begun = { end: 'aborted', nextAt: undefined };
      } else {
        drain.answered.push({ ...begun, attempt });
        const ahead = this.#beginAhead(drain, begun, attempt, following);
        if (!ahead || countRows(drain.answered) >= SETTLE_ROWS) {
          this.#conclude(drain, store);
          onProgress(total);
        }
        begun = ahead ?? this.#begin(drain);
      }
    }
  }

  /** Sends the next events, or says why there are none to send; `following` are these, if known. */
  #begin(drain: Drain, following?: readonly DueEvent[]): Request | Ending {
    const { limits, signal, total } = drain;
    const store = this.#options.store();
    const now = this.#options.clock();
    if (signal.aborted) return { end: 'aborted', nextAt: undefined };
    const { pausedUntil } = store.state.read();
    // One from further ahead was set before the clock was set back.
    const isPaused = pausedUntil > now && pausedUntil <= now + MAX_RETRY_AFTER_MS;
    if (isPaused && !limits.early) return { end: 'waiting', nextAt: pausedUntil };
    const attempted = total.delivered + total.dead + total.failed + countRows(drain.answered);
    const left = (limits.events ?? Infinity) - attempted;
    if (left <= 0) return { end: 'limit', nextAt: undefined };
    const due = (following ?? this.#nextRows(drain, drain.after)).slice(0, left);
    if (due.length === 0) {
      // What has failed in this drain may be due already.
      const again = store.outbox.isDue(now) ? now : undefined;
      const nextAt = store.outbox.nextAttemptAt(now) ?? again;
      return { end: nextAt === undefined ? 'empty' : 'waiting', nextAt };
    }
    const { permit, retryAt } = store.breaker.acquire();
    if (!permit && !limits.force) return { end: 'circuit_open', nextAt: retryAt ?? undefined };
    // A server that may not be well yet is asked with a single event.
    const rows = store.breaker.read().phase === 'closed' ? due : due.slice(0, 1);
    return { store, rows, permit, attempt: this.#send(rows, signal) };
  }

  /**
   * While a server that has taken everything works on the next events, the answer to the last ones is
   * written; order is kept, for they are acknowledged.
   */
  #beginAhead(
    drain: Drain,
    { store, rows }: Request,
    { outcome }: Attempt<BatchOutcome>,
    following: readonly DueEvent[],
  ): Request | undefined {
    const isTaken =
      outcome.kind === 'items' &&
      outcome.items.length === rows.length &&
      outcome.items.every(({ kind }) => kind === 'accepted');
    if (!isTaken || store.breaker.read().phase !== 'closed') return undefined;
    drain.after = rows.at(-1)?.id ?? drain.after;
    const begun = this.#begin(drain, following);
    return 'end' in begun ? undefined : begun;
  }

  #nextRows(drain: Drain, after: number): DueEvent[] {
    const { outbox } = this.#options.store();
    const due = outbox.due({
      now: this.#options.clock(),
      after,
      rows: this.#takesBatches ? this.#options.batchRows : 1,
      characters: BATCH_CHARACTERS,
      sessionId: drain.limits.sessionId,
      since: drain.startedAt,
      early: drain.limits.early,
    });
    const goesAlone = (row: DueEvent) =>
      row.id <= drain.aloneUntil || row.faults >= ALONE_AFTER_FAULTS;
    const alone = due.findIndex(goesAlone);
    if (alone === -1) return due;
    return due.slice(0, Math.max(alone, 1));
  }

  async #send(rows: readonly DueEvent[], signal: AbortSignal): Promise<Attempt<BatchOutcome>> {
    const { api } = this.#options;
    const [first] = rows;
    if (first && rows.length === 1) {
      const { outcome, ...rest } = await api.track(first.body, first.eventId, signal);
      if (outcome.kind !== 'accepted') return asOutage({ ...rest, outcome });
      return { ...rest, outcome: { kind: 'items', items: [outcome] } };
    }
    const bodies = rows.map(({ body }) => body);
    return asOutage(await api.trackBatch(bodies, signal));
  }

  /** Writes what the answers have come to, in one transaction. */
  #conclude(drain: Drain, store: DeliveryStore): void {
    const { answered } = drain;
    drain.answered = [];
    const transitions = store.transaction(() =>
      answered.map((answer) => this.#settle(drain, store, answer)),
    );
    for (const transition of transitions) {
      if (transition) this.#options.onTransition?.(transition);
    }
  }

  #settle(drain: Drain, store: DeliveryStore, { rows, permit, attempt }: Answered) {
    const { clock, retry } = this.#options;
    const { outcome, latencyMs, serverFault } = attempt;
    const lastId = rows.at(-1)?.id ?? drain.after;
    const reason = outcome.kind === 'retry' ? outcome.message : undefined;
    if (reason !== undefined) drain.lastError = reason;
    store.metrics.add('requests');
    store.metrics.observeLatency(latencyMs);
    if (serverFault) store.metrics.add('request_failures');
    if (outcome.kind === 'unsupported') {
      this.#takesBatches = false;
    } else if (outcome.kind === 'rejected' && rows.length > 1) {
      drain.aloneUntil = lastId;
    } else {
      const settled = settle(store, rows, outcome, { now: clock(), retry });
      drain.total.delivered += settled.delivered;
      drain.total.dead += settled.dead;
      drain.total.failed += settled.failed;
      drain.lastError = settled.lastError ?? drain.lastError;
      drain.after = Math.max(drain.after, lastId);
    }
    if (permit) return store.breaker.report(permit, { ok: !serverFault, latencyMs, reason });
    return serverFault ? null : store.breaker.reset();
  }
}

// --- internal ---

function countRows(answered: readonly Answered[]): number {
  return answered.reduce((total, { rows }) => total + rows.length, 0);
}

/** A wrong token or address must not turn the whole outbox into dead letters: it is like a server that is down. */
function asOutage(attempt: Attempt<BatchOutcome>): Attempt<BatchOutcome> {
  const { outcome } = attempt;
  if (outcome.kind !== 'rejected' || !MISCONFIGURED.has(outcome.status)) return attempt;
  return { ...attempt, serverFault: true, outcome: { kind: 'retry', message: outcome.message } };
}
