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
  }
}

// --- internal ---

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
