/**
 * JSON text in which each `\\uD83D` without its other half is `\\uFFFD`. Claude Code passes such
 * halves on; no UTF-8 can hold them, so a database would give back something else than it got.
 */
export function wellFormedJson(text: string): string {
  if (!MAY_HAVE_SURROGATES.test(text)) return text;
  return text.replaceAll(ESCAPES, (escape, pair?: string, half?: string) =>
    pair === undefined && half !== undefined ? '\\uFFFD' : escape,
  );
}

// --- internal ---

const MAY_HAVE_SURROGATES = /\\u[dD][89a-fA-F]/;

/** Every escape of the text, one after the other, so that `\\\\uD83D` is a backslash and a word. */
const ESCAPES =
  /\\(?:(u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|(u[dD][89a-fA-F][0-9a-fA-F]{2})|[^])/g;
