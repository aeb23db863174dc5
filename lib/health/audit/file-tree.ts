import { lstatSync, readdirSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { join } from 'node:path';

/** A file or a folder of a tree; of a link itself. */
export interface TreeEntry {
  readonly path: string;
  readonly stats: Stats;
  /** False where a folder above it, within the tree, lets nobody else through. */
  readonly isReachable: boolean;
}

/** `path` and everything below it. Links are not followed. What disappears meanwhile is left out. */
export function fileTree(path: string, isReachable = true): TreeEntry[] {
  const found: TreeEntry[] = [];
  const waiting: { path: string; isReachable: boolean }[] = [{ path, isReachable }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const stats = lstatSync(next.path, { throwIfNoEntry: false });
    if (!stats) continue;
    found.push({ ...next, stats });
    if (!stats.isDirectory()) continue;
    const isOpen = next.isReachable && (stats.mode & 0o011) !== 0;
    for (const name of namesIn(next.path)) {
      waiting.push({ path: join(next.path, name), isReachable: isOpen });
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
