import type { TokenForm } from '../../lib/redact/tokens/token-form.ts';
import { TOKENS } from '../../lib/redact/tokens/tokens.ts';
import type { Dice } from './dice.ts';
import { SECRET_NAMES, spell, SPELLINGS } from './secret-names.ts';
import type { Spelling } from './secret-names.ts';
import { secretValue } from './secret-values.ts';
import type { Shape, Subject } from './shape.ts';
import { tokenText } from './token-text.ts';

/** A kind of secret: a token known by its own form, or a name that says what its value is. */
export interface Kind {
  readonly name: string;
  readonly group: 'token' | 'named';
  /** How many characters at the start of a value are no secret. */
  readonly publicLength: number;
  subjectFor(shape: Shape, dice: Dice): Subject;
}

/** Every beginning of every known token, and every name in every spelling. */
export function allKinds(): readonly Kind[] {
  const tokens = TOKENS.flatMap((row) =>
    row[1].split(' ').map((prefix) => {
      const name = `${row[0]} ${prefix}${row[2]}`;
      return [name, tokenKind(row, prefix, name)] as const;
    }),
  );
  const named = SECRET_NAMES.flatMap((words) =>
    SPELLINGS.map((spelling) => [spell(words, spelling), namedKind(words, spelling)] as const),
  );
  return [...new Map([...tokens, ...named]).values()];
}

// --- internal ---

/** Names that say nothing, so that a token must be known by its form. */
const NEUTRAL = ['item', 'entry', 'field value', 'ref', 'data', 'my text', 'note'];

function tokenKind(row: TokenForm, prefix: string, name: string): Kind {
  return {
    name,
    group: 'token',
    publicLength: row[3] === undefined ? prefix.length : 0,
    subjectFor: (_shape, dice) =>
      subjectOf(dice.oneOf(NEUTRAL), dice.oneOf(SPELLINGS), tokenText(row, prefix, dice)),
  };
}

function namedKind(words: string, spelling: Spelling): Kind {
  return {
    name: spell(words, spelling),
    group: 'named',
    publicLength: 0,
    subjectFor: (shape, dice) =>
      subjectOf(words, spelling, secretValue(dice.oneOf(shape.flavours), dice)),
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
