/** A text with as many lines is a pattern, whatever they hold. */
export const PATTERN_LINES = 3;
/** A text with as many words and signs is a pattern, however few its lines are. */
export const PATTERN_TOKENS = 40;

/** True for code that is too short to say anything when it is written again. `lines` is how many it has. */
export function isTooSmall(code: string, lines: number): boolean {
  return lines < PATTERN_LINES && !hasTokens(code, PATTERN_TOKENS);
}

// --- internal ---

const TOKEN = /[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu;

/** True if the code has that many words and signs; reads no further. */
function hasTokens(code: string, least: number): boolean {
  let found = 0;
  for (const _ of code.matchAll(TOKEN)) {
    found += 1;
    if (found >= least) return true;
  }
  return false;
}
