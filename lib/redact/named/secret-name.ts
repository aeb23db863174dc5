import {
  API_VENDORS,
  COUNTED,
  ENDINGS,
  KEY_KINDS,
  NOT_KEYS,
  PAIRS,
  SUFFIXES,
  VENDOR_KEYS,
  WHOLE,
} from './name-words.ts';
import { VENDOR_WORDS } from '../vendor-words.ts';
import type { NameClass } from './name-words.ts';
import { endAt } from '../sticky.ts';

/** One of these stands in every name of a secret. */
export const NAME_TRIGGERS: readonly string[] = withoutLonger([
  ...[...ENDINGS, ...WHOLE].flatMap(([words]) => words),
  ...[...PAIRS.keys()].flatMap((pair) => pair.split(' ').slice(-1)),
  ...VENDOR_KEYS,
  ...API_VENDORS,
  'key',
]);

/** Tells what kind of secret a name names; undefined for none. */
export function classOfName(name: string): NameClass | undefined {
  if (KNOWN.has(name)) return KNOWN.get(name);
  const nameClass = classify(name);
  if (KNOWN.size >= KNOWN_NAMES) KNOWN.clear();
  KNOWN.set(name, nameClass);
  return nameClass;
}

/**
 * False where the word at `at` is for certain no part of a name that makes it one of a secret, as the `id` of
 * `width`. Words repeat, so that this mostly costs one look-up.
 */
export function mayNameSecret(text: string, at: number): boolean {
  let start = at;
  while (at - start <= LONGEST_WORD && isLetter(text.charCodeAt(start - 1))) start -= 1;
  let end = at;
  while (end - start <= LONGEST_WORD && isLetter(text.charCodeAt(end))) end += 1;
  const isTold = isAscii(text, start - 1) && isAscii(text, end) && end > at;
  if (!isTold || end - start > LONGEST_WORD) return true;
  const word = text.slice(start, end);
  if (text.charAt(start - 1) === '-' && /^[DP][A-Za-z]/.test(word)) return true; // maybe Java's `-Dname=`
  const told = wordIn(word);
  if (typeof told === 'boolean') return told;
  return (
    (told.isSuffix && isBehindName(text, start)) ||
    (told.isVendor && endAt(NAMES_VALUE, text, end) !== undefined) ||
    isPaired(text, start, told.first)
  );
}

/** The parts of a name in any spelling, in lower case: `dbPassword2` is `db`, `password`, `2`. */
export function partsOfName(name: string): string[] {
  return (
    name
      .normalize('NFC')
      .match(/\p{Lu}+(?![\p{Ll}])|\p{Lu}?[\p{Ll}\p{Lo}\p{Lm}\p{M}]+|\p{Lu}+|\d+/gu)
      ?.map((part) => part.toLowerCase()) ?? []
  );
}

// --- internal ---

const KNOWN = new Map<string, NameClass | undefined>();
const KNOWN_NAMES = 4_000;

