import { readFileSync, unlink } from 'node:fs';
import { errorCode } from '../../base/errors.ts';

/** A file that waits in `spool/new/`. */
export interface SpoolFile {
  readonly name: string;
  readonly path: string;
  /** When capture wrote it, milliseconds since 1970 with fractions. */
  readonly writtenAt: number;
  readonly size: number;
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
