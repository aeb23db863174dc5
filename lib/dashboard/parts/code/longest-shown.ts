/** Of longer lines, the beginning is shown, in characters. */
export const LONGEST_SHOWN = 2_000;
