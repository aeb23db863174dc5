/** A secret found in a text, by its position in UTF-16 units. */
export interface Finding {
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
  /** `at` is where the trigger begins. */
  find(text: string, at: number): Finding | undefined;
}

/** A rule that looks at the whole text, once, if the text contains one of its triggers. */
export interface TextRule {
  readonly scope: 'text';
  readonly name: string;
  /** As in {@link AnchoredRule}; without triggers the rule looks at every text. */
  readonly triggers: readonly string[];
  /** A cheap second check, sticky, at the trigger; without a match the trigger does not count. */
  readonly confirm?: RegExp;
  findAll(text: string): Finding[];
}

/** Any rule that finds secrets. */
export type SecretRule = AnchoredRule | TextRule;
