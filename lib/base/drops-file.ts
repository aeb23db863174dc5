import { lstatSync, unlinkSync, writeFileSync } from 'node:fs';

/**
 * Makes the file in which capture counts the events it drops, with a first byte. That allocates a block, so that
 * dropped events can still be counted when the disk is full. A FIFO or a link in its place is removed: opening a FIFO
 * would wait, and a link leads elsewhere.
 *
 * @throws the system's error
 */
export function makeDropsFile(path: string): void {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats && !stats.isFile() && !stats.isDirectory()) unlinkSync(path);
  else if (stats && stats.size > 0) return;
  writeFileSync(path, '\n', { mode: 0o600, flag: 'a' });
}
