import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../base/clock.ts';
import { addRemoved, FORGET_START, NOTHING_REMOVED } from '../store/rows/forgetting.ts';
import type { ForgetPlace, RemovedRows } from '../store/rows/forgetting.ts';
import { CLAIM_MS } from '../store/retention-store.ts';
import type { Retention } from '../store/retention-store.ts';
import type { ServiceStore } from '../store/service-store.ts';
import { deletionEntry } from './audit-log.ts';

/** What a `RetentionLoop` works with. */
export interface RetentionLoopOptions {
  readonly store: ServiceStore;
  readonly clock: Clock;
  /** Told what each step has deleted. */
  readonly onRemoved: (removed: RemovedRows) => void;
  /** Told how the work on a tenant ended. */
  readonly onRun: (result: 'done' | 'failed', error?: unknown) => void;
}

/** How often it looks for a tenant that is due, in milliseconds. */
const LOOK_EVERY_MS = 60_000;
/** The pause between two steps, in milliseconds: events that arrive are worth more than old ones. */
const PAUSE_MS = 20;

/**
 * Deletes what tenants keep no longer, in steps. Of all processes on one store, one at a time sees to a
 * tenant; if it dies, another goes on once the claim is over.
 */
export class RetentionLoop {
  readonly #options: RetentionLoopOptions;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #isStopped = false;

  /** Does nothing until it is started. */
  constructor(options: RetentionLoopOptions) {
    this.#options = options;
  }

  /** Looks for work now and then. */
  start(): void {
    if (this.#isStopped || this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#running = this.runDue().finally(() => this.start());
    }, LOOK_EVERY_MS).unref();
  }

  /** Starts no more work, and resolves when the step at work is done. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  /** Does all the work that is due. Never rejects. */
  async runDue(): Promise<void> {
    const { store, clock, onRun } = this.#options;
    while (!this.#isStopped) {
      try {
        const claimed = await store.retention.claim(clock());
        if (!claimed) return;
        await this.#clean(claimed);
      } catch (error) {
        onRun('failed', error);
        return; // the next look tries again, once the claim is over
      }
    }
  }

  async #clean(claimed: Retention): Promise<void> {
    const { store, clock, onRemoved, onRun } = this.#options;
    const begun = clock();
    const tenant = store.tenant(claimed.tenant);
    const selection = { before: begun - claimed.days * DAY_MS };
    let removed = NOTHING_REMOVED;
    let place: ForgetPlace | undefined = FORGET_START;
    let renewedAt = begun;
    let isMine = true;
    while (place && isMine && !this.#isStopped) {
      const step = await tenant.forgetStep(selection, place, clock());
      removed = addRemoved(removed, step.removed);
      onRemoved(step.removed);
      place = step.next;
      if (Math.abs(clock() - renewedAt) > CLAIM_MS / 4) {
        renewedAt = clock();
        isMine = await store.retention.renew(claimed, renewedAt);
      }
      await sleep(PAUSE_MS);
    }
    await tenant.settleForgetting(clock(), { isUrgent: false, waitMs: 0 });
    const isComplete = place === undefined;
    if (Object.values(removed).some((count) => count > 0)) {
      const actor = { tokenId: null, tokenName: null, address: null, route: 'retention' };
      const forgotten = { removed, isComplete };
      const entry = deletionEntry(
        { ...actor, tenant: claimed.tenant },
        begun,
        selection,
        forgotten,
      );
      await store.audit.add([entry]);
    }
    await store.retention.release(claimed, isComplete, clock());
    if (isComplete) onRun('done');
  }
}

// --- internal ---

const DAY_MS = 86_400_000;
