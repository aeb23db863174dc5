import type { FoundPattern } from './pattern-search.ts';

/** What to find similar patterns to. */
export interface LikenessQuery {
  readonly code: string;
  /** What it is written in, as lib/pattern/language.ts names it. */
  readonly language: string;
  /** A pattern that is not to be found. */
  readonly except: string | undefined;
  /** What scores less is left out, 0 to 1. */
  readonly least: number;
  readonly limit: number;
}

/** A pattern that is similar. */
export interface LikePattern extends FoundPattern {
  /** 0 to 1. */
  readonly score: number;
}
