import { VENDOR_KEYS } from './name-words.ts';
import type { SecretName } from './name-shape.ts';
import { isSecretLine, isSecretText } from '../value/secret-value.ts';
import { matchAt } from '../sticky.ts';
import { blockAt, quotedAt, valueSpan } from './value-span.ts';
import type { ValueSpan } from './value-span.ts';

/** True for a member that holds what another member names. */
export function isValueName(name: string): boolean {
  return VALUE_NAME.test(name);
}

/** True for a member that names what another member holds. */
export function isNameName(name: string): boolean {
  return NAME_NAME.test(name);
}

/** True for a member that holds a vendor's key below the vendor's name. */
export function isVendorKey(name: string): boolean {
  return name === 'key' || VENDOR_KEYS.has(name) || VALUE_NAME.test(name);
}

/** `name: DB_PASSWORD, value: V`, `<add key="password" value="V"/>`, `{"value":"V","name":"password"}`. */
export function findSibling(
  text: string,
  { start, end, nameClass }: SecretName,
): readonly ValueSpan[] | undefined {
  if (!/["'`:=>\s\\]/.test(text.charAt(start - 1)) || text.charAt(end) === '=') return undefined;
  const before = text.slice(Math.max(0, start - 48), start);
  const opening = NAMED.exec(before);
  if (opening === null) return undefined;
  const value = valueAfter(text, end) ?? valueBefore(text, start - opening[0].length);
  if (value === undefined) return undefined;
  const shown = text.slice(value.start, value.end);
  const isQuoted = /["'`>]/.test(text.charAt(value.start - 1));
  const isSecret = isQuoted ? isSecretText(nameClass, shown) : isSecretLine(nameClass, shown, true);
  return isSecret ? [value] : [];
}

/** The value of the member called `value` or the like among the members that follow, at most `most` further ones. */
export function valueAfter(
  text: string,
  end: number,
  most = MOST_BETWEEN,
  isValue = isValueName,
): ValueSpan | undefined {
  const content = matchAt(CONTENT, text, end);
  if (content !== null) {
    const value = valueSpan(TO_TAG, text, end + content[0].length);
    if (value !== undefined) return value;
  }
  let at = end;
  for (let i = 0; i < most; i += 1) {
    const member = matchAt(MEMBER, text, at);
    if (member === null) return undefined;
    const from = at + member[0].length;
    if (isValue(member[1] ?? '')) {
      return quotedAt(text, from) ?? blockAt(text, from) ?? lineValue(text, from);
    }
    at = from + (matchAt(OTHER, text, from)?.[0].length ?? 0);
  }
  return undefined;
}

// --- internal ---

const VALUE_NAME =
  /^(?:[a-z]{1,16}[_-]?)?(?:value|val|content|default|defaultvalue|plaintext|string|text|data|current|literal|new|after|answer)$/i;
const NAME_NAME =
  /^(?:[a-z]{1,16}[_-]?)?(?:name|key|id|field|variable|var|header|param|parameter|option|setting|property|label|title|element|selector|placeholder|question|prompt|k|n)$/i;
const NAMED =
  /(?:(?:name|key|id|type|field|var|variable|header|param|parameter|option|setting|property|label|title|element|selector|placeholder)\\{0,15}["'`]?[ \t]{0,8}(?::|=>?)|(?:variable|env|secret|setting)[ \t])[ \t]{0,8}\\{0,15}["'`]?$/i;
const MEMBER =
  /\\{0,15}["'`]?[ \t]{0,8}[,;{]?(?:\s{0,64}-?[ \t]{1,8}|\s{0,64})\\{0,15}["'`]?([\w-]{1,32})\\{0,15}["'`]?[ \t]{0,8}(?::|=>?)[ \t]{0,8}/y;
const CONTENT =
  /\\{0,15}["'`]?\s{0,4}(?:\s[\w:-]{1,32}=["'][^"'<>]{0,64}["']\s?){0,3}>\s{0,8}(?:<value>\s{0,8})?(?:<!\[CDATA\[)?/y;
const OTHER = /\\{0,15}["'`]?[^"'`\n,<>{}\\]{0,64}/y;
const LINE_VALUE = /[^\r\n,}]{3,512}/y;
const TO_TAG = /(?![(>]|&#|&(?:lt|gt|quot);)(?:[^<>\]]{3,512}(?=<|\]\]>)|[^<>]{3,512}(?=<))/y;
const MOST_BETWEEN = 3;

const VALUE_MEMBER =
  /(?:value|val|content|default|string|text)\\{0,15}["'`]?[ \t]{0,8}(?::|=>?)[ \t]{0,8}(\\{0,15}["'`])((?:(?!\1)[^\n<>]){3,160})\1[ \t]{0,4},?\s{0,32}(?:where\s{1,8})?-?[ \t]{0,4}\\{0,15}["'`]?(?:[\w-]{1,16}[_-])?$|(?:^|\n)[ \t]{0,32}-?[ \t]{1,8}(?:value|val|content|default):[ \t]{1,4}([^\s"'<>{}][^\n<>]{2,160})\n[ \t]{1,32}$/i;

/** The value of the member right before, whose quotes tell where it ends. */
function valueBefore(text: string, end: number): ValueSpan | undefined {
  const from = Math.max(0, end - 256);
  const before = text.slice(from, end);
  const match = VALUE_MEMBER.exec(
    before.slice(Math.max(before.lastIndexOf('{'), before.lastIndexOf('<'), 0)),
  );
  if (match === null) return undefined;
  const whole = end - match[0].length;
  const [, quote = '', quoted, plain = ''] = match;
  const value = quoted ?? plain.trimEnd();
  const at = text.indexOf(value, whole + match[0].indexOf(quote === '' ? ':' : quote) + 1);
  return { start: at, end: at + value.length };
}

function lineValue(text: string, from: number): ValueSpan | undefined {
  const line = valueSpan(LINE_VALUE, text, from);
  return line && { start: from, end: from + text.slice(from, line.end).trimEnd().length };
}
