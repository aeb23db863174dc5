import { ifSecretAnywhere, ifSecretText } from './name-shape.ts';
import type { SecretName } from './name-shape.ts';
import { endAt } from '../sticky.ts';
import { quotedAt, valueSpan } from './value-span.ts';
import type { ValueSpan } from './value-span.ts';

/** `set("password", "V")`, `setPassword("V")`, `getenv("PASSWORD") || "V"`, `${PASSWORD:-V}`. */
export function findCall(text: string, name: SecretName): readonly ValueSpan[] | undefined {
  const { start, end } = name;
  if (/[=:](?!-)/y.test(text.slice(end, end + 2))) return undefined;
  const pair = endAt(PAIR, text, end);
  if (pair !== undefined) {
    const value = quotedAt(text, pair);
    if (value === undefined) return undefined;
    // Three strings in a row are a list of words.
    const isListed = LISTED.test(text.slice(Math.max(0, start - 8), start));
    // A list of options or of names that begin alike, and a question for a member.
    if (text.charAt(start - 1) === '|') return undefined;
    // Two members that the same call asks for: `row.get("password"), row.get("options")`.
    const callee = CALLEE.exec(text.slice(end, pair))?.[0];
    if (callee && text.startsWith(callee, start - 1 - callee.length)) return undefined;
    if (NOT_SET.test(text.slice(value.start, value.start + 4))) return undefined;
    if (
      /^[A-Z]{3}/.test(text.slice(start, end)) &&
      text.startsWith(text.slice(start, start + 3), value.start)
    )
      return undefined;
    if (/(?:has|del)attr\(\s{0,4}$/.test(text.slice(Math.max(0, start - 16), start)))
      return undefined;
    // What a colon follows is a name itself.
    if (KEY.test(text.slice(value.end, value.end + 8))) return undefined;
    const isSet =
      !isListed &&
      text.charAt(pair - 1) !== '[' &&
      SETS.test(text.slice(Math.max(0, start - 48), start));
    const found = isSet ? ifSecretText(text, value, name) : ifSecretAnywhere(text, value, name);
    return found.length > 0 ? found : undefined;
  }
  const call = endAt(CALL, text, end);
  if (call !== undefined) {
    const first = quotedAt(text, call);
    if (first === undefined) return undefined;
    const own = text.slice(start, end);
    const more = endAt(SECOND, text, first.end);
    // The first of several arguments may say whose password it is.
    if (more === undefined && SETTER.test(own.slice(own.lastIndexOf('.') + 1)))
      return ifSecretText(text, first, name);
    const second = more === undefined ? undefined : quotedAt(text, more);
    return [first, second].flatMap((value) => (value ? ifSecretAnywhere(text, value, name) : []));
  }
  const closed = endAt(CLOSERS, text, end) ?? end;
  const from = endAt(FALLBACK, text, closed);
  if (from === undefined) return undefined;
  const quoted = quotedAt(text, from);
  if (quoted !== undefined) {
    // `"password" or "name"` is a sentence.
    const isSaid =
      /["'`]$/.test(text.slice(end, closed)) && /\bor\b/i.test(text.slice(closed, from));
    return isSaid ? ifSecretAnywhere(text, quoted, name) : ifSecretText(text, quoted, name);
  }
  const bare = valueSpan(TO_BRACE, text, from);
  return bare && ifSecretText(text, bare, name);
}

// --- internal ---

const PAIR =
  /(?:\\{0,15}["'`])?\s{0,8}(?:\)\s{0,4})?(?:,|\bto\b|;s:\d{1,6}:)\s{0,32}(?:(?!default|value|val|fallback)\w{1,16}=(?:["'][^"'\n]{0,64}["']|[\w.]{1,32}),\s{0,32}){0,3}(?:(?:default|value|val|fallback|default_?value|or)\s{0,2}[:=]\s{0,2})?(?:[A-Za-z_][\w.]{0,40}\(\s{0,4})?(?:<<(?=")|\[\s{0,4})?/y;
/** What a call is named whose second argument is a value. */
const SETS =
  /(?:s:\d|set|put|cpy|assign|env|defi|add|append|header|prop|config|attr|stor|save|param|field|with|fetch|default|get|secret|var|map|pair|entry|flag|option)\w{0,24}!?\W{0,6}(?:\w{1,24}\W{1,4})?$/i;
const CALLEE = /[A-Za-z_][\w.]*\($/;
const NOT_SET = /^--[a-z]/;
const KEY = /^\\{0,4}["'`]\s{0,2}(?::|=>)/;
const LISTED = /["'`],\s{0,4}["'`]$/;
const CALL = /\s{0,2}[({]\s{0,8}(?=[a-zA-Z@$]{0,2}\\{0,15}["'`])/y;
const SETTER = /^(?:set|with|use|add|put|update|change|define|register)/i;
const SECOND = /\\{0,15}["'`]\s{0,4},\s{0,8}/y;
const CLOSERS = /\\{0,15}["'`]?\]?\)?/y;
const FALLBACK =
  /\s{0,8}(?:\|\||\?\?|\bor\b|:-|\?:|:=|-(?=["'])|\|\s{0,2}default\b|(?<=\))\s?\{|\.(?:unwrap_or|unwrap_or_else|orelse|getorelse|or)\((?:\|_?\||\(\)\s?[-=]>)?)\s{0,8}/iy;
const TO_BRACE = /[^\s"'`{}()]{4,512}(?=\})/y;
