import { ifSecretAnywhere, ifSecretText } from './name-shape.ts';
import type { SecretName } from './name-shape.ts';
import { isSecretAnywhere } from '../value/secret-value.ts';
import { endAt } from '../sticky.ts';
import { quotedAt, valueSpan } from './value-span.ts';
import type { ValueSpan } from './value-span.ts';

/**
 * A value near a name, without an operator between: in the next cell, behind an option, on the next line,
 * in a path, or before the name. It must look like a secret by itself.
 */
export function findAround(text: string, name: SecretName): readonly ValueSpan[] | undefined {
  const { end } = name;
  const first = text.charAt(endAt(SKIPPED, text, end) ?? end);
  const from = first === '-' || first === '\\' ? endAt(OPTION, text, end) : undefined;
  if (from !== undefined) {
    const value = quotedAt(text, from) ?? valueSpan(TO_BLANK, text, from);
    return value && ifSecretText(text, value, name);
  }
  for (const [firsts, between, pattern] of AFTER) {
    if (!firsts.includes(first)) continue;
    const at = endAt(between, text, end);
    const value = at === undefined ? undefined : valueSpan(pattern, text, at);
    if (value === undefined) continue;
    const trimmed = {
      start: value.start,
      end: value.start + text.slice(value.start, value.end).trimEnd().length,
    };
    if (ifSecretAnywhere(text, trimmed, name).length > 0) return [trimmed];
  }
  return inPath(text, name) ?? before(text, name);
}

// --- internal ---

const OPTION =
  /\\{0,15}["'`]?(?:[ \t]|\\\r?\n){1,64}(?:--(?!value|body|secret|string|data|val)[\w-]{1,32}(?:[ =][^\s-][^\s]{0,64})?[ \t]{1,32}){0,2}--(?:value|body|secret-string|secret-value|string-value|string|data|val)[ =]/y;
const TO_BLANK = /[^\s"'`]{3,512}/y;
/** What may stand before the sign that tells which shape it is. */
const SKIPPED = /[ \t"'`*\]]{0,64}/y;
/** That sign, what comes before the value, and the value. */
const AFTER: readonly (readonly [string, RegExp, RegExp])[] = [
  // the next cell of a row
  [
    '|│┃║',
    /["'`*]{0,3}[ \t]{0,64}[|│┃║][ \t]{0,64}["'`*]{0,3}/y,
    /[^\s|│┃║"'`*][^\r\n|│┃║"'`*]{5,512}/y,
  ],
  ['.', /[ \t]?\.{3,128}[ \t]?/y, /[^\s"'`]{6,512}/y],
  // the next line
  [
    '\r\n:',
    /(?:["'`]\]?:?|:)[ \t]{0,8}(?:\r?\n){1,2}[ \t>]{0,32}/y,
    /[^\s"'`]{8,512}(?=[ \t]{0,8}(?:\r?\n|$))/y,
  ],
  [':=', /[:=][ \t]{0,2}[[(<{]{1,2}/y, /[^\s"'`[\](){}<>]{6,512}(?=[\])}>])/y],
];
const PATH_PART = /[^\s"'`/?#&=<>]{10,512}/y;
const BEFORE =
  /(?:^|[\s"'`(])([\w+/=.~-]{8,128}|(?<=["'`])[^"'`\n]{8,128})["'`]?(?:,|[ \t](?:as|for|is|=))[ \t]{1,4}(?:the |my |your |our |an? )?(?:[\w$]{1,32}\.){0,2}$/i;

/** `/password/V/`, where the name fills its part of the path. */
function inPath(text: string, name: SecretName): readonly ValueSpan[] | undefined {
  const { start, end } = name;
  if (end - start < 5 || text.charAt(start - 1) !== '/' || text.charAt(end) !== '/')
    return undefined;
  const value = valueSpan(PATH_PART, text, end + 1);
  return value && ifSecretAnywhere(text, value, name);
}

/** `use V as the password`, `assertEquals("V", user.password)`. */
function before(text: string, { start, nameClass }: SecretName): readonly ValueSpan[] | undefined {
  const gap = text.charAt(start - 1);
  if (gap !== '.' && !(gap === ' ' && /[,srenya=]/.test(text.charAt(start - 2)))) return undefined;
  const near = text.slice(Math.max(0, start - 160), start);
  const match = BEFORE.exec(near);
  const value = match?.[1] ?? '';
  if (match === null || !isSecretAnywhere(nameClass, value)) return undefined;
  const at = start - match[0].length + match[0].indexOf(value);
  return [{ start: at, end: at + value.length }];
}
