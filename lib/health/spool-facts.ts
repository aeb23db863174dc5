import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TrackerPaths } from '../base/paths.ts';
import { readRegularFile } from '../base/regular-file.ts';
import { DROP_MARK } from '../capture/drop-count.ts';

/** What lies in the spool, seen from outside. */
export interface SpoolFacts {
  readonly waiting: number;
  /** When the oldest waiting file was written, in milliseconds since 1970; null when none waits. */
  readonly oldestAt: number | null;
  readonly isFull: boolean;
  /** Files in quarantine, because they could not be ingested. */
  readonly quarantined: number;
  /** Events that capture had to drop, by reason. */
  readonly dropped: DropCounts;
  /** True when drops can be counted on a full disk: their file is there and has a block. */
  readonly countsDrops: boolean;
}

/** How many events capture could not keep. */
export interface DropCounts {
  /** Could not be written: the disk was full, or the spool not writable. */
  readonly unwritable: number;
  /** The spool was full. */
  readonly spoolFull: number;
}

/** Reads what lies in the spool; a spool that does not exist yet is empty. */
export function readSpool(paths: TrackerPaths): SpoolFacts {
  const names = namesIn(paths.spoolNew);
  const waiting = names.filter((name) => !name.endsWith(DROP_MARK));
  return {
    waiting: waiting.length,
    oldestAt: oldestIn(paths.spoolNew, waiting),
    isFull: existsSync(paths.spoolFull),
    quarantined: namesIn(paths.spoolBad).length,
    dropped: readDrops(paths.drops, names.length - waiting.length),
    countsDrops: countsDrops(paths.drops),
  };
}

// --- internal ---

/** How much of a count of drops is read, in bytes: a letter for each. */
const MAX_DROPS = 64 * 1024 * 1024;
/** The largest number of files to read the age of; each costs a system call. */
const MAX_STATS = 2_000;

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function oldestIn(folder: string, names: readonly string[]): number | null {
  let oldest: number | null = null;
  for (const name of names.slice(0, MAX_STATS)) {
    const stats = lstatSync(join(folder, name), { throwIfNoEntry: false }); // or it is ingested by now
    if (stats && (oldest === null || stats.mtimeMs < oldest)) oldest = Math.floor(stats.mtimeMs);
  }
  return oldest;
}

function countsDrops(path: string): boolean {
  try {
    const stats = lstatSync(path);
    return stats.isFile() && stats.size > 0;
  } catch {
    return false;
  }
}

/** `marks` of them are counted elsewhere, because they found no room in the file. */
function readDrops(path: string, marks: number): DropCounts {
  let letters = '';
  try {
    letters = readRegularFile(path, MAX_DROPS);
  } catch {
    // Nothing was ever dropped.
  }
  return {
    unwritable: marks + letters.split('w').length - 1,
    spoolFull: letters.split('f').length - 1,
  };
}
