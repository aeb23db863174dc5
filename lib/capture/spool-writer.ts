import {
  appendFileSync,
  closeSync,
  existsSync,
  openSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { sep } from 'node:path';
import { errorCode } from '../base/errors.ts';
import type { CapturePaths } from '../base/paths.ts';
import { makeFolder } from './folder.ts';

/** Why an event was dropped, as one letter in `data/drops`: `w` could not be written, `f` the spool is full. */
export type DropReason = 'w' | 'f';

/** Which of Claude Code's two ways registered the hook; a part of the spool file's name. */
export type HookSource = 'settings' | 'plugin';

/**
 * Makes one event durable: a maildir's write to `tmp/`, then a rename into `new/`. `read` gives what
 * is to be written, chunk by chunk. False when it could not be written, and was counted instead.
 */
export function writeToSpool(
  paths: CapturePaths,
  name: string,
  read: (take: (chunk: Uint8Array) => void) => void,
): boolean {
  if (existsSync(paths.spoolFull)) {
    countDrop(paths, 'f');
    return true; // a courier will make room
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
    countDrop(paths, 'w');
    tryUnlink(temporary);
    return false;
  }
}

/** A name that no other capture has, in the order of time on one machine. */
export function spoolName(registration: HookSource, pid: number): string {
  const random = Math.floor(Math.random() * 0x1_0000_0000).toString(16);
  return `${process.hrtime.bigint().toString(36)}-${pid}-${random}.${registration}`;
}

// --- internal ---

/** Does what needs the spool's folders, and makes those only when it turns out that one is missing. */
function inSpool<T>(paths: CapturePaths, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    makeSpool(paths);
    return action();
  }
}

function makeSpool(paths: CapturePaths): void {
  for (const folder of [paths.spoolTmp, paths.spoolNew, paths.spoolBad]) {
    makeFolder(folder);
  }
  // One block, so that a full disk leaves room to count on.
  appendFileSync(paths.drops, '\n', { mode: 0o600 });
}

function writeAll(file: number, chunk: Uint8Array): void {
  for (let offset = 0; offset < chunk.length;) {
    offset += writeSync(file, chunk, offset, chunk.length - offset);
  }
}

function countDrop(paths: CapturePaths, reason: DropReason): void {
  try {
    appendFileSync(paths.drops, reason, { mode: 0o600 });
  } catch {
    // Nothing can be written at all: doctor finds that out.
  }
}

function tryUnlink(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It was never made.
  }
}
