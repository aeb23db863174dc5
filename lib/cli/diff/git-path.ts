/** A path as git quotes it: only where it holds a sign that a line cannot show, each byte of that as an escape. */
export function gitPath(path: string): string {
  const bytes = Buffer.from(path);
  if (!bytes.some((byte) => mustEscape(byte))) return path;
  const text = [...bytes].map((byte) =>
    mustEscape(byte) ? (ESCAPES.get(byte) ?? octal(byte)) : String.fromCharCode(byte),
  );
  return `"${text.join('')}"`;
}

// --- internal ---

function mustEscape(byte: number): boolean {
  return byte < 0x20 || byte >= 0x7f || byte === DOUBLE_QUOTE || byte === BACKSLASH;
}

function octal(byte: number): string {
  return `\\${byte.toString(8).padStart(3, '0')}`;
}

const DOUBLE_QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ESCAPES = new Map([
  [0x07, '\\a'],
  [0x08, '\\b'],
  [0x09, '\\t'],
  [0x0a, '\\n'],
  [0x0b, '\\v'],
  [0x0c, '\\f'],
  [0x0d, '\\r'],
  [DOUBLE_QUOTE, '\\"'],
  [BACKSLASH, '\\\\'],
]);
