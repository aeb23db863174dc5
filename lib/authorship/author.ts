/** Who wrote a line: the key of an occurrence, `<event id>-<ordinal>`, or {@link NOT_CLAUDE}. */
export type Author = string | null;

/** The author of a line that no recorded tool call wrote. */
export const NOT_CLAUDE = null;

/** How many lines of a text are Claude's. */
export function linesOfClaude({ authors }: Pick<AuthoredText, 'authors'>): number {
  return authors.reduce((count, author) => (author === NOT_CLAUDE ? count : count + 1), 0);
}

/** How many lines a text has: what ends with a newline has no line after it. */
export function linesOfText({ lines }: Pick<AuthoredText, 'lines'>): number {
  return lines.at(-1) === '' ? lines.length - 1 : lines.length;
}

/** The lines of a text and, for each of them, its author. Neither array is ever changed. */
export interface AuthoredText {
  readonly lines: readonly string[];
  readonly authors: readonly Author[];
}

/** An author and how much of something is theirs, from 0 to 1. */
export interface AuthorShare {
  readonly author: string;
  readonly share: number;
}

/**
 * A line that no file has. It stands where a line is not known, or between lines that did not stand
 * together, and is like no other line.
 */
export const NO_LINE = '\u0000';

/** Splits a text at its newlines. A text that ends with a newline has an empty last line, so that joining gives it back. */
export function linesOf(text: string): string[] {
  return (text.includes('\r') ? text.replaceAll('\r\n', '\n') : text).split('\n');
}

/** The text with all its lines by one author. */
export function writtenBy(author: Author, lines: readonly string[]): AuthoredText {
  return { lines, authors: lines.map(() => author) };
}

/** The key of the event that an occurrence belongs to. */
export function eventOf(author: string): string {
  return author.slice(0, author.lastIndexOf('-'));
}

/** The lines whose authors belong to an event, by their indices. */
export function linesBy(event: string, authors: readonly Author[]): number[] {
  const lines: number[] = [];
  let before: Author = NOT_CLAUDE;
  let isBy = false;
  for (const [line, author] of authors.entries()) {
    // Most lines have the author of the one before.
    if (author !== before) isBy = author !== NOT_CLAUDE && eventOf(author) === event;
    before = author;
    if (isBy) lines.push(line);
  }
  return lines;
}

/** Claude's part of `authors`, the largest share first; who wrote as much as another comes in the order of the lines. */
export function sharesOf(authors: readonly Author[]): AuthorShare[] {
  const counts = new Map<string, number>();
  for (const author of authors) {
    if (author !== NOT_CLAUDE) counts.set(author, (counts.get(author) ?? 0) + 1);
  }
  return [...counts]
    .map(([author, count]) => ({ author, share: count / authors.length }))
    .toSorted((one, other) => other.share - one.share);
}
