import { closeSync, lstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../../../base/errors.ts';
import { formsOf } from './text-forms.ts';

/** What a search of files for texts came to. */
export interface ByteSearch {
  readonly files: number;
  readonly bytes: number;
  readonly found: readonly FoundTraces[];
}

/** A file that holds some of the texts. */
export interface FoundTraces {
  readonly path: string;
  readonly traces: readonly string[];
}

/**
 * Searches every file below `folder` but `except` for texts, byte by byte, as they are and as JSON writes them. Links
 * are not followed.
 */
export function searchBytes(
  folder: string,
  traces: readonly string[],
  except: readonly string[] = [],
): ByteSearch {
  let [files, bytes] = [0, 0];
  const found: FoundTraces[] = [];
  const search = fileSearch(traces);
  for (const path of filesBelow(folder)) {
    if (except.includes(path)) continue;
    const result = search(path);
    if (!result) continue; // it was taken in meanwhile
    files += 1;
    bytes += result.bytes;
    if (result.traces.length > 0) found.push({ path, traces: result.traces });
  }
  return { files, bytes, found };
}

/**
 * Makes a function that searches one file for texts, and returns its size and those that it holds; undefined if there
 * is no such file.
 */
export function fileSearch(
  traces: readonly string[],
): (path: string) => { readonly bytes: number; readonly traces: readonly string[] } | undefined {
  const needles = traces.map((trace) => formsOf(trace).map((form) => Buffer.from(form)));
  const overlap = Math.max(0, ...needles.flat().map(({ length }) => length - 1));
  return (path) => {
    const met = new Set<number>();
    try {
      const bytes = eachPart(path, overlap, (part) => {
        for (const [index, forms] of needles.entries()) {
          if (!met.has(index) && forms.some((form) => part.includes(form))) met.add(index);
        }
      });
      return { bytes, traces: traces.filter((_, index) => met.has(index)) };
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  };
}

/** The regular files below a folder; none if there is no such folder. */
export function filesBelow(folder: string): string[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
  return names.flatMap((name) => {
    const path = join(folder, name);
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats?.isDirectory()) return filesBelow(path);
    return stats?.isFile() ? [path] : [];
  });
}

// --- internal ---

const PART_BYTES = 4 * 1024 * 1024;

/** Reads a file in parts that overlap by `overlap` bytes; returns its size. */
function eachPart(path: string, overlap: number, look: (part: Buffer) => void): number {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(PART_BYTES + overlap);
    let [kept, size] = [0, 0];
    for (;;) {
      const read = readSync(file, buffer, kept, PART_BYTES, null);
      if (read === 0) return size;
      size += read;
      const end = kept + read;
      look(buffer.subarray(0, end));
      const keep = Math.min(overlap, end);
      buffer.copy(buffer, 0, end - keep, end);
      kept = keep;
    }
  } finally {
    closeSync(file);
  }
}
