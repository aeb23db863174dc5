/**
 * What PostgreSQL can keep of a value. It cannot keep NUL characters and halves of surrogate pairs, so they
 * become the visible U+2400 and U+FFFD. A value without them is returned unchanged.
 */
export function storable<T>(value: T): T {
  const text = JSON.stringify(value);
  if (text === undefined || !UNSTORABLE.test(text)) return value;
  return clean(value) as T;
}

/** Cuts a text that is part of a key: PostgreSQL accepts keys of up to about 2,700 bytes. */
export function keyText<T extends string | null | undefined>(text: T): T {
  return (typeof text === 'string' ? text.slice(0, KEY_LENGTH) : text) as T;
}

/** Rounds a number for an integer column. */
export function whole<T extends number | null>(value: T): T {
  return (value === null ? null : Math.round(value)) as T;
}

// --- internal ---

/** The contract allows ids this long; no client that we know sends longer ones. */
const KEY_LENGTH = 255;

/** Finds them as JSON spells them. A backslash before a u in code also matches, which only costs time. */
const UNSTORABLE = /\\u(?:0000|d[89a-f])/i;

function clean(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed().replaceAll('\0', '\u2400');
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [clean(key) as string, clean(each)]),
  );
}