const VENDORS: ReadonlySet<string> = new Set([
  ...API_VENDORS,
  ...VENDOR_WORDS.flatMap(([, vendors]) => vendors.split(' ')),
]);
/** What stands behind a vendor's name that names a value; mostly it only names the vendor. */
const NAMES_VALUE =
  /[\w.-]{0,32}(?:\\{0,15}["'`][\])]?\s{0,8}[,:=)]|\\{0,15}["'`]?\]?[ \t*]{0,32}[=:>|│])/y;
const WHOLE_CLASS = new Map<string, NameClass>(
  WHOLE.flatMap(([words, nameClass]) =>
    words.map((word): [string, NameClass] => [word, nameClass]),
  ),
);
const [PASSWORD_END, TOKEN_END] = (['password', 'token'] as const).map(
  (nameClass) =>
    new RegExp(
      `(?:${ENDINGS.filter(([, own]) => own === nameClass)
        .flatMap(([words]) => words)
        .join('|')})$`,
      'u',
    ),
) as [RegExp, RegExp];
const VENDOR_END = new RegExp(`(?:api|openai|stripe|private|secret|master|access)keys?$`);

/** The longest run of letters that is looked up. */
const LONGEST_WORD = 32;
const WORDS = new Map<string, boolean | PartOfName>();
/** For the second part of each pair, what a text ends with whose last part may be the first: a look that saves taking it apart. */
const PAIR_ENDS: ReadonlyMap<string, RegExp> = pairEnds();

/** A run of letters that makes a name one of a secret only together with what stands before it. */
interface PartOfName {
  readonly first: string;
  /** True if it may follow a secret's name without changing what that names. */
  readonly isSuffix: boolean;
  /** True if it is a vendor's name. */
  readonly isVendor: boolean;
}

function wordIn(word: string): boolean | PartOfName {
  const known = WORDS.get(word);
  if (known !== undefined) return known;
  const told = judgeWord(partsOfName(word));
  if (WORDS.size >= KNOWN_NAMES) WORDS.clear();
  WORDS.set(word, told);
  return told;
}

function judgeWord(parts: readonly string[]): boolean | PartOfName {
  const [first = ''] = parts;
  if (/^keys?$/.test(first)) return true;
  if (parts.some((_, index) => classOfLast(parts, index + 1, '') !== undefined)) return true;
  const isSuffix = SUFFIXES.has(parts.at(-1) ?? '');
  const isVendor = parts.some((part) => API_VENDORS.has(part));
  return isSuffix || isVendor || PAIR_ENDS.has(first) || VENDOR_KEYS.has(first)
    ? { first, isSuffix, isVendor }
    : false;
}

/** True if a name and a blank stand before the name that the word at `start` belongs to. */
function isBehindName(text: string, start: number): boolean {
  const own = backOver(NAME_UNIT, text, start);
  return text.charAt(own - 1) === ' ' && NAME_UNIT.test(text.charAt(own - 2));
}

/** True if a word before, also behind one blank, makes a pair with the first part of the word at `start`. */
function isPaired(text: string, start: number, first: string): boolean {
  let end = backOver(/[_.-]/, text, start);
  if (text.charAt(end - 1) === ' ') end = backOver(/[_.-]/, text, end - 1);
  const before = text.slice(Math.max(0, end - LONGEST_WORD), end);
  if (!isAscii(text, end - 1) || /-[DP][A-Za-z][\w.]*$/.test(before)) return true;
  if (VENDOR_KEYS.has(first) && VENDORS.has(wordBefore(text, end))) return true;
  if (PAIR_ENDS.get(first)?.test(before) !== true) return false;
  return PAIRS.has(`${partsOfName(before).at(-1) ?? ''} ${first}`);
}

/** The letters that end at `end`, in lower case, with a digit behind them. */
function wordBefore(text: string, end: number): string {
  let start = /\d/.test(text.charAt(end - 1)) ? end - 1 : end;
  while (end - start < LONGEST_WORD && isLetter(text.charCodeAt(start - 1))) start -= 1;
  return text.slice(start, end).toLowerCase();
}

function pairEnds(): Map<string, RegExp> {
  const firsts = new Map<string, string[]>();
  for (const pair of PAIRS.keys()) {
    const [first = '', second = ''] = pair.split(' ');
    const tail = /[\0-\u007f]*$/.exec(first)?.[0] ?? ''; // what is not ASCII can be written in two ways
    firsts.set(second, [...(firsts.get(second) ?? []), tail]);
  }
  return new Map(
    [...firsts].map(([second, tails]) => [
      second,
      new RegExp(`(?:${tails.join('|')})[^a-z]*$`, 'i'),
    ]),
  );
}

const NAME_UNIT = /[\w.-]|[^\0-\u007f]/;

/** Where what precedes `at` begins, as far as it is of one kind and not too long. */
function backOver(kind: RegExp, text: string, at: number): number {
  let start = at;
  while (start > 0 && at - start < 2 * LONGEST_WORD && kind.test(text.charAt(start - 1)))
    start -= 1;
  return start;
}

/** Also true before the beginning and at the end. */
function isAscii(text: string, at: number): boolean {
  return !(text.charCodeAt(at) > 127);
}

function isLetter(unit: number): boolean {
  const small = unit | 32;
  return small >= 97 && small <= 122;
}

function classify(name: string): NameClass | undefined {
  if (name === '_auth') return 'token'; // npm's
  const parts = partsOfName(name);
  for (let end = parts.length; end > 0; end -= 1) {
    const found = classOfLast(parts, end, name);
    if (found !== undefined) return found;
    const last = parts[end - 1] ?? '';
    if (API_VENDORS.has(last)) return 'vendor';
    if (!SUFFIXES.has(last) && !/^v?\d{1,3}$/.test(last)) return undefined;
  }
  return undefined;
}

/** Judges a name by the last of its first `end` parts, and by the one before. */
function classOfLast(parts: readonly string[], end: number, name: string): NameClass | undefined {
  const last = parts[end - 1] ?? '';
  const before = parts[end - 2] ?? '';
  const paired = PAIRS.get(`${before} ${last}`);
  if (paired !== undefined) return paired;
  if (PASSWORD_END.test(last)) return 'password';
  if (TOKEN_END.test(last)) {
    return parts.slice(0, end - 1).some((part) => COUNTED.has(part)) ? undefined : 'token';
  }
  if (VENDOR_END.test(last)) return 'token';
  if (VENDOR_KEYS.has(last) && VENDORS.has(before)) return 'token';
  const whole = WHOLE_CLASS.get(last);
  if (whole !== undefined) return whole;
  if (last !== 'key' && last !== 'keys') return undefined;
  if (KEY_KINDS.has(before) || VENDORS.has(before)) return 'token';
  if (before === '' || NOT_KEYS.has(before)) return undefined;
  return /^[A-Z\d_]+$/.test(name) ? 'token' : 'weak';
}

/** Drops words that contain another word of the list, which is enough to find them. */
function withoutLonger(list: readonly string[]): string[] {
  const unique = [...new Set(list)];
  return unique.filter((word) => !unique.some((other) => other !== word && word.includes(other)));
}
