/** A secret found in a text: where it stands and what it is. */
export interface FoundSecret {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  /** What stands in the marker: `github-token`, `assignment`, … */
  readonly kind: string;
}

/**
 * A rule that looks at one place: where one of its triggers stands. What it does there is bounded, so
 * that no text can make it slow.
 */
export interface AnchoredRule {
  readonly scope: 'place';
  readonly kind: string;
  /**
   * Words without which the rule finds nothing. One with a capital is matched as it stands, one in lower
   * case in any case.
   */
  readonly triggers: readonly string[];
  /** `at` is where the trigger begins. */
  find(text: string, at: number): FoundSecret | undefined;
}

/** A rule that looks at the whole text, once, if one of its triggers is in it. */
export interface TextRule {
  readonly scope: 'text';
  readonly name: string;
  /** As above; none means that every text is looked at. */
  readonly triggers: readonly string[];
  /** Looks closer at a trigger, cheaply; false means that it was not one. */
  readonly confirm?: RegExp;
  findAll(text: string): FoundSecret[];
}

export type SecretRule = AnchoredRule | TextRule;
