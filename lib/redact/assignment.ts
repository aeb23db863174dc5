import { isIdentifierLike, isPlaceholder } from './placeholder.ts';
import type { AnchoredRule, Finding } from './rule.ts';
import { matchAt } from './sticky.ts';

/** Decides how random a value must look: people choose passwords, machines generate tokens. */
type WordClass = 'password' | 'token' | 'auth';

const WORDS = (
  [
    ['password', 'password passwd passphrase _pwd secret credential credentials'],
    ['token', 'token api_key apikey api-key access_key accesskey access-key'],
    ['token', 'private_key privatekey private-key account_key accountkey'],
    ['token', 'encryption_key encryptionkey signing_key signingkey cookie'],
    ['auth', 'auth'],
  ] as const
).flatMap(([wordClass, words]) => words.split(' ').map((word) => ({ word, wordClass })));

/**
 * Rules that recognise a secret by its name: `NAME=value`, `name: value`, `"name": "value"`,
 * `--name value`, `<name>value</name>`. Code in place of the value (a call, a variable, a type) is not a
 * secret, so a value without quotes must also look like one.
 */
export const ASSIGNMENT_RULES: readonly AnchoredRule[] = WORDS.map(({ word, wordClass }) => ({
  scope: 'place',
  kind: 'assignment',
  triggers: [word],
  find: (text, at) => findAssignment(text, at, word.length, wordClass),
}));

/** True when an object's member holds a secret, judging by its name and its value. */
export function isSecretMember(name: string, value: string): boolean {
  if (!ANY_WORD.test(name)) return false;
  const lower = name.toLowerCase();
  return WORDS.some(({ word, wordClass }) => {
    const at = lower.lastIndexOf(word);
    return (
      at !== -1 && nameEnd(name, at + word.length) === name.length && isSecretText(wordClass, value)
    );
  });
}

// --- internal ---

const ANY_WORD = new RegExp(WORDS.map(({ word }) => word).join('|'), 'i');
const MIN_LENGTH = 6;
const MAX_LENGTH = 4096;

/** What may follow the word while the name still names the secret itself; `token_count` does not. */
const SUFFIX =
  /(?:[_-]?(?:access|key|base|value|string|text|prod|production|dev|stage|staging|test|live|old|new|current|v?\d{1,3})){0,4}/iy;
