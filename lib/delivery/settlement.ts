import { fullJitter, MAX_WAIT_MS } from './breaker/backoff.ts';
import { isOverloaded } from './http/classify.ts';
import { crossesLineages } from './store/outbox-pass.ts';
import type { SentEvent } from './store/outbox-pass.ts';
import type { BatchOutcome, Delivered } from './sink-client.ts';
import type { DeliveryStore } from './store/delivery-store.ts';

/** How long to wait between attempts, and when to stop (`resilience.retry`). */
export interface RetryPolicy {
  /** The longest first wait, in milliseconds; the bound doubles with each further attempt. */
  readonly baseMs: number;
  /** The longest wait of all, in milliseconds. */
  readonly maxMs: number;
  /** An event with this many faults becomes a dead letter. */
  readonly maxFaults: number;
  /** Returns a number from 0 to below 1. */
  readonly random: () => number;
}

/** When and by which policy a request is settled. */
export interface SettleOptions {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly retry: RetryPolicy;
  /** Requests in a row that failed as a whole, including this one. */
  readonly failedRequests: number;
}

/** How many events of one or more requests were delivered, became dead letters or failed. */
export interface Settled {
  readonly delivered: number;
  readonly dead: number;
  /** Events that wait for another attempt. */
  readonly failed: number;
}

/** The result of settling one request. */
export interface Settlement extends Settled {
  /** The events that wait for another attempt. */
  readonly waiting: readonly SentEvent[];
  /** Why the last event that was not accepted failed; undefined when all were accepted. */
  readonly lastError: string | undefined;
}

/**
 * Writes what became of the rows of one request: removes the acknowledged ones, schedules the next attempt
 * of the others or makes them dead letters, and pauses the sink if the request failed as a whole. Call it
 * in a transaction.
 */
export function settle(
  store: DeliveryStore,
  rows: readonly SentEvent[],
  outcome: Exclude<BatchOutcome, { kind: 'unsupported' }>,
  { now, retry, failedRequests }: SettleOptions,
): Settlement {
  const { pausedUntil, ...state } = store.state.read();
  // A time in the future was written while the clock ran ahead, so it says nothing about order.
  const deliveredAt = state.lastDeliveredAt ?? 0;
  const lastDeliveredAt = deliveredAt <= now ? deliveredAt : 0;
  // All rows share one random draw, so that a batch that failed is retried as a batch.
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
  const waiting: SentEvent[] = [];
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
    // The sink may have refused it only because its parent has not been accepted yet.
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
