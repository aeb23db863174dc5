import { createReadStream } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as delay } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import type { Clock } from '../base/clock.ts';
import { errorCode } from '../base/errors.ts';
import { checkRegularFile } from '../base/regular-file.ts';

/** How a log is followed. */
export interface FollowLogOptions {
  /** Ends it. */
  readonly signal: AbortSignal;
  /** It also ends at this time, in milliseconds since 1970; undefined: never. */
  readonly until: number | undefined;
  readonly clock: Clock;
  /** How often the file is looked at, in milliseconds. @default 250 */
  readonly intervalMs?: number | undefined;
}

/** The files of a log that are there, oldest first: rotated ones, gzipped or not, then the log itself. */
export async function logFiles(logFile: string): Promise<string[]> {
  const names = await readdir(dirname(logFile)).catch(absent);
  const numbered = (names ?? []).flatMap((name) => {
    const [, number] = name.startsWith(basename(logFile))
      ? (/^\.(\d+)(?:\.gz)?$/.exec(name.slice(basename(logFile).length)) ?? [])
      : [];
    return number === undefined ? [] : [{ name, number: Number(number) }];
  });
  const rotated = numbered.toSorted((one, other) => other.number - one.number);
  const files = rotated.map(({ name }) => join(dirname(logFile), name));
  return (names ?? []).includes(basename(logFile)) ? [...files, logFile] : files;
}

/** The lines of a rotated file, some at a time. One that is gone by now has none. */
export async function* linesIn(file: string): AsyncGenerator<readonly string[]> {
  if ((await inodeOf(file)) === undefined) return;
  checkRegularFile(file);
  const bytes = createReadStream(file);
  const stream = file.endsWith('.gz') ? bytes.pipe(createGunzip()) : bytes;
  bytes.on('error', (error) => stream.destroy(error)); // pipe does not hand an error on
  stream.setEncoding('utf8');
  try {
    let last = '';
    yield* complete(stream as AsyncIterable<string>, (left) => (last = left));
    if (last !== '') yield [last];
  } catch (error) {
    absent(error);
  } finally {
    bytes.destroy();
  }
}

/** A log that is open at the place up to which its lines were read. */
export class LogFollower {
  readonly #logFile: string;
  #handle: FileHandle | undefined;
  #position = 0;

  private constructor(logFile: string) {
    this.#logFile = logFile;
  }

  /** Opens the log, which need not be there yet, at its beginning. */
  static async open(logFile: string): Promise<LogFollower> {
    const follower = new LogFollower(logFile);
    follower.#handle = await openFile(logFile).catch(absent);
    return follower;
  }

  /** The complete lines that are there now; the next reading begins behind them. */
  async *stored(): AsyncGenerator<readonly string[]> {
    if (!this.#handle) return;
    yield* complete(this.#rest(this.#handle, new StringDecoder('utf8')), (left) => {
      this.#position -= Buffer.byteLength(left);
    });
  }

  /** The lines that are added from now on. Goes on in the new file when the log is rotated. */
  added(options: FollowLogOptions): AsyncGenerator<readonly string[]> {
    return complete(this.#growth(options));
  }

  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
  }

  async *#growth(options: FollowLogOptions): AsyncGenerator<string> {
    const { signal, until = Infinity, clock, intervalMs = 250 } = options;
    let decoder = new StringDecoder('utf8');
    while (!signal.aborted) {
      const isOver = clock() >= until; // read once more, then end
      this.#handle ??= await openFile(this.#logFile).catch(absent);
      const handle = this.#handle;
      let next: string | undefined;
      if (handle) {
        const { ino, size } = await handle.stat();
        if (size < this.#position) this.#position = 0; // somebody has emptied it
        // Looked up before the rest is read, so that what is written until the file is renamed is read.
        next = await this.#fileAfter(ino);
        yield* this.#rest(handle, decoder);
      }
      if (next !== undefined) {
        await handle?.close();
        this.#handle = await openFile(next).catch(absent);
        this.#position = 0;
        decoder = new StringDecoder('utf8');
        yield '\n'; // a line that the old file did not finish
        continue;
      }
      if (isOver) return;
      await delay(intervalMs, undefined, { signal }).catch(() => {}); // aborted: the loop ends
    }
  }

  /** The file that was begun after the one with inode `ino`; undefined while the log is still that one. */
  async #fileAfter(ino: number): Promise<string | undefined> {
    if ((await inodeOf(this.#logFile)) === ino) return undefined;
    const files = await logFiles(this.#logFile);
    const inodes = await Promise.all(files.map(inodeOf));
    const at = inodes.indexOf(ino);
    if (at !== -1) return files[at + 1];
    return files.includes(this.#logFile) ? this.#logFile : undefined;
  }

  /** What the file holds behind the position, in parts. */
  async *#rest(handle: FileHandle, decoder: StringDecoder): AsyncGenerator<string> {
    const part = Buffer.alloc(PART_BYTES);
    for (;;) {
      const { bytesRead } = await handle.read(part, 0, part.length, this.#position);
      if (bytesRead === 0) return;
      this.#position += bytesRead;
      yield decoder.write(part.subarray(0, bytesRead));
    }
  }
}

// --- internal ---

/** Opens a file to read; opening a FIFO would wait. */
async function openFile(path: string): Promise<FileHandle> {
  checkRegularFile(path);
  return open(path);
}

/** How much of a file is read at a time, in bytes. */
const PART_BYTES = 65_536;
/** A longer line is cut, in characters: a file without line ends must not fill the memory. */
const MAX_LINE = 1_000_000;

/**
 * The complete lines in parts of a text, as many at a time as a part completes.
 *
 * @param onLeft is told, at the end, of the beginning of a line that is not complete
 */
async function* complete(
  parts: AsyncIterable<string>,
  onLeft: (left: string) => unknown = () => {},
): AsyncGenerator<readonly string[]> {
  let left = '';
  for await (const part of parts) {
    const lines = (left + part).split('\n');
    left = lines.pop() ?? '';
    const filled = lines.filter((line) => line !== '').map((line) => line.slice(0, MAX_LINE));
    if (filled.length > 0) yield filled;
    if (left.length > MAX_LINE + PART_BYTES) left = left.slice(0, MAX_LINE);
  }
  if (left !== '') onLeft(left);
}

async function inodeOf(file: string): Promise<number | undefined> {
  return (await stat(file).catch(absent))?.ino;
}

/** Ignores that a file is not there. */
function absent(error: unknown): undefined {
  if (errorCode(error) !== 'ENOENT') throw error;
  return undefined;
}
