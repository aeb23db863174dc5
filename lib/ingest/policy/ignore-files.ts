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

/** What was found for the sessions in a folder. */
interface Answer {
  readonly placed: readonly PlacedPatterns[];
  /** When the disk was asked, in milliseconds since 1970 UTC, and by a clock that nobody sets. */
  readonly askedAt: number;
  readonly askedAtSteady: number;
}

/**
 * Finds ignore files: in the folders given and all above them. A file that has changed is read again. It is a
 * project's, so only a regular file is read, at most 64 KiB of it, and opening it never blocks.
 */
export class IgnoreFiles {
  readonly #read = new LRUCache<string, { stamp: string; patterns: IgnorePatterns }>({ max: 200 });

  readonly #places = new LRUCache<string, readonly Place[]>({ max: 200 });
  readonly #answers = new LRUCache<string, Answer>({ max: 200 });

  /**
   * Those that apply to sessions in these folders. For an event of a backlog the disk need not be asked each time: an
   * answer from after the event was written, at `writtenAt`, knows every ignore file that was there before it.
   */
  of(folders: readonly string[], writtenAt = Infinity): readonly PlacedPatterns[] {
    const [only] = folders;
    if (only !== undefined && folders.length === 1) return this.#placedOf(only, writtenAt);
    return folders.flatMap((inner) => this.#placedOf(inner, writtenAt));
  }

  #placedOf(inner: string, writtenAt: number): readonly PlacedPatterns[] {
    const known = this.#answers.get(inner);
    const steady = performance.now();
    if (
      known &&
      writtenAt < known.askedAt - CLOCKS_MS &&
      steady - known.askedAtSteady < ANSWER_MS
    ) {
      return known.placed;
    }
    const askedAt = Date.now(); // before the disk is asked
    const placed = this.#placesOf(inner).flatMap(({ folder, path }) => {
      const patterns = this.#patternsIn(path);
      return patterns ? [{ folder, patterns }] : [];
    });
    this.#answers.set(inner, { placed, askedAt, askedAtSteady: steady });
    return placed;
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

/** How long an answer serves the events of a backlog, in milliseconds. */
const ANSWER_MS = 1_000;
/** By how much the time of a file may differ from that of the system's clock, in milliseconds. */
const CLOCKS_MS = 2_000;
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
