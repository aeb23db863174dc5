import { readBare } from './bare-value.ts';
import { NAME_TRIGGERS } from './secret-name.ts';
import { nameAt } from './name-span.ts';
import type { NameSpan } from './name-span.ts';
import type { AnchoredRule } from './rule.ts';
import { isSecretAnywhere, isSecretText } from './secret-value.ts';
import { findSibling } from './sibling.ts';
import { matchAt } from './sticky.ts';
import { findColumn } from './table.ts';
import { blockAt, quotedAt, spanOf } from './value-span.ts';
import type { ValueSpan } from './value-span.ts';

/**
 * Recognises a secret by its name: `NAME=value`, `name: value`, `"name": "value"`, `--name value`,
 * `<name>value</name>`, `set("name", "value")`, a sibling member called `value`, a column of a table.
 * Code in place of the value (a call, a variable, a type) is not a secret, so a value without quotes must
 * also look like one.
 */
export const ASSIGNMENT_RULE: AnchoredRule = {
  scope: 'place',
  kind: 'assignment',
  triggers: NAME_TRIGGERS,
  find(text, at, found) {
    const name = nameAt(text, at);
    if (name.nameClass === undefined) return name.end;
    for (const find of SHAPES) {
      const spans = find(text, name as Named);
      if (spans === undefined) continue;
      for (const { start, end } of spans) found.push({ start, end, kind: 'assignment' });
      break;
    }
    return name.end;
  },
};

/** A name that names a secret. */
export type Named = NameSpan & { readonly nameClass: NonNullable<NameSpan['nameClass']> };

/** Finds the values that belong to a name; undefined when the name does not stand in this shape. */
export type Shape = (text: string, name: Named) => readonly ValueSpan[] | undefined;

// --- internal ---

/** The first shape that fits decides. */
const SHAPES: readonly Shape[] = [findElement, findSibling, findCall, findValue, findColumn];