const TYPED = /:[ \t]{0,4}[A-Za-z&'][\w.&'<>| ]{0,30}=[ \t]{0,8}(?=\\*["'`])/y;
const OPERATOR = /\\*["'`]?\]?[ \t]{0,8}(:=|=>|[:=])(?![=~])[ \t]{0,16}/y;
const QUOTE = /[bBuUrRfF@$]{0,2}(\\*)("{3}|'{3}|["'`])/y;
const BARE = /[^\s"'`,;(){}[\]<>|&\\=]{6,512}={0,2}/y;
const TO_BLANK = /[^\s"'`<>]{6,512}/y;
const TO_TAG = /[^\s<>]{6,512}(?=<)/y;
const BLANKS = /[ \t]{1,8}/y;
const LINE_END = /[ \t]*(?:#.*)?\r?(?:\n|$)/y;

function findAssignment(
  text: string,
  at: number,
  length: number,
  wordClass: WordClass,
): Finding | undefined {
  const end = nameEnd(text, at + length);
  if (end === undefined) return undefined;
  const start = nameStart(text, at);
  const before = text.charAt(start - 1);
  const isFlag = text.startsWith('--', start);

  if (before === '<' && text.charAt(end) === '>') {
    const value = matchAt(TO_TAG, text, end + 1)?.[0];
    return value !== undefined && isSecretText(wordClass, value)
      ? found(end + 1, value)
      : undefined;
  }
  const typed = matchAt(TYPED, text, end);
  const operator = typed ?? matchAt(OPERATOR, text, end);
  const separator = operator ?? (isFlag ? matchAt(BLANKS, text, end) : null);
  if (separator === null) return undefined;
  const from = end + separator[0].length;

  const quote = matchAt(QUOTE, text, from);
  if (quote !== null) {
    const valueStart = from + quote[0].length;
    const value = quotedValue(text, valueStart, quote[1]?.length ?? 0, quote[2] ?? '');
    // A sentence in a shell assignment is a pass phrase; elsewhere it is more likely a label.
    const shown = isVariable(text.slice(start, end), operator) ? value.replaceAll(' ', '') : value;
    return isSecretText(wordClass, shown) ? found(valueStart, value) : undefined;
  }
  const name = text.slice(start, end);
  const tight = operator?.[0] === '=';
  if (tight && /[?&;]/.test(before) && !name.includes('.')) {
    const value = matchAt(BARE, text, from)?.[0] ?? '';
    const call = /[([{]/.test(text.charAt(from + value.length));
    return !call && isSecretText(wordClass, value) ? found(from, value) : undefined;
  }
  if (tight && (isFlag || isVariable(name, operator))) {
    const quoted = before === '"' || before === "'"; // the whole argument is in quotes
    const value = matchAt(quoted ? BARE : TO_BLANK, text, from)?.[0].replace(/[;,)\]}]+$/, '');
    return value !== undefined && isSecretWord(wordClass, value) ? found(from, value) : undefined;
  }
  const value = matchAt(BARE, text, from)?.[0];
  if (value === undefined || !isSecretLine(wordClass, value, tight || operator?.[1] === ':')) {
    return undefined;
  }
  const alone =
    isFlag || (atLineStart(text, start) && matchAt(LINE_END, text, from + value.length));
  return alone ? found(from, value) : undefined;
}

/** True for `NAME=`, as in a shell or an .env file. */
function isVariable(name: string, operator: RegExpExecArray | null): boolean {
  return operator?.[0] === '=' && /^[A-Z][A-Z0-9_]*$/.test(name);
}

/** Where the name that contains the word ends; undefined when the name means something else. */
function nameEnd(text: string, from: number): number | undefined {
  const end = from + (matchAt(SUFFIX, text, from)?.[0].length ?? 0);
  return /[\w$-]/.test(text.charAt(end)) ? undefined : end;
}

function nameStart(text: string, at: number): number {
  let start = at;
  while (start > 0 && at - start < 64 && /[\w.-]/.test(text.charAt(start - 1))) start -= 1;
  // A leading `-` may be the sign of a diff line, which is not part of the name.
  while (text.charAt(start) === '-' && !text.startsWith('--', start)) start += 1;
  return start;
}

/** True at the start of a line, also after a diff's sign, a list's dash, `export` or a line number. */
function atLineStart(text: string, start: number): boolean {
  const before = text.slice(Math.max(0, start - 64), start);
  const line = before.slice(before.lastIndexOf('\n') + 1);
  if (line.length === before.length && start > before.length) return false; // the line starts further back
  return /^[\s+\d→-]*(?:(?:export|set|env)\s+)?["']?$/i.test(line);
}

/** The value up to its closing quote or the end of the line. `depth` backslashes escape the quote. */
function quotedValue(text: string, start: number, depth: number, quote: string): string {
  const limit = Math.min(text.length, start + MAX_LENGTH);
  let backslashes = 0;
  for (let i = start; i < limit; i += 1) {
    const char = text.charAt(i);
    if (char === '\n') return text.slice(start, i);
    if (char === '\\') {
      backslashes += 1;
      continue;
    }
    const closes = backslashes <= depth || (depth === 0 && backslashes % 2 === 0);
    if (closes && text.startsWith(quote, i))
      return text.slice(start, i - Math.min(depth, backslashes));
    backslashes = 0;
  }
  return text.slice(start, limit);
}

/** Judges a value that is certainly text, not code. */
function isSecretText(wordClass: WordClass, value: string): boolean {
  if (value.length < MIN_LENGTH || /\s/.test(value) || isPlaceholder(value)) return false;
  if (/^[#.][A-Za-z][\w-]*$/.test(value)) return false; // a CSS selector
  const digit = /\d/.test(value);
  switch (wordClass) {
    case 'auth':
      return digit && value.length >= 16 && !isIdentifierLike(value);
    case 'token':
      return digit
        ? value.length >= 8 && !isIdentifierLike(value)
        : value.length >= 20 &&
            /^[A-Za-z+/=]*$/.test(value) &&
            /[a-z][A-Z]{2}|[A-Z][a-z][A-Z]/.test(value);
    case 'password':
      return digit || !isLabel(value);
  }
}

/** Judges a value without quotes where only text can stand: the environment, a flag, a query. */
function isSecretWord(wordClass: WordClass, value: string): boolean {
  if (value.length < MIN_LENGTH || isPlaceholder(value)) return false;
  if (/^[A-Za-z_$][\w$.]*[([]/.test(value)) return false; // a call
  if (wordClass === 'auth') return isSecretText('auth', value);
  return /\d/.test(value) || !isLabel(value);
}

/** Judges a value without quotes that ends its line, where code may stand as well. */
function isSecretLine(wordClass: WordClass, value: string, plain: boolean): boolean {
  if (!/\d/.test(value) || isPlaceholder(value)) return false;
  if (/^[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)+$/.test(value)) return false; // a property
  if (wordClass === 'auth') return isSecretText('auth', value);
  if (plain) return wordClass === 'password' || isSecretText('token', value);
  // In `a = b`, b is most likely a variable, unless it does not look like one.
  if (/^[A-Za-z_$][\w$]*$/.test(value)) return value.length >= 16 && !isIdentifierLike(value);
  return /[!@#$%^?~]/.test(value) || value.replace(/\D/g, '').length >= 3;
}

/** True for a word meant for people or code, such as a label of a form or a key of a dictionary. */
function isLabel(value: string): boolean {
  return (
    /[^\x21-\x7e]/.test(value) ||
    /^[A-Z][a-z]+$/.test(value) ||
    /\./.test(value) ||
    /pass|secret|token|auth|key|pwd/i.test(value)
  );
}

function found(start: number, value: string): Finding {
  return { start, end: start + value.length, kind: 'assignment' };
}
