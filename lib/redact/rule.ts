import type { WorkBudget } from './budget.ts';

/** A secret found in a text, by its position in UTF-16 units. */
export interface FoundSecret {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  /** Names the kind in the marker: `github-token`, `assignment`, … */
  readonly kind: string;
}

/**
 * A rule that looks only where one of its triggers stands. Its work there is bounded, so that no text
 * can make it slow.
 */
export interface AnchoredRule {
  readonly scope: 'place';
  readonly kind: string;
  /**
   * Words without which the rule finds nothing. A word with a capital letter is matched exactly, a word
   * in lower case in any case.
   */
  readonly triggers: readonly string[];
  /**
   * Adds what it finds to `found`. `at` is where the trigger begins. Returns the position before which
   * the rule need not look again. A rule that does more than a few hundred steps takes them from `budget`.
   */
  find(text: string, at: number, found: FoundSecret[], budget: WorkBudget): number;
}

/** A rule that looks at the whole text, such as an expression of the user's. It takes linear time. */
export interface TextRule {
  readonly scope: 'text';
  readonly kind: string;
  findAll(text: string): Iterable<{ readonly start: number; readonly end: number }>;
}
