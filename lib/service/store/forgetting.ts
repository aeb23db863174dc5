import type { Clock } from '../../base/clock.ts';
import { addRemoved, FORGET_START, NOTHING_REMOVED } from './rows/forgetting.ts';
import type { ForgetPlace, ForgetStep, RemovedRows, Selection } from './rows/forgetting.ts';
import type { PatternStore } from './pattern-store.ts';

/** How to run a deletion. */
export interface ForgettingOptions {
  /** Whether only to count what would be deleted. */
  readonly isTrial: boolean;
  readonly clock: Clock;
  /** Asked between two steps; false ends the deletion early. @default goes on to the end */
  readonly mayGoOn?: () => boolean;
  /** How long to wait at the end until nothing is left in the files, in milliseconds. @default 5,000 */
  readonly settleMs?: number;
  /** Told what each step has deleted. @default nobody is told */
  readonly onRemoved?: (removed: RemovedRows) => void;
}

/** What a deletion did. */
export interface Forgotten {
  readonly removed: RemovedRows;
  /** False if it was ended early; the same deletion again does the rest. */
  readonly isComplete: boolean;
}

/**
 * Deletes what a selection names, in steps: each is a short transaction of its own and leaves the store
 * sound, so that others write in between, and a kill loses nothing.
 *
 * @throws StoreUnavailableError
 */
export async function forget(
  store: PatternStore,
  selection: Selection,
  {
    isTrial,
    clock,
    mayGoOn = () => true,
    settleMs = 5_000,
    onRemoved = () => {},
  }: ForgettingOptions,
): Promise<Forgotten> {
  let removed = NOTHING_REMOVED;
  let place: ForgetPlace | undefined = FORGET_START;
  while (place && mayGoOn()) {
    const step: ForgetStep = isTrial
      ? await store.countStep(selection, place)
      : await store.forgetStep(selection, place, clock());
    removed = addRemoved(removed, step.removed);
    if (!isTrial) onRemoved(step.removed);
    place = step.next;
    // A store on SQLite works in this thread, and others are to have their turn.
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (!isTrial && !place)
    await store.settleForgetting(clock(), { isUrgent: true, waitMs: settleMs });
  return { removed, isComplete: place === undefined };
}
