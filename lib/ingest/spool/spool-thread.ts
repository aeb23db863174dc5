import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import type { Arrival, ArrivalLimits } from '../arrival.ts';
import { limitHeap } from '../courier/heap-limit.ts';
import { removeSpoolFiles } from './spool-reader.ts';
import type { SpoolFile } from './spool-reader.ts';

/** So many files go to the thread, and come back, at a time: that bounds what either holds. */
const CHUNK_FILES = 32;
/** A thread that does not answer for so long is given up, in milliseconds. */
const ANSWER_MS = 2_000;

/** What the thread is started with. */
export interface SpoolThreadData {
  readonly limits: ArrivalLimits;
  readonly port: MessagePort;
  /** One number, which the thread raises with every answer. */
  readonly answers: Int32Array;
}

export type SpoolThreadRequest =
  | { readonly kind: 'read'; readonly files: readonly SpoolFile[] }
  | { readonly kind: 'remove'; readonly files: readonly SpoolFile[] };

/**
 * For each file of a request what it holds, or null where that is not known: gone, bad, or too large for a
 * thread. Of files to remove, null for those that are still there.
 */
export type SpoolThreadAnswer = readonly (Arrival | 'removed' | null)[];

/**
 * A thread that reads, parses and redacts the next spool files, and removes the last ones, while the courier
 * writes those between them to the database (docs/decisions/012). It only saves time: what it does not do,
 * for whatever reason, the courier does itself.
 */
export class SpoolThread {
  readonly #thread: Worker;
  readonly #port: MessagePort;
  readonly #answers = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  /** What it was asked for and has not answered yet, in order. */
  readonly #asked: SpoolThreadRequest[] = [];
  /** The requests to read, by the path of their first file. */
  readonly #chunks = new Map<string, SpoolThreadRequest>();
  readonly #arrivals = new Map<string, Arrival>();
  #notRemoved: SpoolFile[] = [];
  #hasAnswered = false;
  #hasFailed = false;

  /** `bundle` is the file of the thread's program, scripts/spool-thread.ts. */
  constructor(bundle: string, limits: ArrivalLimits) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    const workerData: SpoolThreadData = { limits, port: port2, answers: this.#answers };
    this.#thread = new Worker(bundle, { workerData, transferList: [port2], resourceLimits: SMALL });
    this.#thread.on('error', () => {}); // it does not answer any more
    this.#thread.unref(); // whatever becomes of the sweep, it keeps no courier alive
  }

  /** Has a batch read; batches are to be taken in the order in which they are asked for. */
  read(batch: readonly SpoolFile[]): void {
    for (let from = 0; from < batch.length; from += CHUNK_FILES) {
      const files = batch.slice(from, from + CHUNK_FILES);
      const request = this.#ask({ kind: 'read', files });
      if (files[0]) this.#chunks.set(files[0].path, request);
    }
  }

  /** Has files removed whose events are in the database, before `end` is done at the latest. */
  async remove(files: readonly SpoolFile[]): Promise<void> {
    this.#ask({ kind: 'remove', files });
  }

  /** What a file holds, once the thread has come to it; undefined where the thread does not tell. */
  take({ path }: SpoolFile): Arrival | undefined {
    const chunk = this.#chunks.get(path);
    // Those before it that nobody came for, of a batch that failed, are dropped.
    if (chunk) while (this.#receive() !== chunk);
    return this.#arrivals.get(path);
  }

  /**
   * Waits for what it was asked for, then ends it.
   *
   * @throws when a file can't be removed.
   */
  async end(): Promise<void> {
    while (this.#asked.length > 0) this.#receive();
    this.#port.close();
    await this.#thread.terminate();
    await removeSpoolFiles(this.#notRemoved);
  }

  #ask(request: SpoolThreadRequest): SpoolThreadRequest {
    this.#asked.push(request);
    if (!this.#hasFailed) this.#port.postMessage(request);
    return request;
  }

  /** Takes the answer to the request that was made first. */
  #receive(): SpoolThreadRequest | undefined {
    const request = this.#asked.shift();
    if (!request) return undefined;
    const answer = this.#answer();
    if (request.kind === 'remove') {
      this.#notRemoved.push(...request.files.filter((_, index) => !answer?.[index]));
      return request;
    }
    this.#chunks.delete(request.files[0]?.path ?? '');
    this.#arrivals.clear();
    for (const [index, { path }] of request.files.entries()) {
      const arrival = answer?.[index];
      if (arrival && arrival !== 'removed') this.#arrivals.set(path, arrival);
    }
    return request;
  }

  /** Waits in place: it is called in the middle of a transaction. */
  #answer(): SpoolThreadAnswer | undefined {
    while (!this.#hasFailed) {
      const seen = Atomics.load(this.#answers, 0);
      const received = receiveMessageOnPort(this.#port) as
        | { readonly message: SpoolThreadAnswer }
        | undefined;
      if (received) {
        if (!this.#hasAnswered) limitHeap(); // now that the thread is there
        this.#hasAnswered = true;
        return received.message;
      }
      this.#hasFailed = Atomics.wait(this.#answers, 0, seen, ANSWER_MS) === 'timed-out';
    }
    return undefined;
  }
}

/** The batches in order; `thread` reads each while the one before it is in use. */
export function* readAhead(
  batches: Iterable<readonly SpoolFile[]>,
  thread: SpoolThread | undefined,
): Generator<readonly SpoolFile[]> {
  let current: readonly SpoolFile[] | undefined;
  for (const batch of batches) {
    thread?.read(batch);
    if (current) yield current;
    current = batch;
  }
  if (current) yield current;
}

// --- internal ---

/** A heap of a thread would grow larger than the courier's. In MiB. */
const SMALL = { maxYoungGenerationSizeMb: 1 };
