import { ifSecretText } from './name-shape.ts';
import type { SecretName } from './name-shape.ts';
import { matchAt } from '../sticky.ts';
import { valueSpan } from './value-span.ts';
import type { ValueSpan } from './value-span.ts';

/** `<password>V</password>`, and a property list's `<key>password</key><string>V</string>`. */
export function findElement(text: string, name: SecretName): readonly ValueSpan[] | undefined {
  if (!/[<>\s]/.test(text.charAt(name.end))) return undefined;
  if (text.slice(name.start - 1, name.end + 1) === '<SID>') return undefined; // what Vim calls a script
  const next = matchAt(NEXT_ELEMENT, text, name.end);
  const own = /[<:]/.test(text.charAt(name.start - 1)) ? matchAt(ELEMENT, text, name.end) : null;
  const opening = next ?? own;
  if (opening === null) return undefined;
  const value = valueSpan(TO_TAG, text, name.end + opening[0].length);
  if (value === undefined) return undefined;
  const { start } = value;
  const content = text.slice(start, value.end).trimEnd();
  // What goes on in further lines is the content of an element only if that is closed.
  if (
    content.includes('\n') &&
    !/^(?:\]\]>\s{0,8})?<\//.test(text.slice(value.end, value.end + 13))
  )
    return undefined;
  return ifSecretText(text, { start, end: start + content.length }, name);
}

// --- internal ---

/** Markup in place of a value: a bracket, or one that is encoded. */
const TO_TAG = /(?![(>]|&#|&(?:lt|gt|quot);)(?:[^<>\]]{3,512}(?=<|\]\]>)|[^<>]{3,512}(?=<))/y;
const ELEMENT = /(?:\s[^<>]{0,128})?>(?:<!\[CDATA\[)?\s{0,8}/y;
const NEXT_ELEMENT =
  /<\/[\w:]{1,32}>\s{0,64}<[\w:]{1,32}(?:\s[^<>]{0,64})?>(?:<!\[CDATA\[)?\s{0,8}/y;
