import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  truncateSync,
  unlinkSync,
} from 'node:fs';
import type { Stats } from 'node:fs';
import { join } from 'node:path';
import { tryStep } from '../try-step.ts';

/** A name may have 255 bytes; this leaves room for the reason. In UTF-16 units, of at most three bytes. */
const MAX_NAME = 70;

/**
 * Moves what lies at `path` in the spool into the quarantine `folder`, with the reason at the end of its name.
 *
 * @throws the system's error, such as for a file that is gone
 */
export function quarantineFile(path: string, name: string, reason: string, folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const to = freePlace(folder, name.slice(0, MAX_NAME), reason);
  renameSync(path, to);
  // It is raw: nothing was redacted. Capture made it so already, and the folder is private, too.
  tryStep(
    () => {
      if (lstatSync(to).isFile()) chmodSync(to, 0o600);
    },
    () => {},
  );
}

/** How much the quarantine may hold. */
export interface QuarantineBounds {
  readonly maxFiles: number;
  readonly maxBytes: number;
}

/** What is left of a file that is larger than all of the quarantine may be, in bytes. */
const HEAD_BYTES = 64 * 1024;

/**
 * Removes the oldest files of the quarantine until it is within its bounds. A file that alone is larger than that
 * is cut to its beginning, so that it still can be told what it was. Folders stay: only their owner knows what is
 * in them. `count` is called with the number of files before they are removed or cut. What cannot be looked at, removed
 * or cut stays, keeps nothing else from it, and is told `note`.
 */
export function boundQuarantine(
  folder: string,
  { maxFiles, maxBytes }: QuarantineBounds,
  count: (evicted: number) => unknown,
  note: (error: unknown) => void,
): void {
  const files = readdirSync(folder)
    .flatMap((name): QuarantinedFile[] => {
      const path = join(folder, name);
      let stats: Stats | undefined;
      tryStep(() => (stats = lstatSync(path, { throwIfNoEntry: false })), note);
      if (!stats || stats.isDirectory()) return [];
      return [{ path, isFile: stats.isFile(), size: stats.size, writtenAt: stats.mtimeMs }];
    })
    .sort((a, b) => b.writtenAt - a.writtenAt); // newest first, as these are kept
  let bytes = 0;
  let kept = 0;
  const isCut = ({ isFile, size }: QuarantinedFile) =>
    isFile && size > maxBytes && maxBytes >= HEAD_BYTES;
  const cut = files.filter(isCut);
  const evicted = files.filter((file) => {
    if (file.size > maxBytes && !isCut(file)) return true;
    bytes += isCut(file) ? HEAD_BYTES : file.size;
    kept += 1;
    return kept > maxFiles || bytes > maxBytes;
  });
  const gone = new Set([...evicted, ...cut]);
  if (gone.size === 0) return;
  count(gone.size);
  for (const { path } of cut) tryStep(() => truncateSync(path, HEAD_BYTES), note);
  for (const { path } of evicted) tryStep(() => unlinkSync(path), note);
}

// --- internal ---

/** How many names are tried where the first is taken. */
const MOST_NAMES = 1_000;

/** Where nothing lies yet: a rename would fail on a folder, and replace a file. */
function freePlace(folder: string, stem: string, reason: string): string {
  let place = join(folder, `${stem}.${reason}`);
  for (let n = 2; n <= MOST_NAMES && lstatSync(place, { throwIfNoEntry: false }); n += 1)
    place = join(folder, `${stem}-${n}.${reason}`);
  return place;
}

interface QuarantinedFile {
  readonly path: string;
  readonly isFile: boolean;
  readonly size: number;
  readonly writtenAt: number;
}
