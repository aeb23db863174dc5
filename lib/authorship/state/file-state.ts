import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import { asArray, asNumber } from '../../base/json.ts';
import type { Json } from '../../base/json.ts';
import { eventOf } from '../author.ts';
import type { Author } from '../author.ts';
import type { FileHistory, PastVersion, VersionOrigin, WrittenPiece } from './file-history.ts';

/** Writes a file's history as it is stored: less than 1 KB for a file of 60 lines. */
export function encodeHistory({ last, past }: FileHistory): Uint8Array {
  const names = new Names();
  const lastRow = [last.at, ...versionRow(last, names)];
  const pastRows = past.map((version) => [
    last.at - version.at,
    ...versionRow(version, names),
    [version.start, version.end],
    version.lines.join('\n'),
    version.lines.length,
  ]);
  // The text comes first: what follows repeats parts of it.
  const text = JSON.stringify([FORMAT, last.lines.join('\n'), pastRows, lastRow, names.list]);
  return brotliCompressSync(text, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 5,
      [constants.BROTLI_PARAM_LGWIN]: 18,
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_SIZE_HINT]: text.length,
    },
  });
}

/** Reads what {@link encodeHistory} wrote; undefined when it is damaged or of another version. */
export function decodeHistory(bytes: Uint8Array): FileHistory | undefined {
  try {
    const state: unknown = JSON.parse(
      brotliDecompressSync(bytes, { maxOutputLength: MAX_STATE }).toString(),
    );
    return Array.isArray(state) && state[0] === FORMAT ? historyIn(state as Json[]) : undefined;
  } catch {
    return undefined;
  }
}

// --- internal ---

const FORMAT = 1;
/** What a state may unpack to, in bytes. */
const MAX_STATE = 32 * 1024 * 1024;
const MAX_LINES = 4_000_000;

/** Numbers for names that occur often: 0 is nobody, the others begin at 1. */
class Names {
  readonly list: string[] = [];
  readonly #numbers = new Map<string, number>();

  number(name: Author): number {
    if (name === null) return 0;
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.list.push(name);
      this.#numbers.set(name, number);
    }
    return number;
  }

  /** `[lines, author, lines, author, …]` */
  runs(authors: readonly Author[]): number[] {
    const runs: number[] = [];
    let length = 0;
    for (const [index, author] of authors.entries()) {
      length += 1;
      if (index + 1 < authors.length && authors[index + 1] === author) continue;
      runs.push(length, this.number(author));
      length = 0;
    }
    return runs;
  }
}

interface AuthoredVersion extends VersionOrigin {
  readonly authors: readonly Author[];
}

/** An event is named by the author of its first piece, which mostly stands in the text. */
function versionRow({ event, pieces, authors }: AuthoredVersion, names: Names): Json[] {
  return [
    names.number(event === null ? null : `${event}-0`),
    pieces.map(({ author, replaced }) => [names.number(author), ...replaced]),
    names.runs(authors),
  ];
}

function versionIn(
  row: readonly Json[],
  at: number,
  names: readonly string[],
): AuthoredVersion | undefined {
  const [event, pieces, runs] = row;
  if (!isNumber(event) || !isArrayOf(pieces, isNumbers) || !isNumbers(runs)) return undefined;
  const authors = authorsIn(runs, names);
  const written = pieces.flatMap(([author = 0, ...replaced]): WrittenPiece[] => {
    const name = names[author - 1];
    return name === undefined ? [] : [{ author: name, replaced }];
  });
  if (authors === undefined || written.length !== pieces.length) return undefined;
  const name = names[event - 1];
  return { at, event: name === undefined ? null : eventOf(name), pieces: written, authors };
}

/** Undefined when something has another form, or does not fit the rest. */
function historyIn(state: readonly Json[]): FileHistory | undefined {
  const [, text, rows, lastRow, names] = state;
  if (!isText(text) || !isArrayOf(rows, Array.isArray) || !isArrayOf(names, isText))
    return undefined;
  const [at, ...row] = asArray(lastRow);
  if (!isNumber(at)) return undefined;
  const version = versionIn(row, at, names);
  const lines = text.split('\n');
  if (version?.authors.length !== lines.length) return undefined;
  const past: PastVersion[] = [];
  let length = lines.length;
  for (const pastRow of rows) {
    const earlier = pastVersionIn(pastRow, at, names);
    if (earlier === undefined || earlier.end > length) return undefined;
    length += earlier.lines.length - (earlier.end - earlier.start);
    if (earlier.authors.length !== length) return undefined;
    past.push(earlier);
  }
  return { last: { ...version, lines }, past };
}

function pastVersionIn(
  row: readonly Json[],
  lastAt: number,
  names: readonly string[],
): PastVersion | undefined {
  const [before, event, pieces, runs, cut, text, count] = row;
  if (!isNumber(before) || !isNumbers(cut) || !isText(text) || !isNumber(count)) return undefined;
  const version = versionIn([event ?? 0, pieces ?? [], runs ?? []], lastAt - before, names);
  const [start = 0, end = 0] = cut;
  if (version === undefined || start < 0 || end < start) return undefined;
  return { ...version, start, end, lines: count === 0 ? [] : text.split('\n') };
}

/** Undefined for more lines than a file can have here. */
function authorsIn(runs: readonly number[], names: readonly string[]): Author[] | undefined {
  const authors: Author[] = [];
  for (let at = 0; at < runs.length; at += 2) {
    const author = names[(runs[at + 1] ?? 0) - 1] ?? null;
    const end = authors.length + (runs[at] ?? 0);
    if (end > MAX_LINES) return undefined;
    while (authors.length < end) authors.push(author);
  }
  return authors;
}

function isArrayOf<T extends Json>(
  value: unknown,
  isItem: (item: unknown) => item is T,
): value is readonly T[] {
  return Array.isArray(value) && value.every(isItem);
}

function isNumbers(value: unknown): value is readonly number[] {
  return isArrayOf(value, isNumber);
}

function isNumber(value: unknown): value is number {
  return asNumber(value) !== undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
