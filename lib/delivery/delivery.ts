import type { Clock } from '../base/clock.ts';
import type { Permit, Transition } from './breaker/breaker.ts';
import { crossesLineages } from './store/outbox-pass.ts';
import type { DueEvent, OutboxPass } from './store/outbox-pass.ts';
import { concernsSetup } from './http/classify.ts';
import type { Attempt, BatchOutcome, SinkClient } from './sink-client.ts';
import type { DeliveryStore } from './store/delivery-store.ts';
import { settle } from './settlement.ts';
import type { RetryPolicy, Settled } from './settlement.ts';

/** Characters of the bodies in one batch. */
const BATCH_CHARACTERS = 4 * 1024 * 1024;
/** Answers to so many events are written together; a courier that is killed sends them again. */
const SETTLE_ROWS = 500;
/** After so many faults an event is sent alone, in case it is what spoils its batches. */
const ALONE_AFTER_FAULTS = 2;
/** A sink that has said that it takes no batches is asked again after this time, in milliseconds. */
const SINGLY_MS = 600_000;
/** Among so many due events the one is chosen that probes a server which may not be well yet. */
const PROBE_ROWS = 100;

export interface DeliveryOptions {
  readonly store: () => DeliveryStore;
  readonly client: Pick<SinkClient, 'track' | 'trackBatch' | 'server' | 'isClosed'>;
  readonly clock: Clock;
  readonly retry: RetryPolicy;
  /** Events of one request. */
  readonly batchRows: number;
  readonly onTransition?: (transition: Transition) => void;
}

export interface DrainLimits {
  /** Events to attempt at most; default all. */
  readonly events?: number | undefined;
  /** The first characters of a session id: only its events, and those that the sink must have first. */
  readonly sessionId?: string | undefined;
  /** Wait for no next attempt, and for no pause from before; one that the sink asks for now ends the drain. */
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
  readonly rows: readonly DueEvent[];
  readonly permit: Permit | null;
  /** It leaves out due rows that come before it. */
  readonly leavesOut: boolean;
  readonly attempt: Promise<Attempt<BatchOutcome>>;
}

interface Answered extends Omit<Request, 'attempt'> {
  readonly attempt: Attempt<BatchOutcome>;
}

/** A server that is down is not asked again and again, whoever forces it. */
const MOST_FORCED_FAILURES = 3;

interface Drain {
  readonly limits: DrainLimits;
  readonly signal: AbortSignal;
  readonly total: { delivered: number; dead: number; failed: number };
  /** That it began with. */
  store: DeliveryStore;
  readonly pass: OutboxPass;
  /** Rows up to here have had their attempt in this drain. */
  after: number;
  /** What was answered and is not written yet. */
  answered: Answered[];
  /** Rows up to here are sent alone: the sink has refused them together. */
  aloneUntil: number;
  /** The sink has asked in this drain to be left alone until then. */
  askedUntil: number | undefined;
  lastError: string | undefined;
  /** Requests in it that failed although the circuit was open. */
  forcedFailures: number;
}

