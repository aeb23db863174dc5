import { opendirSync, readFileSync, statSync, unlink } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../../base/errors.ts';

/** A file that waits in `spool/new/`. */
export interface SpoolFile {
  readonly name: string;
  readonly path: string;
  /** When capture wrote it, milliseconds since 1970 with fractions. */
  readonly writtenAt: number;
  readonly size: number;
}

/** So many files are looked at in one sweep, which bounds the memory it takes. */
const SWEEP_FILES = 250_000;

/** What waits in the spool, oldest first; kept in columns, for it may be a quarter of a million. */
export class SpoolListing {
  readonly #folder: string;
  readonly #names: string[] = [];
  readonly #times: number[] = [];
  readonly #sizes: number[] = [];
  readonly #order: Uint32Array;

  constructor(folder: string) {
    this.#folder = folder;
    const directory = opendirSync(folder, { bufferSize: 256 });
    try {
      for (let entry = directory.readSync(); entry; entry = directory.readSync()) {
        if (this.#names.length >= SWEEP_FILES) break;
        const stats = statSync(join(folder, entry.name), { throwIfNoEntry: false });
        if (!stats?.isFile()) continue;
        this.#names.push(entry.name);
        this.#times.push(stats.mtimeMs);
        this.#sizes.push(stats.size);
      }
    } finally {
      directory.closeSync();
    }
    this.#order = Uint32Array.from(this.#names.keys()).sort(
      (a, b) => this.#time(a) - this.#time(b) || (this.#name(a) < this.#name(b) ? -1 : 1),
    );
  }

  get length(): number {
    return this.#names.length;
  }

  /** The files in batches of at most `maxFiles` files and about `maxBytes` bytes, in order. */
  *batches(maxFiles: number, maxBytes: number): Generator<SpoolFile[]> {
    let batch: SpoolFile[] = [];
    let bytes = 0;
    for (const index of this.#order) {
      const file = this.#file(index);
      if (batch.length > 0 && (batch.length >= maxFiles || bytes + file.size > maxBytes)) {
        yield batch;
        batch = [];
        bytes = 0;
      }
      batch.push(file);
      bytes += file.size;
    }
    if (batch.length > 0) yield batch;
  }

  #file(index: number): SpoolFile {
    const name = this.#name(index);
    const path = join(this.#folder, name);
    return { name, path, size: this.#sizes[index] ?? 0, writtenAt: this.#time(index) };
  }

  #time(index: number): number {
    return this.#times[index] ?? 0;
  }

  #name(index: number): string {
    return this.#names[index] ?? '';
  }
}

/** The text of a spool file; undefined when it is gone. */
export function readSpoolFile({ path }: SpoolFile): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Removes spool files whose events are in the database; the next batch need not wait for that.
 * By callbacks: a promise a file would cost more than the removal.
 */
export async function removeSpoolFiles(files: readonly SpoolFile[]): Promise<void> {
  let failure: NodeJS.ErrnoException | undefined;
  await new Promise<void>((resolve) => {
    let left = files.length;
    if (left === 0) resolve();
    for (const { path } of files) {
      unlink(path, (error) => {
        if (error && error.code !== 'ENOENT') failure = error;
        left -= 1;
        if (left === 0) resolve();
      });
    }
  });
  if (failure) throw failure;
}

/** `settings` or `plugin`, from the end of the name; `settings` where it says nothing. */
export function registrationOf(spoolName: string): string {
  return spoolName.endsWith('.plugin') ? 'plugin' : 'settings';
}
