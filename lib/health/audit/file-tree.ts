import { lstatSync, readdirSync, statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { join } from 'node:path';

/** A file or a folder of a tree; a link is one itself. */
export interface TreeEntry {
  readonly path: string;
  readonly stats: Stats;
}

/**
 * `path` and everything below it, sorted. `path` may be a link, as the home may; links below it are not followed.
 * What disappears meanwhile is left out.
 */
export function fileTree(path: string): TreeEntry[] {
  const root = statSync(path, { throwIfNoEntry: false });
  if (!root) return [];
  const found: TreeEntry[] = [{ path, stats: root }];
  for (const entry of found) {
    if (!entry.stats.isDirectory()) continue;
    for (const name of namesIn(entry.path)) {
      const below = join(entry.path, name);
      const stats = lstatSync(below, { throwIfNoEntry: false });
      if (stats) found.push({ path: below, stats });
    }
  }
  return found.toSorted((one, other) => (one.path < other.path ? -1 : 1));
}

// --- internal ---

/** A folder that cannot be read is reported as one that belongs to somebody else. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
