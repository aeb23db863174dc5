import { eventOf } from '../author.ts';
import type { Author } from '../author.ts';
import { AuthorNames, readAuthors } from './author-names.ts';
import { ByteReader, pushNumber, pushSigned } from './byte-reader.ts';
import { MAX_PAST_VERSIONS } from './file-history.ts';
import type { FileHistory, PastVersion, VersionOrigin, WrittenPiece } from './file-history.ts';
import { packText, unpackText } from './packed-text.ts';

/**
 * Writes a file's history as it is stored, less than 1 KB for a file of 60 lines: the names of its authors, what is told
 * of each version, and the lines of all versions, compressed.
 *
 * @param names those of the history, and of what else refers to authors by their numbers
 */
export function encodeHistory(
  history: FileHistory,
  names: AuthorNames = namesOf(history),
): Uint8Array {
  const { last, past } = history;
  const head: number[] = [];
  names.push(head);
  pushSigned(head, last.at);
  pushNumber(head, last.lines.length);
  pushVersion(head, last, last.authors, names);
  let later = last.authors;
  for (const version of past) {
    const { start, end, lines, authors } = version;
    const ownEnd = start + lines.length;
    // Mostly, a line that was there before and after has one author.
    const isAlike = authors.every(
      (author, line) =>
        (line >= start && line < ownEnd) ||
        author === later[line < start ? line : line - ownEnd + end],
    );
    pushSigned(head, last.at - version.at);
    pushNumber(head, start);
    pushNumber(head, end - start);
    pushNumber(head, 2 * lines.length + (isAlike ? 0 : 1));
    pushVersion(head, version, isAlike ? authors.slice(start, ownEnd) : authors, names);
    later = authors;
  }
  const lines = [last, ...past].flatMap((version) => version.lines);
  return withHead(Uint8Array.from(head), packText(lines.join('\n'), 'quick'));
}

/** Numbers for all authors whom a history names. */
export function namesOf({ last, past }: FileHistory): AuthorNames {
  const names = new AuthorNames();
  for (const version of [last, ...past]) addNames(names, version);
  return names;
}

/** Reads what {@link encodeHistory} wrote; undefined when it is damaged or of another version. */
export function decodeHistory(bytes: Uint8Array): FileHistory | undefined {
  const parts = partsOf(bytes);
  const text = parts && textIn(parts);
  return parts === undefined || text === undefined
    ? undefined
    : historyIn(new ByteReader(parts.head), text.split('\n'));
}

/** The authors whom a stored history names, by their numbers; undefined when it is damaged. */
export function authorsNamedIn(bytes: Uint8Array): readonly Author[] | undefined {
  const parts = partsOf(bytes);
  if (parts === undefined) return undefined;
  const reader = new ByteReader(parts.head);
  const authors = readAuthors(reader);
  return reader.isBeyond ? undefined : authors;
}

/** The same history in as few bytes as possible, which takes some milliseconds; undefined when it is damaged. */
export function repackedHistory(bytes: Uint8Array): Uint8Array | undefined {
  const parts = partsOf(bytes);
  const text = parts && textIn(parts);
  return parts === undefined || text === undefined
    ? undefined
    : withHead(parts.head, packText(text, 'thorough'));
}

/** The lines of all versions in a stored history, as one text; undefined when it is damaged, or something else. */
export function textOfHistory(bytes: Uint8Array): string | undefined {
  const parts = partsOf(bytes);
  return parts && textIn(parts);
}

// --- internal ---

/** The first byte. No Brotli stream begins with it (RFC 7932, 9.1), so other compressed columns differ from this one. */
const FORMAT = 0x11;

interface Parts {
  readonly head: Uint8Array;
  readonly text: Uint8Array;
}

function withHead(head: Uint8Array, text: Uint8Array): Uint8Array {
  const start = [FORMAT];
  pushNumber(start, head.length);
  return Buffer.concat([Uint8Array.from(start), head, text]);
}

function partsOf(bytes: Uint8Array): Parts | undefined {
  const reader = new ByteReader(bytes);
  if (reader.number() !== FORMAT) return undefined;
  const head = reader.take(reader.number());
  return reader.isBeyond ? undefined : { head, text: reader.rest() };
}

