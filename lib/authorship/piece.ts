import type { AuthorShare } from './author.ts';

/**
 * What a tool call did with a piece of code. Only `authored` is Claude's own writing: the others brought
 * text that stood somewhere before, or, `unknown`, came from where nobody can tell.
 */
export type AuthorshipKind = 'authored' | 'moved' | 'copied' | 'restored' | 'formatted' | 'unknown';

/** Where a piece stands in its file after the call. */
export interface PiecePlace {
  /** Its first line, 1-based; null where it has no lines of its own, or nobody can tell which. */
  readonly startLine: number | null;
  /** Its last line, inclusive. */
  readonly endLine: number | null;
  /** Those of its lines that are new or differ from before, 1-based, in order; null if nobody can tell. */
  readonly changedLines: readonly number[] | null;
}

/** A piece of code that a tool call put into a file, in one place. */
export interface Piece extends PiecePlace {
  /** Its author, if it is `authored`: the key of the occurrence that it makes. */
  readonly author: string;
  /** As written, not trimmed; never only white space. */
  readonly code: string;
  readonly wholeFile: boolean;
  readonly kind: AuthorshipKind;
  /** Which part of its lines is its author's own, from 0 to 1; null where its lines are not known. */
  readonly ownShare: number | null;
  /** The authors of what it replaced, each with its share of the lines, the largest first. */
  readonly parents: readonly AuthorShare[];
  /** The lines of the text before that it replaced: 0-based, `[start, end, start, end, …]`. */
  readonly replaced: readonly number[];
}
