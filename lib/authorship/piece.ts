import type { AuthorShare } from './author.ts';

/**
 * What a tool call did with a piece of code. Only `authored` is Claude's own writing: the others brought
 * text that stood somewhere before, or, `unknown`, came from where nobody can tell.
 */
export type AuthorshipKind = 'authored' | 'moved' | 'copied' | 'restored' | 'formatted' | 'unknown';

/** A piece of code that a tool call put into a file, in one place. */
export interface Piece {
  /** Its author, if it is `authored`: the key of the occurrence that it makes. */
  readonly author: string;
  readonly code: string;
  /** Its first line in the file after the call, 1-based; null where it has no lines of its own. */
  readonly startLine: number | null;
  /** Its last line, inclusive. */
  readonly endLine: number | null;
  /** Those of its lines that were not there before, 1-based, in order. */
  readonly changedLines: readonly number[];
  readonly wholeFile: boolean;
  readonly kind: AuthorshipKind;
  /** The authors of what it replaced, each with its share of the lines, the largest first. */
  readonly parents: readonly AuthorShare[];
  /** The lines of the text before that it replaced: 0-based, `[start, end, start, end, …]`. */
  readonly replaced: readonly number[];
}
