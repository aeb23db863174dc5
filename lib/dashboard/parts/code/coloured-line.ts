/** A line of code as its pieces, each with the kind of its words: `word`, `string`, `number`, `name`, `comment` or none. */
export type ColouredLine = readonly (readonly [kind: string, text: string])[];

/** What the worker is asked. */
export interface ColourQuestion {
  readonly id: number;
  readonly code: string;
  /** As lib/pattern/language.ts names it. */
  readonly language: string;
}

/** What the worker answers. */
export interface ColourAnswer {
  readonly id: number;
  /** Null for a language that it does not know. */
  readonly lines: readonly ColouredLine[] | null;
}
