import { unlinkSync } from 'node:fs';
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { errorMessage } from '../../base/errors.ts';
import type { Arrival, ArrivalLimits } from '../arrival.ts';
import type { OwnRedaction } from '../../redact/own/own-rules.ts';
import { limitHeap } from '../courier/heap-limit.ts';
import { removeSpoolFiles } from './spool-reader.ts';
import type { SpoolFile } from './spool-reader.ts';

/** Files in one request to the thread and in its answer, which bounds the memory of both. */
const CHUNK_FILES = 32;
/** Requests that the thread has at a time: while they wait for the courier, answers take some 100 KB each. */
const MOST_POSTED = 8;

/** The data that the thread is started with. */
export interface SpoolThreadData {
  readonly limits: ArrivalLimits;
  /** The user's own rules. */
  readonly redaction: OwnRedaction;
  readonly port: MessagePort;
  /** A single number, which the thread increments with every answer. */
  readonly answers: Int32Array;
}

/** What a {@link SpoolThread} does beside the usual, and how long it waits. */
export interface SpoolThreadOptions {
  /** Called at most once, with the reason, when the thread will do nothing more. */
  readonly onGivenUp?: ((reason: string) => void) | undefined;
  /** How long it may take to start, in milliseconds: on a machine with much to do, some seconds. @default 15,000 */
  readonly startMs?: number | undefined;
  /** How long an answer may take then, in milliseconds; the database is locked meanwhile. @default 2,000 */
  readonly answerMs?: number | undefined;
}

/** What the thread is asked to do with files. */
export type SpoolThreadRequest =
  | { readonly kind: 'read'; readonly files: readonly SpoolFile[] }
  | { readonly kind: 'remove'; readonly files: readonly SpoolFile[] };

/**
 * The answer for each file of a request. To a read: its content, or null if the file is gone, bad, or
 * too large for the thread. To a removal: null if the file is still there.
 */
export type SpoolThreadAnswer = readonly (Arrival | 'removed' | null)[];

/**
 * A thread that reads, parses and redacts the next spool files, and removes the previous ones, while the
 * courier writes the current ones to the database (docs/decisions/012). It only saves time: whatever it
 * does not do, for any reason, the courier does itself.
 */
export class SpoolThread {
  readonly #thread: Worker;
  readonly #port: MessagePort;
  readonly #answers = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  /** The requests that it has not answered yet, in order. */
  readonly #asked: SpoolThreadRequest[] = [];
  /** How many of them it has been given. */
  #posted = 0;
  /** The pending requests to read, by the path of their first file. */
  readonly #chunks = new Map<string, SpoolThreadRequest>();
  readonly #arrivals = new Map<string, Arrival>();
  #notRemoved: SpoolFile[] = [];
  /** What this thread removes while it waits for the other. */
  #toRemove: SpoolFile[] = [];
  #hasFailed = false;
  #isEnding = false;
  readonly #starting: Promise<void>;
  readonly #onGivenUp: (reason: string) => void;
  readonly #answerMs: number;

