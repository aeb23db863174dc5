import { mkdirSync, readdirSync, renameSync, statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { SpoolFile } from './spool-reader.ts';

/** Moves a spool file into the quarantine `folder`, with the reason at the end of its name. */
export function quarantine(file: SpoolFile, reason: string, folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  renameSync(file.path, join(folder, `${file.name}.${reason}`));
}

/** How much the quarantine may hold. */
export interface QuarantineBounds {
  readonly maxFiles: number;
  readonly maxBytes: number;
}

/**
 * Removes the oldest files of the quarantine until it is within its bounds. `count` is called with their
 * number before they are removed.
 */
export function boundQuarantine(
  folder: string,
  { maxFiles, maxBytes }: QuarantineBounds,
  count: (evicted: number) => void,
): void {
  const files = readdirSync(folder)
    .map((name) => ({ path: join(folder, name), stats: statSync(join(folder, name)) }))
    .sort((a, b) => b.stats.mtimeMs - a.stats.mtimeMs); // newest first, as these are kept
  let bytes = 0;
  const evicted = files.filter(({ stats }, index) => {
    bytes += stats.size;
    return index >= maxFiles || bytes > maxBytes;
  });
  if (evicted.length === 0) return;
  count(evicted.length);
  for (const { path } of evicted) unlinkSync(path);
}
