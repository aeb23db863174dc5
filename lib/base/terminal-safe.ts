/**
 * Escapes as `\uXXXX` what JSON allows but a terminal acts on: control, zero-width and direction
 * characters. The value of the JSON stays the same.
 */
export function terminalSafe(json: string): string {
  return json.replaceAll(
    /[\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
