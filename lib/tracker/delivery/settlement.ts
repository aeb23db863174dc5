import { fullJitter } from '../../resilience/backoff.ts';
import type { DueEvent } from '../../store/outbox.ts';
import type { BatchOutcome, Delivered } from '../../transport/api-client.ts';
import type { DeliveryStore } from './delivery-store.ts';

/** No Retry-After is believed beyond this, in milliseconds: a slip of a server must not end delivery. */
export const MAX_RETRY_AFTER_MS = 86_400_000;

export interface RetryPolicy {
  /** The first wait is at most this long, each further one at most twice the one before. */
  readonly baseMs: number;
  readonly maxMs: number;
  /** Faults of one event after which it is a dead letter. */
  readonly maxFaults: number;
  /** A number from 0 to below 1. */
  readonly random: () => number;
}

/** What became of the events of one or several attempts. */
export interface Settled {
  readonly delivered: number;
  readonly dead: number;
  /** They wait for another attempt. */
  readonly failed: number;
}

export interface Settlement extends Settled {
  readonly lastError: string | undefined;
}

/**
 * Writes what became of the rows of one request: forgets what was acknowledged, and gives the others
 * their next attempt or makes them dead letters. To be called in a transaction.
 */
export function settle(
  store: DeliveryStore,
  rows: readonly DueEvent[],
  outcome: Exclude<BatchOutcome, { kind: 'unsupported' }>,
  { now, retry }: { readonly now: number; readonly retry: RetryPolicy },
): Settlement {
  const lastDeliveredAt = store.state.read().lastDeliveredAt ?? 0;
  const acknowledged: number[] = [];
  const waiting = new Set<string>();
  let dead = 0;
  let failed = 0;
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
      waiting.has(row.lineageId) || (row.eventType === 'pattern_merged' && waiting.size > 0);
    const isFault =
      answer.kind === 'retry' &&
      (outcome.kind === 'items' || lastDeliveredAt >= (row.attemptedAt ?? Infinity));
    const isDead = isFault
      ? row.faults + 1 >= retry.maxFaults
      : !isBehind && answer.kind === 'rejected';
    const asked = answer.kind === 'retry' ? boundedWait(answer.retryAfterMs) : undefined;
    const wait = Math.max(asked ?? 0, fullJitter(row.attempts + 1, retry, retry.random));
    const notBefore = isDead ? undefined : now + Math.max(1, wait);
    store.outbox.fail(row.id, { error: answer.message, at: now, notBefore, isFault });
    if (isDead) {
      dead += 1;
    } else {
      failed += 1;
      waiting.add(row.lineageId);
    }
  }
  store.outbox.acknowledge(acknowledged);
  if (acknowledged.length > 0) store.state.noteDelivered(now);
  if (lastError !== undefined) store.state.noteError(lastError, now);
  if (outcome.kind === 'retry' && outcome.retryAfterMs !== undefined) {
    store.state.pause(now + (boundedWait(outcome.retryAfterMs) ?? 0));
  }
  store.metrics.add('delivered', acknowledged.length);
  store.metrics.add('dead', dead);
  store.metrics.add('retries', rows.filter(({ attempts }) => attempts > 0).length);
  return { delivered: acknowledged.length, dead, failed, lastError };
}

// --- internal ---

function boundedWait(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.min(ms, MAX_RETRY_AFTER_MS);
}

function answerTo(
  outcome: Exclude<BatchOutcome, { kind: 'unsupported' }>,
  index: number,
): Delivered {
  if (outcome.kind !== 'items') return outcome;
  return (
    outcome.items[index] ?? { kind: 'retry', message: 'The reply says nothing of this event.' }
  );
}
