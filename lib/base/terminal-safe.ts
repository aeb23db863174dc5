/**
 * Characters that a terminal does not show, or that reorder or hide the text around them: direction marks, zero-width
 * and joining marks, soft hyphens, tags, annotations. A joiner or a variation selector alone belongs to many a
 * word and emoji; a second one in a row carries hidden data, as the selectors beyond the first sixteen do.
 */
export const INVISIBLE =
  /(?![\u200c\u200d]|[\ufe00-\ufe0f])[\p{Default_Ignorable_Code_Point}\u2028\u2029\ufff9-\ufffb]|(?<=[\u200c\u200d])[\u200c\u200d]|(?<=[\ufe00-\ufe0f])[\ufe00-\ufe0f]/gu;

/**
 * Escapes as `\uXXXX` what JSON allows but a terminal acts on: control characters and {@link INVISIBLE} ones.
 * The value of the JSON stays the same.
 */
export function terminalSafe(json: string): string {
  if (PLAIN.test(json)) return json;
  return json.replaceAll(CONTROLS, escaped).replaceAll(INVISIBLE, escaped);
}

// --- internal ---

/** What most documents consist of, and nothing has to be done about. */
const PLAIN = /^[ -~\n]*$/;
const CONTROLS = /[\u007f-\u009f]/g; // oxlint-disable-line no-control-regex -- they are what it looks for

/** A character beyond U+FFFF takes two escapes, as JSON has it. */
function escaped(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
