import { opendirSync, readFileSync, statSync, unlink } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../base/errors.ts';

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

/** The files that wait, oldest first. */
export function listSpool(folder: string): SpoolFile[] {
  const files: SpoolFile[] = [];
  const directory = opendirSync(folder, { bufferSize: 256 });
  try {
    for (let entry = directory.readSync(); entry; entry = directory.readSync()) {
      if (files.length >= SWEEP_FILES) break;
      const path = join(folder, entry.name);
      const stats = statSync(path, { throwIfNoEntry: false });
      if (!stats?.isFile()) continue;
      files.push({ name: entry.name, path, writtenAt: stats.mtimeMs, size: stats.size });
    }
  } finally {
    directory.closeSync();
  }
  return files.sort((a, b) => a.writtenAt - b.writtenAt || (a.name < b.name ? -1 : 1));
}

/** Cuts a list into batches of at most `maxFiles` files and about `maxBytes` bytes, in order. */
export function* spoolBatches(
  files: readonly SpoolFile[],
  maxFiles: number,
  maxBytes: number,
): Generator<SpoolFile[]> {
  let batch: SpoolFile[] = [];
  let bytes = 0;
  for (const file of files) {
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
