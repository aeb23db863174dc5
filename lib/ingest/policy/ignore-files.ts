import { statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { LRUCache } from 'lru-cache';
import { readHead } from '../../base/regular-file.ts';
import { IgnorePatterns } from './ignore-patterns.ts';
import type { Budget } from './ignore-patterns.ts';

/** Where an ignore file may be. */
interface Place {
  readonly folder: string;
  readonly path: string;
}

/** An ignore file, and the folder that its patterns are relative to. */
interface PlacedPatterns {
  readonly folder: string;
  readonly patterns: IgnorePatterns;
}

/**
 * Finds ignore files: in the folders given and all above them. A file that has changed is read again. It is a
 * project's, so only a regular file is read, at most 64 KiB of it, and opening it never blocks.
 */
export class IgnoreFiles {
  readonly #read = new LRUCache<string, { stamp: string; patterns: IgnorePatterns }>({ max: 200 });

  readonly #places = new LRUCache<string, readonly Place[]>({ max: 200 });

  /** Those that apply to sessions in these folders. */
  of(folders: readonly string[]): PlacedPatterns[] {
    return folders.flatMap((inner) =>
      this.#placesOf(inner).flatMap(({ folder, path }) => {
        const patterns = this.#patternsIn(path);
        return patterns ? [{ folder, patterns }] : [];
      }),
    );
  }

  #placesOf(folder: string): readonly Place[] {
    const known = this.#places.get(folder);
    if (known) return known;
    const places = andAbove(folder).map((each) => ({
      folder: each,
      path: join(each, IGNORE_FILE),
    }));
    this.#places.set(folder, places);
    return places;
  }

  #patternsIn(path: string): IgnorePatterns | undefined {
    const stats = statsOf(path);
    if (!stats?.isFile()) return undefined;
    const stamp = `${stats.dev} ${stats.ino} ${stats.mtimeMs} ${stats.size}`;
    const known = this.#read.get(path);
    if (known?.stamp === stamp) return known.patterns;
    const patterns = new IgnorePatterns(readBeginning(path));
    this.#read.set(path, { stamp, patterns });
    return patterns;
  }
}

/** True when one of the files says that no text of `path` is kept. */
export function isIgnored(
  path: string,
  placed: readonly PlacedPatterns[],
  budget: Budget,
): boolean {
  return placed.some(({ folder, patterns }) => {
    const inner = relative(folder, path).replaceAll('\\', '/');
    // A name such as `..data` begins with dots, too, but does not lead out.
    const isInside = inner !== '' && !/^\.\.(?:\/|$)/.test(inner) && !isAbsolute(inner);
    return isInside && patterns.ignores(inner, budget);
  });
}

// --- internal ---

/** The file by which a project says of which of its files no text is kept. */
const IGNORE_FILE = '.pattern-trackerignore';

const MAX_BYTES = 64 * 1024;
const MAX_FOLDERS = 64;
/** A longer one is no path. */
const MAX_PATH = 4096;

function andAbove(folder: string): string[] {
  if (!isAbsolute(folder) || folder.length > MAX_PATH) return [];
  const folders = [folder];
  for (let inner = folder; folders.length < MAX_FOLDERS && dirname(inner) !== inner;) {
    inner = dirname(inner);
    folders.push(inner);
  }
  return folders;
}

function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined; // such as a folder that may not be searched, or a name with a NUL
  }
}

function readBeginning(path: string): string {
  try {
    return readHead(path, MAX_BYTES);
  } catch {
    return ''; // it may not be read, or is no file any more
  }
}
