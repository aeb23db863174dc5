import { Deadline } from '../base/deadline.ts';
import type { Elapsed } from '../base/deadline.ts';
import { concernsSetup } from './http/classify.ts';
import type { Attempt, BatchOutcome, SinkClient } from './sink-client.ts';
import { ERASURE_EVENT } from './store/outbox-pass.ts';
import type { DueEvent } from './store/outbox-pass.ts';

/** After this many requests without a reply, in a row, batches become smaller. */
const MOST_CUT_BATCHES = 2;
/** How long events are sent singly to a sink that does not accept batches, in milliseconds. */
const SINGLY_MS = 600_000;

/** What requests are made with. */
export interface BatchSenderOptions {
  readonly client: Pick<SinkClient, 'track' | 'trackBatch' | 'erase'>;
  /** @default the time of this process */
  readonly elapsed?: Elapsed | undefined;
  /** The most events in one request. */
  readonly batchRows: number;
}

/** Makes the requests to one sink, and finds out how many events it accepts in one. */
export class BatchSender {
  readonly #options: BatchSenderOptions;
  /** Until it is over, events are sent singly. */
  #singly = Deadline.past();
  /** Requests with several events that got no reply, since the last one that got one. */
  #cutBatches = 0;
  /** The most events in one request for now: some servers cut the connection when one is too large. */
  #mostRows: number;

  constructor(options: BatchSenderOptions) {
    this.#options = options;
    this.#mostRows = options.batchRows;
  }

  /** The most events in one request for now. */
  get mostRows(): number {
    return this.#singly.isOver ? this.#mostRows : 1;
  }

  /** Sends events singly for a while, because the sink does not accept batches. */
  sendSingly(): void {
    this.#singly = Deadline.in(SINGLY_MS, this.#options.elapsed);
  }

  /** Sends events in one request. */
  async send(rows: readonly DueEvent[], signal: AbortSignal): Promise<Attempt<BatchOutcome>> {
    const { client } = this.#options;
    const [first] = rows;
    if (first && rows.length === 1) {
      const { body, eventId, eventType } = first;
      const { outcome, ...rest } = await (eventType === ERASURE_EVENT && client.erase
        ? client.erase(body, eventId, signal)
        : client.track(body, eventId, signal));
      if (outcome.kind !== 'accepted') return asOutage({ ...rest, outcome });
      return { ...rest, outcome: { kind: 'items', items: [outcome] } };
    }
    const bodies = rows.map(({ body }) => body);
    return asOutage(await client.trackBatch(bodies, signal));
  }

  /** Halves the batches after some that got no reply, and doubles them again with each that got one. */
  fit(rows: number, { outcome, serverFault }: Attempt<BatchOutcome>): void {
    if (rows === 1 && this.#mostRows > 1) return; // an event that was sent alone says nothing about batches
    if (outcome.kind !== 'retry') {
      this.#cutBatches = 0;
      if (rows >= this.#mostRows) {
        this.#mostRows = Math.min(this.#mostRows * 2, this.#options.batchRows);
      }
    } else if (serverFault && outcome.status === undefined) {
      this.#cutBatches += 1;
      if (this.#cutBatches >= MOST_CUT_BATCHES) this.#mostRows = Math.ceil(rows / 2);
    }
  }
}

// --- internal ---

/**
 * Turns answers that concern every event alike into an outage. A wrong token or address, or a server that
 * fails each event of a batch, must not turn the whole outbox into dead letters.
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
