import { ifSecretAnywhere, ifSecretText } from './name-shape.ts';
import type { SecretName } from './name-shape.ts';
import { isSecretAnywhere } from '../value/secret-value.ts';
import { endAt, matchAt } from '../sticky.ts';
import { quotedAt, valueSpan } from './value-span.ts';
import { isIdentifierLike } from '../value/word-shape.ts';
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
  const told = findPrinted(text, name) ?? findTyped(text, name);
  if (told !== undefined) return told;
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
  /\\{0,15}["'`]?(?:[ \t]|\\\r?\n){1,64}(?:--(?!value|body|secret|string|data|val)[\w-]{1,32}(?:[ =][^\s-][^\s]{0,64})?[ \t]{1,32}){0,2}(?:--(?:value|body|secret-string|secret-value|string-value|string|data|val)|-[bv])[ =]/y;
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
  ['}', /\}[ \t]{2,16}/y, /[^\s"'`]{6,512}/y],
  // a variable that a log sets for Azure's pipelines
  [';]', /(?<=variable=[\w.-]{1,64})(?:;\w{1,16}=\w{1,8}){0,3}\]/y, /[^\s"'`]{3,512}/y],
  ['.', /[ \t]?\.{3,128}[ \t]?/y, /[^\s"'`]{6,512}/y],
  // the next line
  [
    '\r\n:',
    /(?:["'`]\]?:?|:|(?<=\?[ \t]"?[\w.-]{1,64}))[ \t]{0,8}(?:\r?\n){1,2}[ \t>]{0,32}(?::[ \t]{1,4}["']?)?/y,
    /[^\s"'`]{8,512}(?=["']?[ \t]{0,8}(?:\r?\n|$))/y,
  ],
  // who was asked answers
  ['?', /\?[ \t]{1,2}[\w@.-]{1,24}:[ \t]{1,2}/y, /[^\s"'`]{8,512}/y],
  // behind tags that close, and in brackets
  [
    '<:',
    /:?[ \t]?(?:<\/\w{1,16}>){1,3}[:=]?\s{0,8}(?:<\w{1,16}(?:\s[^<>]{0,64})?>\s{0,8}){0,3}(?:[:=]\s?(?:<\/\w{1,16}>)\s?<\w{1,16}(?:\s[^<>]{0,64})?>)?(?:["']|&quot;|&#3[49];)?/y,
    /[^\s<>"'`&]{6,512}/y,
  ],
  ['<', /(?:<\/\w{1,16}>)?\s{0,8}<input\s[^<>]{0,64}?value=["']/y, /[^"'<>]{6,512}(?=["'])/y],
  ['(', /[ \t]\(/y, /[^\s"'`(){}]{8,512}(?=\))/y],
  [':=', /[:=][ \t]{0,2}[[(<{]{1,2}/y, /[^\s"'`[\](){}<>]{6,512}(?=[\])}>])/y],
];
/** A command or an expression whose value the next line shows. */
const SHOWN = /^(?:[^\n]{0,40}[$#%❯>]|\((?:gdb|lldb)\)|In \[\d{1,5}\]:)[ \t][^\n]{0,100}$/;
const OUTPUT =
  /[^\s=:]{0,8}[ \t]{0,4}(?:\|[^\n]{1,60})?\r?\n(?:Out\[\d{1,5}\]: |(?:\([^()\n]{1,32}\) )?\$\d{1,5} = (?:0x[\da-f]{1,16} )?)?["']?([^\s"']{8,512})["']?[ \t]{0,4}(?=\r?\n|$)/y;
/** What types or compares a value: `("#password").type("V")`, `("#password", "V")`, `expect(password).toBe("V")`. */
const TYPING =
  /[=:][ \t]?["']?%[svdr]["']?(?:\\{1,2}n)?["'`],?[ \t]{1,4}(?=["'])|["'`\])]{1,4}(?:\.(fill|type|send_?keys|set_?value|set|input|clear\(\)\.type|tobe|toequal|tostrictequal|toeql|eq|equals|isequalto)\(|,[ \t]{0,4}with:[ \t]|,[ \t]{1,4}(?=["'`]))/iy;

/** `$ echo $PASSWORD`, and the value on the next line. */
function findPrinted(text: string, { start, end, nameClass }: SecretName): ValueSpan[] | undefined {
  const match = matchAt(OUTPUT, text, end);
  if (match === null) return undefined;
  const near = text.slice(Math.max(0, start - 160), start);
  if (!SHOWN.test(near.slice(near.lastIndexOf('\n') + 1))) return undefined;
  const value = match[1] ?? '';
  if (!isSecretAnywhere(nameClass, value)) return undefined;
  const at = end + match[0].lastIndexOf(value);
  return [{ start: at, end: at + value.length }];
}

/** A value that is typed into a field, or that a test expects. */
function findTyped(text: string, name: SecretName): readonly ValueSpan[] | undefined {
  const typing = matchAt(TYPING, text, name.end);
  const value = typing && quotedAt(text, name.end + typing[0].length);
  if (!value) return undefined;
  const isField = /^(?:fill|type|send)/i.test(typing?.[1] ?? '') || /with:/.test(typing?.[0] ?? '');
  return isField ? ifSecretText(text, value, name) : ifSecretAnywhere(text, value, name);
}

const PATH_PART = /[^\s"'`/?#&=<>]{10,512}/y;
const BEFORE =
  /(?:^|[\s"'`(])([\w+/=.~-]{8,128}|(?<=["'`])[^"'`\n]{8,128})["'`]?(?:,|[ \t]{1,2}(?:as|for|is|in|into|=|#|\/\/)|\.\w{1,24}\()[ \t]{0,4}(?:the |my |your |our |an? )?(?:[\w$]{1,32}\.){0,2}$/i;

/** `/password/V/`, where the name fills its part of the path. */
function inPath(text: string, name: SecretName): readonly ValueSpan[] | undefined {
  const { start, end } = name;
  if (
    end - start < 5 ||
    text.charAt(start - 1) !== '/' ||
    text.charAt(end) !== '/' ||
    text.slice(start, end).includes('.') ||
    !isIdentifierLike(text.slice(start, end)) // in base64
  )
    return undefined;
  const value = valueSpan(PATH_PART, text, end + 1);
  return value && ifSecretAnywhere(text, value, name);
}

/** `use V as the password`, `assertEquals("V", user.password)`. */
function before(text: string, { start, nameClass }: SecretName): readonly ValueSpan[] | undefined {
  const gap = text.charAt(start - 1);
  if (gap !== '.' && !(/[ (]/.test(gap) && /[,srenya=#/]/i.test(text.charAt(start - 2))))
    return undefined;
  const near = text.slice(Math.max(0, start - 160), start);
  const match = BEFORE.exec(near);
  const value = match?.[1] ?? '';
  if (match === null || !isSecretAnywhere(nameClass, value)) return undefined;
  const at = start - match[0].length + match[0].indexOf(value);
  return [{ start: at, end: at + value.length }];
}
