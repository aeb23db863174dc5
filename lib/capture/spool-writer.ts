import { closeSync, existsSync, openSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import { sep } from 'node:path';
import { makeDropsFile } from '../base/regular-file.ts';
import { errorCode } from '../base/errors.ts';
import type { CapturePaths } from '../base/paths.ts';
import { countDrop } from './drop-count.ts';
import { makeFolder } from './folder.ts';

/** How the hook was registered with Claude Code; part of the spool file's name. */
export type HookSource = 'settings' | 'plugin';

/**
 * Writes one event to the spool as a maildir does: into `tmp/`, then a rename into `new/`. `read` hands
 * over the content chunk by chunk. Returns false when the event could not be written; it is counted as
 * dropped instead. Never throws.
 */
export function writeToSpool(
  paths: CapturePaths,
  name: string,
  read: (take: (chunk: Uint8Array) => void) => void,
): boolean {
  if (existsSync(paths.spoolFull)) {
    countDrop(paths, 'f', name);
    return true; // the caller then looks for a courier, which will make room
  }
  const temporary = `${paths.spoolTmp}${sep}${name}`;
  try {
    const file = inSpool(paths, () => openSync(temporary, 'wx', 0o600));
    try {
      read((chunk) => writeAll(file, chunk));
    } finally {
      closeSync(file);
    }
    inSpool(paths, () => renameSync(temporary, `${paths.spoolNew}${sep}${name}`));
    return true;
  } catch {
    tryUnlink(temporary); // what there is of it takes the room that the count needs
    countDrop(paths, 'w', name);
    return false;
  }
}

/** A unique file name; on one machine, names sort by time until it restarts. */
export function spoolName(registration: HookSource, pid: number): string {
  const random = Math.floor(Math.random() * 0x1_0000_0000).toString(16);
  return `${process.hrtime.bigint().toString(36)}-${pid}-${random}.${registration}`;
}

// --- internal ---

/** Runs an action in the spool's folders, twice if it fails: a fault may pass, and folders that are missing are made. */
function inSpool<T>(paths: CapturePaths, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') makeSpool(paths);
    return action();
  }
}

function makeSpool(paths: CapturePaths): void {
  for (const folder of [paths.spoolTmp, paths.spoolNew, paths.spoolBad]) {
    makeFolder(folder);
  }
  try {
    makeDropsFile(paths.drops);
  } catch {
    // There may be room for the event all the same.
  }
}

function writeAll(file: number, chunk: Uint8Array): void {
  for (let offset = 0; offset < chunk.length;) {
    offset += writeSync(file, chunk, offset, chunk.length - offset);
  }
}

function tryUnlink(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It was never created.
  }
}
