import { NOT_CLAUDE } from '../../../lib/authorship/author.ts';
import type { Author } from '../../../lib/authorship/author.ts';

/** A line of the simulated world, which knows who wrote it. It keeps its identity where it goes. */
export interface TrueLine {
  readonly text: string;
  readonly author: Author;
}

/** The files as they stand, each with its true lines. */
export type Files = Map<string, readonly TrueLine[]>;

/** What is true of a piece that a call wrote. */
export interface TruePiece {
  readonly author: string;
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  /** The authors of the lines that it replaced. */
  readonly replaced: readonly Author[];
  readonly disturbed: 'no' | 'yes' | 'renamed';
}

/** Lines that nobody but people wrote. */
export function byHand(texts: readonly string[]): TrueLine[] {
  return texts.map((text) => ({ text, author: NOT_CLAUDE }));
}

/** Lines of one author. */
export function writtenLines(texts: readonly string[], author: Author): TrueLine[] {
  return texts.map((text) => ({ text, author }));
}

/** The file's text; it ends with a newline. */
export function textOf(lines: readonly TrueLine[]): string {
  return lines.length === 0 ? '' : `${lines.map(({ text }) => text).join('\n')}\n`;
}
