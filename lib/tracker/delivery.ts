import type { Clock } from '../base/clock.ts';
import type { Permit, Transition } from '../resilience/breaker.ts';
import type { DueEvent } from '../store/outbox.ts';
import type { ApiClient, Attempt, BatchOutcome } from '../transport/api-client.ts';
import type { DeliveryStore } from './delivery-store.ts';
import { settle } from './settlement.ts';
import type { RetryPolicy, Settled } from './settlement.ts';

/** Characters of the bodies in one batch. */
const BATCH_CHARACTERS = 4 * 1024 * 1024;
/** Answers that speak of the address or the token, and not of the event that was sent. */
const MISCONFIGURED: ReadonlySet<number> = new Set([401, 403, 404, 405, 407]);
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

interface Drain {
  readonly limits: DrainLimits;
  readonly signal: AbortSignal;
  readonly total: { delivered: number; dead: number; failed: number };
  /** Rows up to here have had their attempt in this drain. */
  after: number;
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
    const drain: Drain = { limits, signal, total, after: 0, aloneUntil: 0, lastError: undefined };
    for (;;) {
      const end = await this.#step(drain);
      if (end) return { ...total, ...end, lastError: drain.lastError };
      onProgress(total);
    }
  }

  async #step(drain: Drain): Promise<Pick<DrainReport, 'end' | 'nextAt'> | undefined> {
    const { limits, signal, total } = drain;
    const store = this.#options.store();
    const now = this.#options.clock();
    if (signal.aborted) return { end: 'aborted', nextAt: undefined };
    const { pausedUntil } = store.state.read();
    if (pausedUntil > now && !limits.early) return { end: 'waiting', nextAt: pausedUntil };
    const left = (limits.events ?? Infinity) - total.delivered - total.dead - total.failed;
    if (left <= 0) return { end: 'limit', nextAt: undefined };
    const due = this.#nextRows(drain, Math.min(left, this.#options.batchRows));
    if (due.length === 0) {
      const nextAt = store.outbox.nextAttemptAt(now);
      return { end: nextAt === undefined ? 'empty' : 'waiting', nextAt };
    }
    const { permit, retryAt } = store.breaker.acquire();
    if (!permit && !limits.force) return { end: 'circuit_open', nextAt: retryAt ?? undefined };
    // A server that may not be well yet is asked with a single event.
    const rows = store.breaker.read().phase === 'closed' ? due : due.slice(0, 1);
    const attempt = await this.#send(rows, signal);
    if (signal.aborted && attempt.outcome.kind === 'retry') {
      if (permit) store.breaker.release(permit);
      return { end: 'aborted', nextAt: undefined };
    }
    // Another database has taken its place meanwhile: its rows are not these.
    if (this.#options.store() !== store) return { end: 'waiting', nextAt: now };
    this.#conclude(drain, rows, attempt, permit);
    return undefined;
  }

  #nextRows(drain: Drain, rows: number): DueEvent[] {
    const { outbox } = this.#options.store();
    const due = outbox.due({
      now: this.#options.clock(),
      after: drain.after,
      rows: this.#takesBatches ? rows : 1,
      characters: BATCH_CHARACTERS,
      sessionId: drain.limits.sessionId,
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

  /** Writes what an attempt has come to, in one transaction. */
  #conclude(
    drain: Drain,
    rows: readonly DueEvent[],
    attempt: Attempt<BatchOutcome>,
    permit: Permit | null,
  ): void {
    const { clock, retry, onTransition } = this.#options;
    const store = this.#options.store();
    const { outcome, latencyMs, serverFault } = attempt;
    const lastId = rows.at(-1)?.id ?? drain.after;
    const reason = outcome.kind === 'retry' ? outcome.message : undefined;
    if (reason !== undefined) drain.lastError = reason;
    const transition = store.transaction(() => {
      store.metrics.add('requests');
      store.metrics.observeLatency(latencyMs);
      if (serverFault) store.metrics.add('request_failures');
      const now = clock();
      if (outcome.kind === 'unsupported') {
        this.#takesBatches = false;
      } else if (outcome.kind === 'rejected' && rows.length > 1) {
        drain.aloneUntil = lastId;
      } else {
        const settled = settle(store, rows, outcome, { now, retry });
        drain.total.delivered += settled.delivered;
        drain.total.dead += settled.dead;
        drain.total.failed += settled.failed;
        drain.lastError = settled.lastError ?? drain.lastError;
        drain.after = lastId;
      }
      if (permit) return store.breaker.report(permit, { ok: !serverFault, latencyMs, reason });
      return serverFault ? null : store.breaker.reset();
    });
    if (transition) onTransition?.(transition);
  }
}

// --- internal ---

/** A wrong token or address must not turn the whole outbox into dead letters: it is like a server that is down. */
function asOutage(attempt: Attempt<BatchOutcome>): Attempt<BatchOutcome> {
  const { outcome } = attempt;
  if (outcome.kind !== 'rejected' || !MISCONFIGURED.has(outcome.status)) return attempt;
  return { ...attempt, serverFault: true, outcome: { kind: 'retry', message: outcome.message } };
}