  /** `bundle` is the file of the thread's program, scripts/programs/spool-thread.ts. */
  constructor(
    bundle: string,
    limits: ArrivalLimits,
    redaction: OwnRedaction,
    { onGivenUp = () => {}, startMs = 15_000, answerMs = 2_000 }: SpoolThreadOptions = {},
  ) {
    this.#onGivenUp = onGivenUp;
    this.#answerMs = answerMs;
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    const workerData: SpoolThreadData = { limits, redaction, port: port2, answers: this.#answers };
    this.#thread = new Worker(bundle, { workerData, transferList: [port2], resourceLimits: SMALL });
    this.#starting = this.#awaitStart(startMs);
    this.#thread.unref(); // whatever happens to the sweep, the thread must not keep the courier alive
  }

  /** Waits until the thread is ready, or given up. Call it before `take`, which has less patience. */
  async started(): Promise<void> {
    await this.#starting;
  }

  /** Asks for a batch to be read. Batches have to be taken in the order in which they were asked for. */
  read(batch: readonly SpoolFile[]): void {
    for (let from = 0; from < batch.length; from += CHUNK_FILES) {
      const files = batch.slice(from, from + CHUNK_FILES);
      const request = this.#ask({ kind: 'read', files });
      if (files[0]) this.#chunks.set(files[0].path, request);
    }
  }

  /**
   * Has files removed whose events are in the database: by the courier, while it waits for the thread, and by the
   * thread if there is no such time. `end` makes sure that they are.
   */
  async remove(files: readonly SpoolFile[]): Promise<void> {
    if (this.#toRemove.length > 0) this.#ask({ kind: 'remove', files: this.#toRemove });
    this.#toRemove = [...files];
  }

  /** What a file holds; waits for the thread. Undefined when the thread could not read it. */
  take({ path }: SpoolFile): Arrival | undefined {
    const chunk = this.#chunks.get(path);
    // Answers before it that nobody took, because their batch failed, are dropped.
    if (chunk) while (this.#receive() !== chunk);
    return this.#arrivals.get(path);
  }

  /** Waits for all answers, then ends the thread. `onLeft` is given what cannot be removed, as by `removeSpoolFiles`. */
  async end(onLeft: (file: SpoolFile, error: Error) => void = () => {}): Promise<void> {
    if (this.#asked.length > 0) await this.started();
    while (this.#asked.length > 0) this.#receive();
    this.#isEnding = true;
    this.#port.close();
    await this.#thread.terminate();
    const files = [...this.#notRemoved, ...this.#toRemove];
    this.#notRemoved = [];
    this.#toRemove = [];
    await removeSpoolFiles(files, onLeft);
  }

  async #awaitStart(startMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      const giveUp = (reason: string) => {
        this.#giveUp(reason);
        resolve();
      };
      timer = setTimeout(() => giveUp(`it did not start within ${startMs / 1000} s`), startMs);
      this.#thread
        .on('message', () => {
          // It is ready. Its other answers come by the port.
          limitHeap(); // again, now that the thread has started
          resolve();
        })
        .on('error', (error) => giveUp(errorMessage(error)))
        .on('exit', () => giveUp('it has ended'));
    });
    clearTimeout(timer);
  }

  #giveUp(reason: string): void {
    if (this.#hasFailed || this.#isEnding) return;
    this.#hasFailed = true;
    this.#onGivenUp(reason);
  }

  #ask(request: SpoolThreadRequest): SpoolThreadRequest {
    this.#asked.push(request);
    this.#post();
    return request;
  }

  #post(): void {
    while (!this.#hasFailed && this.#posted < Math.min(this.#asked.length, MOST_POSTED)) {
      this.#port.postMessage(this.#asked[this.#posted]);
      this.#posted += 1;
    }
  }

  /** Takes the answer to the oldest pending request. */
  #receive(): SpoolThreadRequest | undefined {
    const [request] = this.#asked;
    if (!request) return undefined;
    const answer = this.#answer();
    this.#asked.shift();
    this.#posted -= 1;
    this.#post();
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

  /** Blocks until an answer arrives, because it is called in the middle of a transaction. */
  #answer(): SpoolThreadAnswer | undefined {
    while (!this.#hasFailed) {
      const seen = Atomics.load(this.#answers, 0);
      const received = receiveMessageOnPort(this.#port) as
        | { readonly message: SpoolThreadAnswer }
        | undefined;
      if (received) return received.message;
      if (this.#removeOne()) continue;
      if (Atomics.wait(this.#answers, 0, seen, this.#answerMs) === 'timed-out')
        this.#giveUp(`it did not answer within ${this.#answerMs / 1000} s`);
    }
    return undefined;
  }

  /** Removes one of the files that may go; false when there is none. */
  #removeOne(): boolean {
    const file = this.#toRemove.pop();
    if (file === undefined) return false;
    try {
      unlinkSync(file.path);
    } catch {
      this.#notRemoved.push(file); // it is tried again at the end, which says what is wrong
    }
    return true;
  }
}

/** The batches in order. `thread` reads each batch while the one before it is in use. */
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

/** Without this limit the thread's heap would grow larger than the courier's. In MiB. */
const SMALL = { maxYoungGenerationSizeMb: 1 };
