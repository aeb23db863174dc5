import type { TrackedEvent } from './rows/tracked-event.ts';

/**
 * Splits events into the parts that SQLite applies in a transaction each: some 500 of the usual ones, fewer if they name many parents.
 * All events of a request with an `Idempotency-Key` are in one part, since they are refused together.
 */
export function* partsOf(events: readonly TrackedEvent[]): Generator<readonly TrackedEvent[]> {
  let part: TrackedEvent[] = [];
  let cost = 0;
  for (const together of indivisible(events)) {
    const own = together.reduce((sum, event) => sum + costOf(event), 0);
    if (part.length > 0 && cost + own > MOST_AT_ONCE) {
      yield part;
      part = [];
      cost = 0;
    }
    part.push(...together);
    cost += own;
  }
  if (part.length > 0) yield part;
}

// --- internal ---

function* indivisible(events: readonly TrackedEvent[]): Generator<readonly TrackedEvent[]> {
  let from = 0;
  for (const [index, { request }] of events.entries()) {
    if (request !== undefined && request === events[index + 1]?.request) continue;
    yield events.slice(from, index + 1);
    from = index + 1;
  }
}

function costOf({ parentIds }: TrackedEvent): number {
  return 1 + parentIds.length / PARENTS_PER_EVENT;
}

/** Events of one transaction, which take some 50 ms. Parts of 250 cost a fifth of the rate at which batches of 50 are written. */
const MOST_AT_ONCE = 500;

/** So many parents cost as much as an event without any. */
const PARENTS_PER_EVENT = 5;