const TO_TAG = /[^<>]{3,512}(?=<)/y;
const ELEMENT = /(?:\s[^<>]{0,128})?>(?:<!\[CDATA\[)?\s{0,8}/y;
const NEXT_ELEMENT = /<\/[\w:]{1,32}>\s{0,64}<[\w:]{1,32}(?:\s[^<>]{0,64})?>(?:<!\[CDATA\[)?\s{0,8}/y;

/** `<password>V</password>`, and a property list's `<key>password</key><string>V</string>`. */
function findElement(text: string, { start, end, nameClass }: Named): readonly ValueSpan[] | undefined {
  const before = text.charAt(start - 1);
  const next = matchAt(NEXT_ELEMENT, text, end);
  const own = before === '<' || before === ':' ? matchAt(ELEMENT, text, end) : null;
  const opening = next ?? own;
  if (opening === null) return undefined;
  const value = spanOf(TO_TAG, text, end + opening[0].length);
  return value && secretText(text, trimmed(text, value), nameClass);
}

const PAIR = /\\{0,15}["'`]\s{0,8}(?:\)\s{0,4})?,\s{0,32}(?:[A-Za-z_.]{1,40}\s{0,2}[:=(]\s{0,4}){0,2}/y;
const SETS = /(?:set|put|env|defi|add|append|header|prop|config|attr|stor|save|param|field|with|fetch|default|get|secret|var)\w{0,24}!?\W{0,6}(?:\w{1,24}\W{1,4})?$/i;
const CALL = /\s{0,2}\(\s{0,8}/y;
const SETTER = /^(?:set|with|use|add|put|update|change|define|register)/i;
const CLOSERS = /\\{0,15}["'`]\]?\)?/y;
const DEFAULT = /["'`\])}]{0,3}\s{0,8}(?:\|\||\?\?|\bor\b|:-|\?:|:=|-(?=["']))\s{0,8}/y;

/** `set("password", "V")`, `setPassword("V")`, `getenv("PASSWORD") || "V"`. */
function findCall(text: string, name: Named): readonly ValueSpan[] | undefined {
  const { start, end, nameClass } = name;
  const pair = matchAt(PAIR, text, end);
  if (pair !== null) {
    const value = quotedAt(text, end + pair[0].length);
    if (value === undefined) return undefined;
    const known = SETS.test(text.slice(Math.max(0, start - 48), start));
    return secretText(text, value, nameClass, !known);
  }
  const call = matchAt(CALL, text, end);
  if (call !== null) {
    const value = quotedAt(text, end + call[0].length);
    const own = text.slice(start, end);
    return value && secretText(text, value, nameClass, !SETTER.test(own.slice(own.lastIndexOf('.') + 1)));
  }
  const closers = matchAt(CLOSERS, text, end)?.[0].length ?? 0;
  const fallback = matchAt(DEFAULT, text, end + closers);
  if (fallback === null) return undefined;
  const from = end + closers + fallback[0].length;
  const quoted = quotedAt(text, from);
  if (quoted !== undefined) return secretText(text, quoted, nameClass);
  const bare = spanOf(/[^\s"'`{}()]{4,512}(?=\})/y, text, from); // ${PASSWORD:-V}
  return bare && secretText(text, bare, nameClass);
}

const OPERATOR =
  /\\{0,15}["'`”’»]?(?:\[[\w ]{0,16}\]|[\])!?*]){0,3}(?:\*\*|__)?[ \t]{0,32}(:=|=>|->|<-|\?\?=|\|\|=|\?=|\+=|[:=：＝])(?![=~])(?:\*\*)?[ \t]{0,64}/y;
const TYPED =
  /(?::[ \t]{0,4}|[ \t]{1,4})(?:&'\w{1,16} )?[A-Za-z&*[\]][\w.&*'<>|?:[\]]{0,40}[ \t]{0,4}:?=[ \t]{0,8}(?=[a-zA-Z@$]{0,2}\\{0,15}["'`])/y;
const BLANKS = /\\{0,15}["'`]?[ \t]{1,32}/y;
const COPULA =
  /["'`]?(?:[ \t](?:for|of|to|für|de|du|on)(?:[ \t][\w.@/-]{1,40}){1,4})?[ \t]{1,4}(?:is now|is|was|are|will be|set to|to|equals|ist|lautet|est|es|é|è|=>?|—|–)[ \t]{0,2}:?[ \t]{1,4}|(?:是|为|為|は|が|은|는|이|:|：)[ \t]{0,4}/y;
/** What may stand between an operator and the quotes. */
const MODIFIER =
  /(?:!{1,2}[A-Za-z]{1,24}[ \t]{1,4}|&\w{1,32}[ \t]{1,4}|(?:new|await|final)[ \t]{1,4}|\(\w{1,24}\)[ \t]?){1,3}/y;
const WRAPPER =
  /(?:new[ \t])?[\w.:$]{1,48}!?[(][ \t]{0,4}|\{\s{0,16}\\{0,15}["']?(?:value|val|plaintext|default|data|_|\$t)\\{0,15}["']?[ \t]{0,4}(?::|=>?)[ \t]{0,4}/y;

/** A value behind an operator, a blank or a verb. */
function findValue(text: string, name: Named): readonly ValueSpan[] | undefined {
  const { end, nameClass } = name;
  const typed = matchAt(TYPED, text, end);
  const operator = typed ?? matchAt(OPERATOR, text, end);
  const copula = operator === null ? matchAt(COPULA, text, end) : null;
  const blank = operator === null && copula === null ? matchAt(BLANKS, text, end) : null;
  const separator = operator ?? copula ?? blank;
  if (separator === null) return undefined;
  let from = end + separator[0].length;
  const modifier = matchAt(MODIFIER, text, from);
  if (modifier !== null) from += modifier[0].length;

  const quoted = quotedAt(text, from);
  if (quoted !== undefined) {
    // A sentence in a shell assignment is a pass phrase; elsewhere it is more likely a label.
    const own = text.slice(name.start, end);
    if (operator?.[0] === '=' && /^[A-Z][A-Z\d_]*$/.test(own)) {
      const value = text.slice(quoted.start, quoted.end).replaceAll(' ', '');
      return isSecretText(nameClass, value) ? [quoted] : [];
    }
    return secretText(text, quoted, nameClass, operator === null && nameClass !== 'password');
  }
  if (operator !== null) {
    const list = listAt(text, from);
    if (list !== undefined) return list.filter((span) => isSecretText(nameClass, text.slice(span.start, span.end)));
    const block = blockAt(text, from);
    if (block !== undefined) return secretText(text, block, nameClass);
    const wrapper = matchAt(WRAPPER, text, from);
    const inside = wrapper && quotedAt(text, from + wrapper[0].length);
    if (inside) return secretText(text, inside, nameClass, wrapper[0].endsWith('('));
  }
  const bare = readBare(text, name, from, operator?.[0] ?? (copula ? ':' : ''), copula !== null);
  return bare === undefined ? undefined : [bare];
}

const LIST = /\[\s{0,64}/y;
const NEXT_ITEM = /\\{0,15}["'`]\s{0,16},\s{0,64}/y;
const YAML_ITEM = /\r?\n[ \t]{0,32}-[ \t]{1,8}/y;
const LINE_VALUE = /[^\s"'`,#:]{6,512}(?=[ \t]*(?:\r?\n|$))/y;
const MOST_ITEMS = 64;

/** The items of `["V", "W"]`, or of lines that begin with a dash. */
function listAt(text: string, from: number): readonly ValueSpan[] | undefined {
  const items: ValueSpan[] = [];
  const opening = matchAt(LIST, text, from);
  if (opening !== null) {
    let at = from + opening[0].length;
    while (items.length < MOST_ITEMS) {
      const item = quotedAt(text, at);
      if (item === undefined) break;
      items.push(item);
      const next = matchAt(NEXT_ITEM, text, item.end);
      if (next === null) break;
      at = item.end + next[0].length;
    }
    return items.length > 0 ? items : undefined;
  }
  let at = from;
  while (items.length < MOST_ITEMS) {
    const dash = matchAt(YAML_ITEM, text, at);
    if (dash === null) break;
    const item = quotedAt(text, at + dash[0].length) ?? spanOf(LINE_VALUE, text, at + dash[0].length);
    if (item === undefined) break;
    items.push(item);
    at = text.charAt(item.end) === '\n' || text.charAt(item.end) === '\r' ? item.end : item.end + 1;
  }
  return items.length > 0 ? items : undefined;
}

/** The span if it holds a secret; `anywhere` asks for one that looks like nothing else. */
function secretText(
  text: string,
  span: ValueSpan,
  nameClass: Named['nameClass'],
  anywhere = false,
): readonly ValueSpan[] {
  const value = text.slice(span.start, span.end);
  const isSecret = anywhere
    ? isSecretAnywhere(nameClass, value) || (/\s/.test(value) && isSecretText('token', value))
    : isSecretText(nameClass, value);
  return isSecret ? [span] : [];
}

function trimmed(text: string, { start, end }: ValueSpan): ValueSpan {
  return { start, end: start + text.slice(start, end).trimEnd().length };
}
