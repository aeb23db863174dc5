import { COUNTED, ENDINGS, KEY_KINDS, NOT_KEYS, PAIRS, SUFFIXES, WHOLE } from './name-words.ts';
import { VENDOR_WORDS } from '../vendor-words.ts';
import type { NameClass } from './name-words.ts';

/** One of these stands in every name of a secret. */
export const NAME_TRIGGERS: readonly string[] = withoutLonger([
  ...[...ENDINGS, ...WHOLE].flatMap(([words]) => words),
  ...[...PAIRS.keys()].flatMap((pair) => pair.split(' ').slice(-1)),
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

const VENDORS: ReadonlySet<string> = new Set(
  VENDOR_WORDS.flatMap(([, vendors]) => vendors.split(' ')),
);
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

function classify(name: string): NameClass | undefined {
  if (name === '_auth') return 'token'; // npm's
  const parts = partsOfName(name);
  for (let end = parts.length; end > 0; end -= 1) {
    const found = classOfLast(parts, end, name);
    if (found !== undefined) return found;
    const last = parts[end - 1] ?? '';
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
