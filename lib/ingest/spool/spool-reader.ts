import { unlink } from 'node:fs';
import type { JsonObject } from '../../base/json.ts';
import { errorCode } from '../../base/errors.ts';
import { readListedFile } from '../../base/regular-file.ts';
import { NotAHookEventError } from '../../event/hook-event.ts';

/** A file that waits in `spool/new/`, with one event; or such an event that never was a file. */
export interface SpoolFile {
  readonly name: string;
  readonly path: string;
  /** When capture wrote it, in milliseconds since 1970 UTC, with fractions. */
  readonly writtenAt: number;
  /** In bytes. */
  readonly size: number;
  /** The event's JSON, if it is not in a file. */
  readonly text?: string;
  /** What that JSON was made from, as `JSON.stringify` makes it. */
  readonly payload?: JsonObject;
}

/**
 * The text of a spool file; undefined when it is gone.
 *
 * @throws NotAHookEventError when it holds more than `maxBytes`; TrackerError E_NO_FILE when it is no file
 */
export function readSpoolFile({ path, text }: SpoolFile, maxBytes: number): string | undefined {
  if (text !== undefined) return text;
  try {
    return readListedFile(path, maxBytes);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    if (errorCode(error) === 'E_LARGE_FILE') throw new NotAHookEventError('too-large', error);
    throw error;
  }
}

/**
 * Removes spool files whose events are in the database, while the next batch is ingested. It uses
 * callbacks, because a promise per file would cost more than the removal. It does not reject: `onLeft` is given each
 * file that could not be removed, and the system's error.
 */
export async function removeSpoolFiles(
  files: readonly SpoolFile[],
  onLeft: (file: SpoolFile, error: Error) => void,
): Promise<void> {
  await new Promise<void>((resolve) => {
    let left = files.length;
    if (left === 0) resolve();
    for (const file of files) {
      unlink(file.path, (error) => {
        if (error && error.code !== 'ENOENT') onLeft(file, error);
        left -= 1;
        if (left === 0) resolve();
      });
    }
  });
}

/** The registration of what a transcript tells, which no hook has brought. */
export const TRANSCRIPT = 'transcript';

/** The registration that brought a file, from the end of its name: `plugin`, `transcript`, or else `settings`. */
export function registrationOf(spoolName: string): string {
  if (spoolName.endsWith(`.${TRANSCRIPT}`)) return TRANSCRIPT;
  return spoolName.endsWith('.plugin') ? 'plugin' : 'settings';
}
