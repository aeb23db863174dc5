import { appendFileSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { sep } from 'node:path';
import type { CapturePaths } from '../base/paths.ts';
import { makeDropsFile } from '../base/regular-file.ts';

/**
 * Why an event was dropped, one letter in `data/drops`: `w` it could not be written, `f` the spool is
 * full.
 */
export type DropReason = 'w' | 'f';

/** The end of the name of an empty spool file that stands for one `w`, because `data/drops` had no block. */
export const DROP_MARK = '.w';

/**
 * Counts a dropped event in `data/drops`. Where that file can get no block, an empty spool file, named `id` and
 * {@link DROP_MARK}, counts one that could not be written. Where no file can be made, the empty folder `tmp/` gives
 * up its place. Never throws.
 */
export function countDrop(paths: CapturePaths, reason: DropReason, id: string): void {
  const isCounted =
    succeeds(() => append(paths, reason)) ||
    succeeds(() => {
      rmdirSync(paths.spoolTmp); // whoever needs it makes it again
      append(paths, reason);
    });
  if (isCounted || reason !== 'w') return;
  // If that fails too, nothing can be written at all; doctor reports that.
  succeeds(() => {
    if (readdirSync(paths.spoolNew).length >= MAX_FILES) return;
    writeFileSync(`${paths.spoolNew}${sep}${id}${DROP_MARK}`, '', { mode: 0o600, flag: 'wx' });
  });
}

// --- internal ---

/** No mark is added to a spool that holds this many files; capture.sh has the same number. */
const MAX_FILES = 100_000;

function append(paths: CapturePaths, reason: DropReason): void {
  makeDropsFile(paths.drops); // so that it is a file: opening a FIFO would wait
  appendFileSync(paths.drops, reason, { mode: 0o600 });
}

function succeeds(action: () => void): boolean {
  try {
    action();
    return true;
  } catch {
    return false;
  }
}
