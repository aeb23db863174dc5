import type { AnchoredRule, FoundSecret } from '../rule.ts';
import type { WorkBudget } from '../budget.ts';
import { endAt, matchAt } from '../sticky.ts';
import { isRandom } from '../value/word-shape.ts';

/**
 * Finds the numbers of a private key where they stand one by one: as members of a JWK or of .NET's parameters, in
 * XML, and as OpenSSL prints them. Their names are too short to tell by themselves.
 */
export const KEY_NUMBER_RULES: readonly AnchoredRule[] = [
  { scope: 'place', kind: 'private-key', triggers: ['kty', 'inverseq'], find: findMembers },
  { scope: 'place', kind: 'private-key', triggers: ['<rsakeyvalue'], find: findElements },
  {
    scope: 'place',
    kind: 'private-key',
    triggers: ['exponent', 'prime1', 'prime2', 'prime_1', 'prime_2', 'coefficient', 'priv:'],
    find: findPrinted,
  },
];

/** True for an object that is a JWK. */
export function isKeyType(kty: unknown): boolean {
  return typeof kty === 'string' && KEY_TYPE.test(kty);
}

/** True for a member of a JWK that only who owns the key may know. */
export function isKeyNumber(name: string): boolean {
  return NUMBER.test(name);
}

// --- internal ---

const kind = 'private-key';
/** So many characters tell whether a value is random. */
const MOST_JUDGED = 128;
const KEY_TYPE = /^(?:RSA|EC|OKP|oct|AKP)$/i;
const NUMBER = /^(?:d|p|q|dp|dq|qi|k|r|t|priv|inverseq)$/i;
const TYPED =
  /(?:kty\\{0,15}["']?\s{0,8}(?:=>|[:=])\s{0,8}\\{0,15}["']?(?:RSA|EC|OKP|oct|AKP)(?!\w)|inverseq\\{0,15}["']?\s{0,8}(?:=>|[:=]))/iy;
const MEMBER =
  /(?<![\w-])(?:d|p|q|dp|dq|qi|k|r|t|priv|inverseq)\\{0,15}["']?\s{0,8}(?:=>|[:=])\s{0,8}\\{0,15}["']?([\w+/-]{16,4096}={0,2})/dgi;
const ELEMENT = /<(?:D|P|Q|DP|DQ|InverseQ)>\s{0,64}([\w+/=\s]{16,4096})<\//dg;
/** A key of 16,384 bits has 10,000 characters. */
const LONGEST = 12_000;
/** How far before its type a key may begin without a brace. */
const NEAR = 1_500;
/** What a look costs besides two steps a character. */
const STEPS_PER_LOOK = 500;

function findMembers(text: string, at: number, found: FoundSecret[], budget: WorkBudget): number {
  if (endAt(TYPED, text, at) === undefined) return at + 1;
  const head = text.slice(Math.max(0, at - LONGEST), at);
  const tail = text.slice(at, at + LONGEST);
  const brace = head.lastIndexOf('{');
  const opening = brace === -1 ? head.length - NEAR : brace;
  // Other primes are objects within the key's.
  const closing = tail.search(/\}(?!\s*,\s*\{|\s*\])/);
  const from = at - head.length + Math.max(0, opening);
  const to = closing === -1 ? at + tail.length : at + closing;
  return addMatches(MEMBER, text, from, to, found, budget);
}

function findElements(text: string, at: number, found: FoundSecret[], budget: WorkBudget): number {
  const length = text.slice(at, at + LONGEST).search(/<\/RSAKeyValue/i);
  return addMatches(ELEMENT, text, at, at + (length === -1 ? LONGEST : length), found, budget);
}

/** Adds the first group of each match, and returns where the look ended. */
function addMatches(
  pattern: RegExp,
  text: string,
  from: number,
  to: number,
  found: FoundSecret[],
  budget: WorkBudget,
): number {
  budget.spend(STEPS_PER_LOOK + 2 * (to - from));
  for (const { indices, 1: value = '' } of text.slice(from, to).matchAll(pattern)) {
    if (!isRandom(value.slice(0, MOST_JUDGED))) continue; // what code calls to make one
    const [start, end] = indices?.[1] ?? [0, 0];
    found.push({ start: from + start, end: from + end, kind });
  }
  return to;
}

const NAMED =
  /(?:exponent[12]?|prime_?[12]|coefficient|priv)\\{0,15}["']?[ \t]{0,8}[:=][ \t]{0,8}/iy;
const PUBLIC = /(?:public|enc(?:ryption)?)[_-]?$/i;
/** A line of bytes, as OpenSSL prints a number. */
const BYTES = /\s{0,64}(?:[\da-f]{2}:){1,32}(?:[\da-f]{2}(?![\da-f]))?/iy;
const MOST_LINES = 200;
const ALONE = /\\{0,15}["']?((?:0x)?[\w+/]{24,4096}={0,2})/y;

function findPrinted(text: string, at: number, found: FoundSecret[], budget: WorkBudget): number {
  const named = endAt(NAMED, text, at);
  if (named === undefined || PUBLIC.test(text.slice(Math.max(0, at - 12), at))) return at + 1;
  let end = named;
  for (let line = 0; line < MOST_LINES; line += 1) {
    const next = endAt(BYTES, text, end);
    if (next === undefined) break;
    end = next;
  }
  budget.spend(end - at);
  if (end - named >= 24) {
    const start = named + text.slice(named, end).search(/\S/);
    found.push({ start, end, kind });
    return end;
  }
  const value = matchAt(ALONE, text, named)?.[1];
  if (value === undefined || !/\d/.test(value)) return named;
  const start = text.indexOf(value, named);
  found.push({ start, end: start + value.length, kind });
  return start + value.length;
}
