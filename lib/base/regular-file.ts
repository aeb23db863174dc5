import { readFileSync, statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { TrackerError } from './errors.ts';

/**
 * The text of a file, in UTF-8. It checks the kind first, because opening a FIFO would block until
 * somebody writes to it.
 *
 * @throws TrackerError E_NO_FILE for a folder, a FIFO, a socket or a device; the system's error otherwise
 */
export function readRegularFile(path: string): string {
  checkRegularFile(path);
  return readFileSync(path, 'utf8');
}

/**
 * Checks that `path` is a regular file.
 *
 * @throws TrackerError E_NO_FILE when it is something else; the system's error when nothing is there
 */
export function checkRegularFile(path: string): void {
  const stats = statSync(path);
  if (stats.isFile()) return;
  throw new TrackerError('E_NO_FILE', `${path}: it is ${kindOf(stats)}, not a file`, {
    hint: 'Put a file in its place.',
  });
}

// --- internal ---

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a FIFO';
  return stats.isSocket() ? 'a socket' : 'a device';
}
