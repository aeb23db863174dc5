import type { Dice } from './dice.ts';

/** The forms in which people and machines make up secrets that have a name. */
export const FLAVOURS = [
  'hex',
  'uuid',
  'alnum',
  'base64',
  'letters',
  'digits',
  'symbols',
  'braces',
  'dollar',
  'quote',
  'phrase',
  'masked',
  'chosen',
  'words',
] as const;

/** One of {@link FLAVOURS}. */
export type Flavour = (typeof FLAVOURS)[number];

/** Makes up a secret; never one that was in use. */
export function secretValue(flavour: Flavour, dice: Dice): string {
  switch (flavour) {
    case 'hex':
      return mixed(dice, dice.oneOf([32, 40, 64]), HEX);
    case 'uuid':
      return [8, 4, 4, 4, 12].map((length) => dice.text(length, HEX)).join('-');
    case 'alnum':
      return mixed(dice, dice.between(12, 40), ALNUM);
    case 'base64':
      return `${mixed(dice, 42, `${ALNUM}+/`)}${dice.text(1, 'AEIMQUYcgkosw048')}=`;
    case 'letters':
      return dice.text(dice.between(10, 16), CONSONANTS);
    case 'digits':
      return dice.text(1, '123456789') + dice.text(dice.between(9, 13), '0123456789');
    case 'symbols':
      return inside(dice, '!@%^*-_=+.:,?~', 4);
    case 'braces':
      return inside(dice, '{}()[];#&|<>', 3);
    case 'dollar':
      return `$${mixed(dice, 12, ALNUM)}`;
    case 'quote':
      return inside(dice, "'", 1);
    case 'phrase':
      return Array.from({ length: 4 }, () => dice.text(dice.between(5, 7), SYLLABLES)).join(' ');
    case 'masked':
      return `${mixed(dice, 8, ALNUM)}xxxx${mixed(dice, 8, ALNUM)}`;
    case 'chosen':
      return chosen(dice);
    case 'words':
      return Array.from({ length: 4 }, () => dice.oneOf(WORDS)).join(
        dice.oneOf([' ', ' ', '-', '.', '_']),
      );
  }
}

// --- internal ---

/** Words of pass phrases. */
const WORDS =
  'correct horse battery staple purple monkey river window garden silver planet coffee summer winter orange turtle rocket violin marble castle'.split(
    ' ',
  );

/** What people make up when they are asked for a digit and a sign. */
function chosen(dice: Dice): string {
  const word = dice.oneOf(WORDS);
  const title = word.charAt(0).toUpperCase() + word.slice(1);
  const leet = title.replaceAll('e', '3').replaceAll('o', '0').replaceAll('i', '1');
  const year = dice.between(1970, 2029);
  const sign = dice.oneOf(['!', '@', '#', '$', '%', '*', '?']);
  return dice.oneOf([
    `${title}${year}${sign}`,
    `${leet}${sign}${dice.between(10, 99)}`,
    `${word}${dice.between(100, 9999)}`,
    `${title}${dice.oneOf(['-', '_'])}${dice.oneOf(WORDS)}${dice.between(1, 99)}`,
    `${sign}${leet}${dice.oneOf(WORDS)}`,
  ]);
}

const HEX = '0123456789abcdef';
const ALNUM = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const CONSONANTS = 'bcdfghjklmnpqrstvwz';
const SYLLABLES = 'abdegiklmnoprstuvz';

/** Characters with at least one letter and one digit among them. */
function mixed(dice: Dice, length: number, alphabet: string): string {
  for (;;) {
    const text = dice.text(length, alphabet);
    if (/\d/.test(text) && /[a-z]/.test(text)) return text;
  }
}

/** Letters and digits with some signs between, never first or last. */
function inside(dice: Dice, signs: string, count: number): string {
  const chars = mixed(dice, 14, ALNUM).split('');
  for (let i = 0; i < count; i += 1) chars[dice.between(1, 12)] = dice.text(1, signs);
  return chars.join('');
}
