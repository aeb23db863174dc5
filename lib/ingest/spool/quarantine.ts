import { chmodSync, lstatSync, mkdirSync, readdirSync, renameSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';

/** A name may have 255 bytes; this leaves room for the reason. In UTF-16 units, of at most three bytes. */
const MAX_NAME = 70;

/**
 * Moves what lies at `path` in the spool into the quarantine `folder`, with the reason at the end of its name.
 *
 * @throws the system's error, such as for a file that is gone
 */
export function quarantineFile(path: string, name: string, reason: string, folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const to = join(folder, `${name.slice(0, MAX_NAME)}.${reason}`);
  renameSync(path, to);
  if (lstatSync(to).isFile()) chmodSync(to, 0o600); // it is raw: nothing was redacted
}

/** How much the quarantine may hold. */
export interface QuarantineBounds {
  readonly maxFiles: number;
  readonly maxBytes: number;
}

/**
 * Removes the oldest files of the quarantine until it is within its bounds, and files larger than that first.
 * Folders stay: only their owner knows what is in them. `count` is called with the number of files before they
 * are removed.
 */
export function boundQuarantine(
  folder: string,
  { maxFiles, maxBytes }: QuarantineBounds,
  count: (evicted: number) => void,
): void {
  const files = readdirSync(folder)
    .flatMap((name) => {
      const path = join(folder, name);
      const stats = lstatSync(path, { throwIfNoEntry: false });
      return stats && !stats.isDirectory() ? [{ path, stats }] : [];
    })
    .sort((a, b) => b.stats.mtimeMs - a.stats.mtimeMs); // newest first, as these are kept
  let bytes = 0;
  let kept = 0;
  const evicted = files.filter(({ stats: { size } }) => {
    if (size > maxBytes) return true;
    bytes += size;
    kept += 1;
    return kept > maxFiles || bytes > maxBytes;
  });
  if (evicted.length === 0) return;
  count(evicted.length);
  for (const { path } of evicted) unlinkSync(path);
}
