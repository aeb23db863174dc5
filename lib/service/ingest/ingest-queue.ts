import { InvariantError } from '../../base/errors.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TrackAnswer, TrackedEvent } from '../store/rows/tracked-event.ts';
import { StoreUnavailableError } from '../store/store-unavailable-error.ts';
import type { ServiceStore } from '../store/service-store.ts';
import { busyFault } from '../http/http-fault.ts';

/** How much an `IngestQueue` holds and for how long. */
export interface IngestQueueOptions {
  /** Calls of `track` at a time for one tenant: 1 on SQLite, which has one writer, more on PostgreSQL. */
  readonly concurrency: number;
  /** The most events that wait or are being written, of all tenants. @default 10,000 */
  readonly maxEvents?: number;
  /** The most bytes that the bodies of their requests have together. @default 64 MiB */
  readonly maxBytes?: number;
  /**
   * How long a request waits for its commit, in milliseconds. Then its client is told to come again, before
   * it gives up by itself: our own wait 5 s, proxies 3 s. @default 2,000
   */
  readonly timeoutMs?: number;
  /** Called after each transaction. */
  readonly onCommit?: () => void;
}

/** The most events of one `track` call. Such a transaction takes about 50 ms. */
export const MAX_GROUP = 1_000;

/**
 * Group commit: all events that wait for one tenant go into one transaction, so that a hundred clients cost
 * about as many commits as one. `submit` resolves only when its events are durable.
 */
export class IngestQueue {
  readonly #store: ServiceStore;
  readonly #options: Required<IngestQueueOptions>;
  readonly #lanes = new Map<string, Lane>();
  #events = 0;
  #bytes = 0;

  /** Starts empty. */
  constructor(store: ServiceStore, options: IngestQueueOptions) {
    this.#store = store;
    this.#options = {
      maxEvents: 10_000,
      maxBytes: 64 * 1024 * 1024,
      timeoutMs: 2_000,
      onCommit: () => {},
      ...options,
    };
  }

  /** Events that wait or are being written. */
  get events(): number {
    return this.#events;
  }

  /**
   * Applies the events of one request, at most `MAX_GROUP`, in their order.
   *
   * A request that has waited for `timeoutMs` and was not begun is removed. Nothing else removes one: a
   * client that disconnects does not withdraw its request. `bytes` is the size of the request's body.
   *
   * @throws HttpFault 503 when the queue is full or after `timeoutMs`, and whatever the store rejects with
   */
  submit(tenant: string, events: readonly TrackedEvent[], bytes: number): Promise<TrackAnswer[]> {
    const { maxEvents, maxBytes, timeoutMs } = this.#options;
    // A single request that is larger than the limits passes when nothing else waits.
    const isFull =
      this.#events > 0 &&
      (this.#events + events.length > maxEvents || this.#bytes + bytes > maxBytes);
    if (isFull) return Promise.reject(busyFault('Too many events are waiting to be stored'));
    this.#events += events.length;
    this.#bytes += bytes;
    return new Promise((resolve, reject) => {
      const submission: Submission = {
        events,
        bytes,
        resolve,
        reject,
        timer: setTimeout(() => this.#expire(lane, submission), timeoutMs),
      };
      const lane = this.#lane(tenant);
      lane.waiting.push(submission);
      this.#schedule(lane);
    });
  }

  /** Resolves when all events are written, also those whose clients are gone, or after `maxMs` milliseconds. */
  async idle(maxMs: number): Promise<void> {
    const until = performance.now() + maxMs;
    while (this.#events > 0 && performance.now() < until) await sleep(IDLE_CHECK_MS);
  }

  #lane(tenant: string): Lane {
    let lane = this.#lanes.get(tenant);
    if (!lane) {
      lane = { tenant, waiting: [], running: 0, isScheduled: false };
      this.#lanes.set(tenant, lane);
    }
    return lane;
  }

  /** Waits for the next turn of the event loop, so that all requests read in this turn form one group. */
  #schedule(lane: Lane): void {
    if (lane.isScheduled || lane.running >= this.#options.concurrency) return;
    lane.isScheduled = true;
    setImmediate(() => {
      lane.isScheduled = false;
      const group = takeGroup(lane.waiting);
      if (group.length === 0) return this.#tidy(lane);
      lane.running += 1;
      void this.#write(lane, group).finally(() => {
        lane.running -= 1;
        this.#schedule(lane);
        this.#tidy(lane);
      });
      this.#schedule(lane);
    });
  }

  #tidy(lane: Lane): void {
    if (lane.waiting.length === 0 && lane.running === 0 && !lane.isScheduled) {
      this.#lanes.delete(lane.tenant);
    }
  }

  async #write(lane: Lane, group: readonly Submission[]): Promise<void> {
    const events = group.flatMap((submission) => submission.events);
    try {
      const answers = await this.#store.tenant(lane.tenant).track(events);
      this.#options.onCommit();
      if (answers.length !== events.length)
        throw new InvariantError('the store left events unanswered');
      let from = 0;
      for (const submission of group) {
        const own = answers.slice(from, from + submission.events.length);
        from += submission.events.length;
        this.#settle(submission, () => submission.resolve(own));
      }
    } catch (error) {
      if (group.length === 1 || error instanceof StoreUnavailableError) {
        for (const submission of group) this.#settle(submission, () => submission.reject(error));
        return;
      }
      // A request that the store rejects must not fail the others of its group.
      for (const submission of group) await this.#write(lane, [submission]);
    }
  }

  #settle(submission: Submission, settle: () => void): void {
    clearTimeout(submission.timer);
    this.#events -= submission.events.length;
    this.#bytes -= submission.bytes;
    settle();
  }

  #expire(lane: Lane, submission: Submission): void {
    const late = busyFault('Storing took too long; the same events can be sent again');
    const index = lane.waiting.indexOf(submission);
    if (index === -1) return submission.reject(late); // being written: it counts until the store answers
    lane.waiting.splice(index, 1);
    this.#settle(submission, () => submission.reject(late));
    this.#tidy(lane);
  }
}

// --- internal ---

/** How often `idle` looks whether events are left, in milliseconds. */
const IDLE_CHECK_MS = 20;

interface Submission {
  readonly events: readonly TrackedEvent[];
  readonly bytes: number;
  readonly resolve: (answers: TrackAnswer[]) => void;
  readonly reject: (reason: unknown) => void;
  readonly timer: NodeJS.Timeout;
}

/** The requests of one tenant that wait, in the order in which they came. */
interface Lane {
  readonly tenant: string;
  readonly waiting: Submission[];
  running: number;
  isScheduled: boolean;
}

function takeGroup(waiting: Submission[]): Submission[] {
  let events = 0;
  let count = 0;
  for (const submission of waiting) {
    events += submission.events.length;
    if (count > 0 && events > MAX_GROUP) break;
    count += 1;
  }
  return waiting.splice(0, count);
}
