/**
 * Replaces the escape of each lone surrogate (`\\uD83D` without its other half) by `\\uFFFD`. Claude
 * Code passes lone surrogates on, but UTF-8 cannot hold them, so a database would not return what it
 * was given.
 */
export function wellFormedJson(text: string): string {
  if (!MAY_HAVE_SURROGATES.test(text)) return text;
  return text.replaceAll(ESCAPES, (escape, pair?: string, half?: string) =>
    pair === undefined && half !== undefined ? '\\uFFFD' : escape,
  );
}

// --- internal ---

const MAY_HAVE_SURROGATES = /\\u[dD][89a-fA-F]/;

/** Matches every escape in turn, so that `\\\\uD83D` is read as a backslash and the text `uD83D`. */
const ESCAPES =
  /\\(?:(u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|(u[dD][89a-fA-F][0-9a-fA-F]{2})|[^])/g;
