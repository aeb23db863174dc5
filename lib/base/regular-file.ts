import { readFileSync, statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { TrackerError } from './errors.ts';

/**
 * The text of a file. Reading a FIFO would wait for somebody to write to it, for ever, so that what
 * is no file is not opened at all.
 *
 * @throws TrackerError E_NO_FILE for a folder, a FIFO, a device; the system's error for the rest
 */
export function readRegularFile(path: string): string {
  checkRegularFile(path);
  return readFileSync(path, 'utf8');
}

/** @throws TrackerError E_NO_FILE; the system's error where there is nothing */
export function checkRegularFile(path: string): void {
  const stats = statSync(path);
  if (stats.isFile()) return;
  throw new TrackerError('E_NO_FILE', `${path}: it is ${kindOf(stats)}, and no file`, {
    hint: 'Put a file in its place.',
  });
}

// --- internal ---

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a FIFO';
  return stats.isSocket() ? 'a socket' : 'a device';
}
