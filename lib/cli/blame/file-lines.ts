import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError } from '../arguments/usage-error.ts';

/** A file, and which of its lines are meant. */
export interface FileLines {
  /** As it was typed, without the lines. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  /** The first line, from 1. */
  readonly first: number;
  /** The last line, inclusive; infinite for the end of the file. */
  readonly last: number;
}

/**
 * Reads `FILE`, `FILE:12`, `FILE:12-20` and `FILE:12-`. A file that is called so as a whole is meant as a whole.
 *
 * @throws UsageError when it is empty, or the lines are not in order
 */
export function fileLinesOf(text: string, cwd: string): FileLines {
  if (text === '') throw new UsageError('FILE is empty', 'Name a file.');
  const [, name = text, from, dash, to] = LINES.exec(text) ?? [];
  if (from === undefined || existsSync(resolve(cwd, text))) {
    return { name: text, path: resolve(cwd, text), first: 1, last: Number.POSITIVE_INFINITY };
  }
  const first = Number(from);
  const last = to ? Number(to) : dash ? Number.POSITIVE_INFINITY : first;
  if (first < 1 || last < first) {
    throw new UsageError(
      `${from}${dash ?? ''}${to ?? ''} are no lines`,
      'Lines count from 1, and the first comes first: FILE:12-20.',
    );
  }
  return { name, path: resolve(cwd, name), first, last };
}

// --- internal ---

const LINES = /^(.+):(\d{1,9})(?:(-)(\d{1,9})?)?$/s;
