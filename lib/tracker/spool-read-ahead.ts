import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { removeSpoolFiles } from './spool-reader.ts';
import type { SpoolFile } from './spool-reader.ts';

/**
 * A thread that reads the next batch of spool files and removes those of the last while the courier
 * writes one to the database (docs/decisions/006). It only saves time: what it can't read the courier
 * reads itself, and without it the courier removes the files itself.
 */
export class SpoolReadAhead {
  readonly #thread: Worker;
  /** One is filled while the other is used. */
  readonly #rooms: readonly SharedArrayBuffer[];
  /** The thread answers in the order in which it is asked. */
  #waiting: ((reply: Reply | undefined) => void)[] = [];
  #reads = 0;
  #ended = false;

  /** `roomBytes` bounds what is read ahead; twice as much memory is used. */
  constructor(roomBytes: number) {
    this.#rooms = [new SharedArrayBuffer(roomBytes), new SharedArrayBuffer(roomBytes)];
    this.#thread = new Worker(`(${serve.toString()})()`, { eval: true, resourceLimits: SMALL });
    // V8 sets this back for all threads when it makes one; see scripts/courier.ts.
    this.#thread.once('online', () => setFlagsFromString('--semi-space-growth-factor=1'));
    this.#thread.on('message', (reply: Reply) => this.#waiting.shift()?.(reply));
    this.#thread.on('error', () => {}); // 'exit' follows
    this.#thread.on('exit', () => this.#giveUp());
  }

  /** The files with their bytes, which are valid until two further batches have been asked for. */
  async read(files: readonly SpoolFile[]): Promise<readonly SpoolFile[]> {
    const room = this.#rooms[(this.#reads += 1) % 2] as SharedArrayBuffer;
    const lengths = await this.#ask({ read: files.map(({ path }) => path), room });
    if (!lengths) return files;
    let from = 0;
    return files.map((file, index) => {
      const length = lengths[index] ?? 0;
      if (length === 0) return file; // gone, empty, or too large for the room
      const bytes = Buffer.from(room, from, length);
      from += length;
      return { ...file, bytes };
    });
  }

  /** Removes spool files whose events are in the database. */
  async remove(files: readonly SpoolFile[]): Promise<void> {
    const left = await this.#ask({ remove: files.map(({ path }) => path) });
    // What it could not remove is tried again here, where it can throw.
    await removeSpoolFiles(left ? left.flatMap((index) => files[index] ?? []) : files);
  }

  /** Ends the thread; whoever waits for it goes on without. */
  async end(): Promise<void> {
    this.#giveUp();
    await this.#thread.terminate();
  }

  #ask(request: Request): Promise<Reply | undefined> {
    return new Promise((resolve) => {
      if (this.#ended) {
        resolve(undefined);
        return;
      }
      this.#waiting.push(resolve);
      this.#thread.postMessage(request);
    });
  }

  #giveUp(): void {
    this.#ended = true;
    for (const resolve of this.#waiting) resolve(undefined);
    this.#waiting = [];
  }
}

/** The batches, each but the first read while the one before it is in use: the thread has to start. */
export async function* readAhead(
  batches: Iterable<readonly SpoolFile[]>,
  ahead: SpoolReadAhead | undefined,
): AsyncGenerator<readonly SpoolFile[]> {
  let current: Promise<readonly SpoolFile[]> | undefined;
  for (const batch of batches) {
    const next = current && ahead ? ahead.read(batch) : Promise.resolve(batch);
    if (current) yield await current;
    current = next;
  }
  if (current) yield await current;
}

// --- internal ---

/** Lengths of what was read, 0 where nothing was; or the places of what was not removed. */
type Reply = readonly number[];
type Request =
  | { readonly read: readonly string[]; readonly room: SharedArrayBuffer }
  | { readonly remove: readonly string[] };

/** It keeps nothing; the heap of a thread would grow larger than the courier's. In MiB. */
const SMALL = { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 32 };

/** What the thread runs. It is handed over as text, so it may use nothing from outside of it. */
function serve(): void {
  const { closeSync, openSync, readSync, unlinkSync } = process.getBuiltinModule('node:fs');
  const { parentPort } = process.getBuiltinModule('node:worker_threads');

  /** The bytes of a file, put at `from`; 0 when it is gone or there is no room for it. */
  const read = (path: string, room: Uint8Array, from: number): number => {
    let descriptor: number | undefined;
    try {
      descriptor = openSync(path, 'r');
      let end = from;
      for (;;) {
        // A room that is full leaves the question open whether the file has more.
        if (end === room.length) return 0;
        const got = readSync(descriptor, room, end, room.length - end, null);
        if (got === 0) return end - from;
        end += got;
      }
    } catch {
      return 0;
    } finally {
      if (descriptor !== undefined) closeSync(descriptor);
    }
  };
  const remove = (path: string): boolean => {
    try {
      unlinkSync(path);
      return true;
    } catch {
      return false;
    }
  };

  parentPort?.on('message', (request: Request) => {
    if ('remove' in request) {
      const left = request.remove.flatMap((path, index) => (remove(path) ? [] : [index]));
      parentPort.postMessage(left);
      return;
    }
    const room = new Uint8Array(request.room);
    let from = 0;
    const lengths = request.read.map((path) => {
      const length = read(path, room, from);
      from += length;
      return length;
    });
    parentPort.postMessage(lengths);
  });
}
