import type { TokenForm } from '../../../lib/redact/tokens/token-form.ts';
import { TOKENS } from '../../../lib/redact/tokens/tokens.ts';
import { VENDOR_WORDS } from '../../../lib/redact/vendor-words.ts';
import type { Dice } from './dice.ts';
import { textOfPattern } from './pattern-text.ts';
import { SECRET_NAMES, spell, SPELLINGS } from './secret-names.ts';
import type { Spelling } from './secret-names.ts';
import { secretValue } from './secret-values.ts';
import type { Flavour } from './secret-values.ts';
import type { Shape, Subject } from './shapes/shape.ts';
import { tokenText } from './token-text.ts';

/** A kind of secret: a token known by its own form, or a name that says what its value is. */
export interface Kind {
  readonly name: string;
  readonly group: 'token' | 'named';
  /** How many characters at the start of a value are no secret. */
  readonly publicLength: number;
  subjectFor(shape: Shape, dice: Dice): Subject;
}

/** Every beginning of every known token, every name in every spelling, and the keys of vendors. */
export function allKinds(): readonly Kind[] {
  const tokens = TOKENS.flatMap((form) =>
    form.prefixes.split(' ').map((prefix) => {
      const name = `${form.kind} ${prefix}${form.rest}`;
      return [name, tokenKind(form, prefix, name)] as const;
    }),
  );
  const named = SECRET_NAMES.flatMap((words) =>
    SPELLINGS.map((spelling) => [spell(words, spelling), namedKind(words, spelling)] as const),
  );
  const vendors = VENDOR_WORDS.flatMap(([form, words]) =>
    words.split(' ').map((vendor, i) => {
      const kind = vendorKind(vendor, form, i);
      return [kind.name, kind] as const;
    }),
  );
  return [...new Map([...tokens, ...named, ...vendors]).values()];
}

// --- internal ---

const MADE_UP = /pass(?!\w* key)|pwd|\bpw\b|pass?wort|kennwort|senha|parola|contrase|парол|密码/;

/** Names that say nothing, so that a token must be known by its form. */
const NEUTRAL = ['item', 'entry', 'field value', 'ref', 'data', 'my text', 'note'];

function tokenKind(form: TokenForm, prefix: string, name: string): Kind {
  return {
    name,
    group: 'token',
    publicLength: form.before === undefined ? prefix.length : 0,
    subjectFor: (_shape, dice) =>
      subjectOf(dice.oneOf(NEUTRAL), dice.oneOf(SPELLINGS), tokenText(form, prefix, dice)),
  };
}

function namedKind(words: string, spelling: Spelling): Kind {
  return {
    name: spell(words, spelling),
    group: 'named',
    publicLength: 0,
    subjectFor: (shape, dice) =>
      subjectOf(words, spelling, secretValue(dice.oneOf(flavoursOf(words, shape)), dice)),
  };
}

/** People make up passwords; machines make up all other secrets. */
function flavoursOf(words: string, { flavours }: Shape): readonly Flavour[] {
  return MADE_UP.test(words)
    ? flavours
    : flavours.filter((flavour) => flavour !== 'chosen' && flavour !== 'words');
}

/** A key that only its vendor's name tells, in one of the usual names and spellings. */
function vendorKind(vendor: string, form: string, index: number): Kind {
  const words = `${vendor} ${['api key', 'key', 'token', 'secret', 'access token'][index % 5] ?? ''}`;
  const spelling = SPELLINGS[Math.floor(index / 5) % SPELLINGS.length] ?? 'screaming';
  return {
    name: `${spell(words, spelling)} ${form}`,
    group: 'named',
    publicLength: 0,
    subjectFor: (_shape, dice) => subjectOf(words, spelling, textOfPattern(form, dice)),
  };
}

function subjectOf(words: string, own: Spelling, value: string): Subject {
  return {
    value,
    nameIn(spelling = own) {
      if (spelling !== 'identifier') return spell(words, spelling);
      return spell(words, own === 'kebab' ? 'snake' : own);
    },
  };
}