function textIn({ text }: Parts): string | undefined {
  try {
    return unpackText(text);
  } catch {
    return undefined;
  }
}

interface AuthoredVersion extends VersionOrigin {
  readonly authors: readonly Author[];
}

/** An event is named by the author of its first piece, which mostly stands in the text. */
function namedBy(event: string | null): Author {
  return event === null ? null : `${event}-0`;
}

function addNames(names: AuthorNames, { event, pieces, authors }: AuthoredVersion): void {
  names.number(namedBy(event));
  for (const { author } of pieces) names.number(author);
  let before: Author = null;
  for (const author of authors) {
    // Most lines have the author of the one before.
    if (author !== before) names.number(author);
    before = author;
  }
}

/** `authors` are those of its lines that are not told otherwise. All are known to `names`. */
function pushVersion(
  bytes: number[],
  { event, pieces }: VersionOrigin,
  authors: readonly Author[],
  names: AuthorNames,
): void {
  pushNumber(bytes, pieces.length * names.size + names.number(namedBy(event)));
  for (const { author, replaced } of pieces) {
    pushNumber(bytes, (replaced.length / 2) * names.size + names.number(author));
    for (const line of replaced) pushNumber(bytes, line);
  }
  let length = 0;
  for (const [line, author] of authors.entries()) {
    length += 1;
    const isLast = line + 1 === authors.length;
    if (!isLast && authors[line + 1] === author) continue;
    // The last run ends with the lines.
    pushNumber(bytes, (isLast ? 0 : length) * names.size + names.number(author));
    length = 0;
  }
}

/** Undefined when something does not fit the rest. */
function historyIn(reader: ByteReader, lines: readonly string[]): FileHistory | undefined {
  const names = readAuthors(reader);
  const at = reader.signed();
  const count = reader.number();
  const last = versionIn(reader, names, count, lines.length);
  if (last === undefined || count === 0) return undefined;
  const past: PastVersion[] = [];
  let later = last.authors;
  let used = count;
  while (!reader.isAtEnd && !reader.isBeyond) {
    const before = reader.signed();
    const start = reader.number();
    const end = start + reader.number();
    const own = reader.number();
    const length = Math.floor(own / 2);
    const isAlike = own % 2 === 0;
    if (end > later.length || used + length > lines.length || past.length === MAX_PAST_VERSIONS)
      return undefined;
    const all = later.length - (end - start) + length;
    const version = versionIn(reader, names, isAlike ? length : all, all);
    if (version === undefined) return undefined;
    if (isAlike)
      version.authors = [...later.slice(0, start), ...version.authors, ...later.slice(end)];
    past.push({ ...version, at: at - before, start, end, lines: lines.slice(used, used + length) });
    used += length;
    later = version.authors;
  }
  if (reader.isBeyond || used !== lines.length) return undefined;
  return { last: { ...last, at, lines: lines.slice(0, count) }, past };
}

interface ReadVersion {
  readonly event: string | null;
  readonly pieces: readonly WrittenPiece[];
  authors: readonly Author[];
}

/** A version with the authors of `count` lines, of which there cannot be more than `most`. */
function versionIn(
  reader: ByteReader,
  names: readonly Author[],
  count: number,
  most: number,
): ReadVersion | undefined {
  if (count > most) return undefined;
  const named = (): [number, Author] => {
    const number = reader.number();
    return [Math.floor(number / names.length), names[number % names.length] ?? null];
  };
  const [pieceCount, first] = named();
  const pieces: WrittenPiece[] = [];
  while (pieces.length < pieceCount && !reader.isBeyond) {
    const [ranges, author] = named();
    if (author === null) return undefined;
    const replaced: number[] = [];
    while (replaced.length < 2 * ranges && !reader.isBeyond) replaced.push(reader.number());
    pieces.push({ author, replaced });
  }
  const authors: Author[] = [];
  while (authors.length < count) {
    const [length, author] = named();
    const end = length === 0 ? count : authors.length + length;
    if (end > count) return undefined;
    while (authors.length < end) authors.push(author);
  }
  if (reader.isBeyond) return undefined;
  return { event: first === null ? null : eventOf(first), pieces, authors };
}
