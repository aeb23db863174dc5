import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** How many files a log has, with its rotated ones, and how large they are together. */
export function logBytes(logFile: string): { readonly files: number; readonly bytes: number } {
  const sizes = namesIn(dirname(logFile))
    .filter((name) => name.startsWith(basename(logFile)))
    .flatMap((name) => fileBytes(join(dirname(logFile), name)) ?? []);
  return { files: sizes.length, bytes: sizes.reduce((all, size) => all + size, 0) };
}

/** The size of a file; undefined when there is none. */
export function fileBytes(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}

// --- internal ---

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // nothing was logged yet
  }
}
