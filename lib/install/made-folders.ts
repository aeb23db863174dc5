import { existsSync, rmdirSync } from 'node:fs';
import { dirname, sep } from 'node:path';

/** The folders that will have to be made for files at these paths: of each chain of new ones, the topmost. */
export function foldersToMake(paths: readonly string[]): string[] {
  return [...new Set(paths.flatMap((path) => topmostMissing(dirname(path)) ?? []))];
}

/**
 * Removes the folders that removed files have left empty, as far as they are `made` or lie in one of these. What
 * somebody else has put there stays, with the folders around it.
 */
export function removeEmptied(paths: readonly string[], made: readonly string[]): void {
  for (const path of paths) {
    let folder = dirname(path);
    while (made.some((top) => folder === top || folder.startsWith(top + sep))) {
      if (!isRemoved(folder)) break;
      folder = dirname(folder);
    }
  }
}

// --- internal ---

function topmostMissing(folder: string): string | undefined {
  if (existsSync(folder)) return undefined;
  const parent = dirname(folder);
  return parent === folder ? undefined : (topmostMissing(parent) ?? folder);
}

/** False for a folder that is not empty, or must not be removed. */
function isRemoved(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch {
    return false;
  }
}