/** Sends what waits in the outbox of one sink. Who calls it holds the sink's delivery lock. */
export class Delivery {
  readonly #options: DeliveryOptions;
  /** Until then no batches are sent. */
  #singlyUntil = 0;
  /** Requests in a row that have failed as a whole. */
  #failedRequests = 0;

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  /** Attempts each due event once, in order, until none is left or the circuit opens. */
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
      return { ...drain.total, ...ending, lastError: drain.lastError };
    } catch (error) {
      try {
        this.#concludeRest(drain);
      } catch {
        // It is sent again, which changes nothing at the sink; the first error says more.
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
      if (!isGivenUp) drain.answered.push({ ...begun, attempt });
      // It was opened anew meanwhile, or another one has taken its place.
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

  /** Sends the next events, or says why there are none to send; `following` are these, if known. */
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
      // What has failed in this drain may be due already.
      const again = store.outbox.isDue(now) ? now : undefined;
      const nextAt = store.outbox.nextAttemptAt(now) ?? again;
      return { end: nextAt === undefined ? 'empty' : 'waiting', nextAt };
    }
    const { permit, retryAt } = store.breaker.acquire();
    const isForced = limits.force === true && drain.forcedFailures < MOST_FORCED_FAILURES;
    if (!permit && !isForced) return { end: 'circuit_open', nextAt: retryAt ?? undefined };
    const rows = store.breaker.read().phase === 'closed' ? due : this.#probe(drain);
    const leavesOut = rows[0]?.id !== due[0]?.id;
    return { rows, permit, leavesOut, attempt: this.#send(rows, signal) };
  }

  /**
   * While a server that has taken everything works on the next events, the answer to the last ones is
   * written; order is kept, for they are acknowledged.
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
    // An end from further ahead was set before the clock was set back.
    const isSingly = this.#singlyUntil > now && this.#singlyUntil <= now + SINGLY_MS;
    const rows = isSingly ? 1 : this.#options.batchRows;
    const due = drain.pass.next({ now, after, rows, characters: BATCH_CHARACTERS });
    const goesAlone = (row: DueEvent) =>
      row.id <= drain.aloneUntil || row.faults >= ALONE_AFTER_FAULTS;
    const alone = due.findIndex(goesAlone);
    if (alone === -1) return due;
    return due.slice(0, Math.max(alone, 1));
  }

  /**
   * The single event for a server that may not be well yet: one that has failed least often, so that an
   * event which always brings it down does not keep all others from being tried.
   */
  #probe(drain: Drain): DueEvent[] {
    const now = this.#options.clock();
    const limits = { now, after: drain.after, rows: PROBE_ROWS, characters: BATCH_CHARACTERS };
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

  async #send(rows: readonly DueEvent[], signal: AbortSignal): Promise<Attempt<BatchOutcome>> {
    const { client } = this.#options;
    const [first] = rows;
    if (first && rows.length === 1) {
      const { outcome, ...rest } = await client.track(first.body, first.eventId, signal);
      if (outcome.kind !== 'accepted') return asOutage({ ...rest, outcome });
      return { ...rest, outcome: { kind: 'items', items: [outcome] } };
    }
    const bodies = rows.map(({ body }) => body);
    return asOutage(await client.trackBatch(bodies, signal));
  }

  /** Writes what was answered and is not written yet, unless the database is another one now. */
  #concludeRest(drain: Drain): void {
    if (drain.answered.length === 0) return;
    const store = this.#options.store();
    if (store !== drain.store) {
      if (!drain.answered.some(({ rows }) => rows.some((row) => store.outbox.has(row)))) return;
      drain.store = store;
    }
    this.#conclude(drain);
  }

  /** Writes what the answers have come to, in one transaction. */
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
      this.#singlyUntil = now + SINGLY_MS;
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
    // The open circuit is the pause then.
    const isOpen = store.breaker.read().phase === 'open';
    if (isOpen && outcome.kind === 'retry' && !asksForPause(outcome)) store.state.pause(0);
    return transition;
  }
}

// --- internal ---

function countRows(answered: readonly Answered[]): number {
  return answered.reduce((total, { rows }) => total + rows.length, 0);
}

/** True when the sink itself has said that it is to be left alone for a while. */
function asksForPause({ status, retryAfterMs }: Extract<BatchOutcome, { kind: 'retry' }>): boolean {
  return status === 429 || retryAfterMs !== undefined;
}

/**
 * A wrong token or address must not turn the whole outbox into dead letters: it is like a server that is
 * down. So is one that fails each event of a batch.
 */
function asOutage(attempt: Attempt<BatchOutcome>): Attempt<BatchOutcome> {
  const { outcome } = attempt;
  if (outcome.kind === 'items') {
    const [first] = outcome.items;
    const isDown = first?.kind === 'retry' && outcome.items.every(({ kind }) => kind === 'retry');
    return isDown ? { ...attempt, outcome: first } : attempt;
  }
  if (outcome.kind !== 'rejected' || !concernsSetup(outcome.status)) return attempt;
  return { ...attempt, serverFault: true, outcome: { kind: 'retry', message: outcome.message } };
}
