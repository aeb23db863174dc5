import { fullJitter, MAX_WAIT_MS } from './breaker/backoff.ts';
import { isOverloaded } from './http/classify.ts';
import { crossesLineages } from './store/outbox-pass.ts';
import type { DueEvent } from './store/outbox-pass.ts';
import type { BatchOutcome, Delivered } from './sink-client.ts';
import type { DeliveryStore } from './store/delivery-store.ts';

export interface RetryPolicy {
  /** The first wait is at most this long, each further one at most twice the one before; milliseconds. */
  readonly baseMs: number;
  readonly maxMs: number;
  /** Faults of one event after which it is a dead letter. */
  readonly maxFaults: number;
  /** A number from 0 to below 1. */
  readonly random: () => number;
}

export interface SettleOptions {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly retry: RetryPolicy;
  /** Requests in a row that have failed as a whole, this one included. */
  readonly failedRequests: number;
}

/** What became of the events of one or several attempts. */
export interface Settled {
  readonly delivered: number;
  readonly dead: number;
  /** They wait for another attempt. */
  readonly failed: number;
}

export interface Settlement extends Settled {
  /** Those that have failed. */
  readonly waiting: readonly DueEvent[];
  readonly lastError: string | undefined;
}

/**
 * Writes what became of the rows of one request: forgets what was acknowledged, gives the others their
 * next attempt or makes them dead letters, and has the sink left alone for a while if the request has
 * failed as a whole. To be called in a transaction.
 */
export function settle(
  store: DeliveryStore,
  rows: readonly DueEvent[],
  outcome: Exclude<BatchOutcome, { kind: 'unsupported' }>,
  { now, retry, failedRequests }: SettleOptions,
): Settlement {
  const { pausedUntil, ...state } = store.state.read();
  // A time that is still to come is of a clock that ran ahead, and says nothing.
  const deliveredAt = state.lastDeliveredAt ?? 0;
  const lastDeliveredAt = deliveredAt <= now ? deliveredAt : 0;
  // One draw for all, so that what has failed as a batch comes again as a batch.
  const drawn = retry.random();
  const asked = outcome.kind === 'retry' ? (outcome.retryAfterMs ?? 0) : 0;
  const waitAfter = (failures: number) =>
    Math.min(
      Math.max(
        asked,
        fullJitter(failures, retry, () => drawn),
      ),
      MAX_WAIT_MS,
    );
  const failing = rows.filter((_, index) => answerTo(outcome, index).kind !== 'accepted');
  const attempts = 1 + Math.max(0, ...failing.map((row) => row.attempts));
  const nextAt = now + Math.max(1, waitAfter(attempts));
  const acknowledged: number[] = [];
  const waiting: DueEvent[] = [];
  const waitingLineages = new Set<string>();
  let dead = 0;
  let lastError: string | undefined;
  for (const [index, row] of rows.entries()) {
    const answer = answerTo(outcome, index);
    if (answer.kind === 'accepted') {
      acknowledged.push(row.id);
      continue;
    }
    lastError = answer.message;
    // The sink may refuse it only because it does not know its parent yet.
    const isBehind =
      waitingLineages.has(row.lineageId) || (crossesLineages(row.eventType) && waiting.length > 0);
    // 429 and 503 mean an overloaded server, not a bad event.
    const isOfServer = outcome.kind === 'retry' && isOverloaded(outcome.status);
    const isFault =
      answer.kind === 'retry' &&
      !isOfServer &&
      (outcome.kind === 'items' || lastDeliveredAt >= (row.attemptedAt ?? Infinity));
    const isDead = isFault
      ? row.faults + 1 >= retry.maxFaults
      : !isBehind && answer.kind === 'rejected';
    const notBefore = isDead ? undefined : nextAt;
    store.outbox.fail(row.id, { error: answer.message, at: now, notBefore, isFault });
    if (isDead) {
      dead += 1;
    } else {
      waiting.push(row);
      waitingLineages.add(row.lineageId);
    }
  }
  store.outbox.acknowledge(acknowledged);
  if (acknowledged.length > 0) store.state.noteDelivered(now);
  if (lastError !== undefined) store.state.noteError(lastError, now);
  if (outcome.kind === 'retry') store.state.pause(now + waitAfter(failedRequests));
  else if (pausedUntil > now) store.state.pause(0);
  store.metrics.add('delivered', acknowledged.length);
  store.metrics.add('dead', dead);
  store.metrics.add('retries', rows.filter((row) => row.attempts > 0).length);
  return { delivered: acknowledged.length, dead, failed: waiting.length, waiting, lastError };
}

// --- internal ---

function answerTo(
  outcome: Exclude<BatchOutcome, { kind: 'unsupported' }>,
  index: number,
): Delivered {
  if (outcome.kind !== 'items') return outcome;
  return (
    outcome.items[index] ?? { kind: 'retry', message: 'The reply says nothing of this event.' }
  );
}
