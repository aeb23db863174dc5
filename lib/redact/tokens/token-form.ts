/** The form of tokens that are recognised by a fixed part, mostly their beginning. */
export interface TokenForm {
  /** Names them in the marker, in words of `a-z0-9-`. */
  readonly kind: string;
  /**
   * The fixed parts, separated by blanks. One with a capital letter is looked for exactly, one in lower case
   * in any case.
   */
  readonly prefixes: string;
  /**
   * A regular expression of what must follow. It is bounded, and open towards longer tokens where a vendor may make them
   * longer. It has so many random characters that no ordinary text has them by chance.
   */
  readonly rest: string;
  /**
   * A regular expression of what must stand before the fixed part and belongs to the token: at most
   * {@link MOST_BEFORE} characters.
   */
  readonly before?: string;
}

/** The longest part of a token before its fixed part, in characters. */
export const MOST_BEFORE = 76;

/** For the start of a long `rest`: it has a digit, as what encodes nothing but zeros has not. */
export const DIGIT = '(?=[A-Za-z%_-]{0,80}\\d)';

/** The form of a UUID. */
export const UUID = '[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}';
