import { findAround } from './around.ts';
import { readBare } from './bare-value.ts';
import { findBelow } from './below.ts';
import { findCall } from './call.ts';
import { continued } from './continued.ts';
import { findElement } from './element.ts';
import { nameAt } from './name-span.ts';
import { ifSecretAnywhere, ifSecretText } from './name-shape.ts';
import type { NameShape, SecretName } from './name-shape.ts';
import type { AnchoredRule } from '../rule.ts';
import { classOfName, mayNameSecret, NAME_TRIGGERS } from './secret-name.ts';
import { isSecretText, isSecretWord } from '../value/secret-value.ts';
import { findSibling } from './sibling.ts';
import { endAt, matchAt } from '../sticky.ts';
import { findInserted } from './statement.ts';
import { findColumn } from './table.ts';
import { blockAt, quotedAt, valueSpan } from './value-span.ts';
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
  find(text, at, found, budget) {
    if (!mayNameSecret(text, at)) return at + 1;
    budget.spend(STEPS_PER_WORD);
    const { start, end, next, nameClass } = nameAt(text, at);
    if (nameClass === undefined || endAt(DONE, text, end) !== undefined) return next;
    if (text.slice(start - 5, start) === '/etc/') return next; // a file that every machine has
    if (text.slice(start - 2, start) === '::' && /["']/.test(text.charAt(end))) return next; // a type's name
    if (NOT_THAT.test(text.slice(Math.max(0, start - 16), end))) return next;
    if (IN_LIST_OF_TYPES.test(text.slice(start, end + 2))) return next;
    budget.spend(/[?&,|;\t]/.test(text.charAt(start - 1)) ? 2 * STEPS_PER_NAME : STEPS_PER_NAME);
    for (const shape of SHAPES) {
      const spans = shape(text, { start, end, nameClass });
      if (spans === undefined) continue;
      for (const span of spans) found.push({ ...continued(text, span), kind: 'assignment' });
      break;
    }
    return next;
  },
};

// --- internal ---

/** Where a marker stands already. */
const DONE = /[^\w\n[]{0,8}\[redacted:/y;

/** A token that pages are asked for by, or that a parser reads, and the verb `to pass`. */
const NOT_THAT =
  /(?:\b(?:page|pagination|continuation|cancellation|lexer|parser|syntax) tokens?|\b(?:to|can|must|may|will|should) pass)$/i;

/** `'ReaderSession', ` among the names of a library's types. */
const IN_LIST_OF_TYPES = /^[A-Z][A-Za-z\d]+Session["'],$/;

/** What it costs to find out what a word that may be a part of a secret's name is a part of. */
const STEPS_PER_WORD = 150;

/**
 * What it costs to try all shapes; twice as much in a query, where a value goes on over what ends it elsewhere, and in a row,
 * whose neighbours are read.
 */
const STEPS_PER_NAME = 1_500;

/** The first shape that fits decides. */
const SHAPES: readonly NameShape[] = [
  findElement,
  findSibling,
  findInserted,
  findCall,
  findBelow,
  findValue,
  findColumn,
  findAround,
];

const OPERATOR =
  /\\{0,15}["'`”’»]?(?:\[[\w ]{0,16}\]|[\])!?*]){0,3}(?:\*\*|__)?(?: \{ ?get; ?(?:set|init)?;? ?\})?[ \t]{0,32}(:=|=>|->|<-|<<<|\?\?=|\|\|=|\?=|\+=|={2,3}|!={1,2}|[:=：＝])(?![=~]|:[A-Za-z_]\w{0,48}[(<])(?:\*\*)?[ \t]{0,64}/y;
const TYPED =
  /(?:[:?][ \t]{0,4}|[ \t]{1,4}(?:As[ \t])?)(?:&'\w{1,16} |\[\]const )?[A-Za-z&*[\]][\w.&*'<>|?:[\]]{0,40}(?: \| \w{1,16}){0,3}[ \t]{0,4}:?=[ \t]{0,8}(?=(?:[\w.]{1,48}\((?:\w{1,16}=)?)?[a-zA-Z@$]{0,2}#{0,4}\\{0,15}["'`])/y;
/** `PIC X(40) VALUE` of COBOL, `TYPE string VALUE` of ABAP. */
const DECLARED =
  /[ \t]{1,8}(?:PIC(?:TURE)?[ \t]{1,4}(?:IS[ \t]{1,4})?[\w()]{1,24}|TYPE[ \t]{1,4}\w{1,40}(?:[ \t]{1,4}LENGTH[ \t]{1,4}\d{1,4})?)[ \t]{1,8}VALUE[ \t]{1,8}(?:IS[ \t]{1,4})?(?=["'])/iy;
/** A network device writes how a password is encrypted before it. */
const BLANKS = /\\{0,15}["'`]?[ \t]{1,32}(?:[05789][ \t]{1,4})?/y;
const COPULA =
  /["'`]?(?:[ \t]d['’]ordine)?(?:[ \t](?:for|of|to|für|de|du|on|del|della|von|от|для)(?:[ \t]['"]?[\p{L}\p{N}_.@/'%-]{1,40}['"]?){1,4})?(?:[ \t]{1,4}(?:is now|is|was|are|(?:will|must|should|has to|needs to) be|(?:set |changed |reset |rotated )?to|equals|ist|lautet|est|es|é|è|=>?|—|–|-)[ \t]{0,2}:?[ \t]{1,4}|(?<=[ \t][^\n:]{1,60}):[ \t]{1,4})|(?:是|为|為|は|が|은|는|이)[ \t:：]{0,4}/iuy;
/** What may stand between an operator and the value. */
const MODIFIER =
  /(?:!{1,2}[A-Za-z]{1,24}[ \t]{1,4}|&\w{1,32}[ \t]{1,4}|(?:new|await|final)[ \t]{1,4}|\(\w{1,24}\)[ \t]?|(?:\s{1,8})?string\(\d{1,6}\)[ \t]?){1,3}/y;
/** A literal on the next line, or in parentheses of its own. */
const NEXT_LINE = /(?:\([ \t]{0,4}(?:\r?\n[ \t]{0,64})?|\r?\n[ \t]{1,64})(?=[bfru]{0,2}["'`])/y;
const WRAPPER =
  /(?:new[ \t])?(?:\[\])?[\w.:$-]{1,48}!?(?:[({][ \t]{0,4}(?:(?:default|value|initial|default_value)[ \t]?[=:][ \t]?)?|[ \t](?=["']))|\{\s{0,16}\\{0,15}["']?(?:value|val|plaintext|default|data|current|new|live|prod|_|\$t)\\{0,15}["']?[ \t]{0,4}(?::|=>?)[ \t]{0,4}/y;
/** A variable that may be unset: `${X:V}`, `${X:-V}`. */
const VARIABLE = /["']?\$\{[\w.]{1,64}:[-=]?(?=[^\s{}"'`?+])/y;
const DEFAULT = /[^\s{}"'`]{3,512}(?=\})/y;
/** A call that is given what it returns if it finds nothing: `getenv("X", "V")`. */
const ASKS = /env|config|setting|property|param|secret|getor|lookup|fetch/i;
const SECOND = /["'`]\s{0,4},\s{0,8}/y;
/** An expression whose other outcome is the value: `process.env.X || "V"`, `os.getenv("X") or "V"`, `x ? "V" : ""`. */
const OTHERWISE =
  /(?!\s)(?:[^\n"'`;,{}|?#]|\(\s?["'][\w.:-]{1,64}["']\s?[),]|\[["'][\w.-]{1,64}["']\]){1,80}?(?:\|\||\?\??|\bor\b|\belse\b)[ \t]{0,4}/y;
/** Whose the credentials are: `credentials: joe / V`. */
const OWNER = /[\w.@+-]{1,64}(?:[ \t]{1,2}[/|][ \t]{1,2}|[/:])/y;
const OWNED = /^(?:creds?|credentials?|login|zugangsdaten|identifiants|credenciales)$/i;
const CHANGED = /\\{0,15}["'`]?[ \t]{0,4}(?:->|=>|→)[ \t]{0,4}/y;
/** Names that mean something else in running text: to pass, the key, a sign. */
const COMMON_WORD =
  /^(?:pass|pw|pat|pin|key|keys|sign|signature|salt|seed|bearer|cookie|cookies|clave|token|tokens|auth|secret|secrets|credential|credentials|session|sig|sas|sid|ключ|webhook)$/i;

/** A value behind an operator, a blank or a verb. */
function findValue(text: string, name: SecretName): readonly ValueSpan[] | undefined {
  const { start, nameClass } = name;
  const own = text.slice(start, name.end);
  // Perl's `$ENV{PASSWORD} = "V"`
  const isInBraces = text.slice(start - 4, start) === 'ENV{' && text.charAt(name.end) === '}';
  const end = isInBraces ? name.end + 1 : name.end;
  const operator =
    matchAt(TYPED, text, end) ?? matchAt(OPERATOR, text, end) ?? matchAt(DECLARED, text, end);
  const copula = operator === null ? matchAt(COPULA, text, end) : null;
  const separator = operator ?? copula ?? matchAt(BLANKS, text, end);
  if (separator === null) return undefined;
  if (operator !== null && text.charAt(start - 1) === ':' && operator[0] === ':') return undefined; // an ARN
  let from = end + separator[0].length;
  from = endAt(MODIFIER, text, from) ?? from;
  if (operator !== null) from = endAt(NEXT_LINE, text, from) ?? from;
  const compares = operator !== null && /[=!]=/.test(operator[0]);

  const variable = operator === null ? undefined : endAt(VARIABLE, text, from);
  const byDefault = variable === undefined ? undefined : valueSpan(DEFAULT, text, variable);
  if (byDefault !== undefined) return ifSecretText(text, byDefault, name);
  const quoted = quotedAt(text, from);
  if (quoted !== undefined) return inQuotes(text, quoted, name, own, operator, compares);
  if (compares) return [];
  if (operator !== null) {
    const list = listAt(text, from);
    if (list !== undefined) {
      const items = list.map((span) => text.slice(span.start, span.end));
      if (items.some((item) => classOfName(item) !== undefined)) return []; // of names
      return list.filter((_, i) => isSecretText(nameClass, items[i] ?? ''));
    }
    const block = blockAt(text, from);
    if (block !== undefined) return ifSecretText(text, block, name);
    const wrapper = matchAt(WRAPPER, text, from);
    const inside = wrapper && quotedAt(text, from + wrapper[0].length);
    if (inside) {
      const holds =
        wrapper[0].startsWith('{') ||
        /secure|secret|string|from|plain|some|byte|value/i.test(wrapper[0]);
      const held = holds ? ifSecretText(text, inside, name) : ifSecretAnywhere(text, inside, name);
      if (held.length > 0) return held;
      const second = ASKS.test(wrapper[0]) ? endAt(SECOND, text, inside.end) : undefined;
      const fallback = second === undefined ? undefined : quotedAt(text, second);
      if (fallback !== undefined) return ifSecretText(text, fallback, name);
    }
    const otherwise = endAt(OTHERWISE, text, from);
    const fallback = otherwise === undefined ? undefined : quotedAt(text, otherwise);
    if (fallback !== undefined) return ifSecretText(text, fallback, name);
    if (inside) return [];
    if (OWNED.test(own)) from = endAt(OWNER, text, from) ?? from;
  }
  if (text.slice(start - 2, start) === '${' && operator !== null) {
    const fallback = valueSpan(DEFAULT, text, from); // Spring's `${password:V}`
    return fallback && ifSecretText(text, fallback, name);
  }
  const bare = readBare(text, name, from, operator?.[0] ?? (copula ? ':' : ''), operator === null);
  return bare === undefined ? undefined : [bare];
}

/** A value in quotes. Without an operator before it, it must look like more than a word. */
function inQuotes(
  text: string,
  quoted: ValueSpan,
  name: SecretName,
  own: string,
  operator: RegExpExecArray | null,
  compares: boolean,
): readonly ValueSpan[] {
  if (compares) return ifSecretAnywhere(text, quoted, name);
  if (operator === null) {
    const isClear =
      name.nameClass === 'password' &&
      !COMMON_WORD.test(own) &&
      text.charAt(quoted.start - 1) !== '`';
    return isClear ? ifSecretText(text, quoted, name) : ifSecretAnywhere(text, quoted, name);
  }
  const changed = matchAt(CHANGED, text, quoted.end);
  const next = changed && quotedAt(text, quoted.end + changed[0].length);
  if (next) return [...ifSecretText(text, quoted, name), ...ifSecretText(text, next, name)];
  if (operator[0] === '=' && /^[A-Z][A-Z\d_]*$/.test(own)) {
    // A sentence in a shell assignment is a pass phrase; elsewhere it is more likely a label.
    const value = text.slice(quoted.start, quoted.end).replaceAll(' ', '');
    return isSecretWord(name.nameClass, value) ? [quoted] : [];
  }
  return ifSecretText(text, quoted, name);
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
  let at = from + (opening?.[0].length ?? 0);
  while (items.length < MOST_ITEMS) {
    const dash = opening === null ? matchAt(YAML_ITEM, text, at) : null;
    if (opening === null && dash === null) break;
    at += dash?.[0].length ?? 0;
    const item = quotedAt(text, at) ?? (dash && valueSpan(LINE_VALUE, text, at));
    if (!item) break;
    if (text.startsWith('`](', item.end)) return undefined; // a link
    items.push(item);
    const next = matchAt(NEXT_ITEM, text, item.end);
    if (opening !== null && next === null) break;
    at = item.end;
    if (opening !== null) at += next?.[0].length ?? 0;
    else if (/["'`]/.test(text.charAt(at))) at += 1;
  }
  return items.length > 0 ? items : undefined;
}
