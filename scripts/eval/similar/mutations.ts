import type { Random } from '../../bench/measure/random.ts';
import type { CodePiece } from '../search/pieces.ts';

/** What was done to a piece of code: the types of clones as the literature counts them, and all together. */
export const MUTATIONS = ['reformatted', 'renamed', 'changed', 'mixed'] as const;

/** One of {@link MUTATIONS}. */
export type Mutation = (typeof MUTATIONS)[number];

/** A copy of a piece that was changed as `mutation` says. */
export function mutated({ code, language }: CodePiece, mutation: Mutation, random: Random): string {
  switch (mutation) {
    case 'reformatted':
      return reformatted(code, language, random);
    case 'renamed':
      return renamed(code, random);
    case 'changed':
      return changed(code, random, 0.15);
    case 'mixed':
      return reformatted(renamed(changed(code, random, 0.1), random), language, random);
  }
}

/** True for code that does something: not for prose, lists of imports, tables, or a few lines. */
export function isMutable({ code, language }: CodePiece): boolean {
  if (!LANGUAGES.has(language)) return false;
  const lines = code.split('\n').filter((line) => line.trim() !== '');
  const statements = lines.filter((line) => !COMMENT.test(line) && STATEMENT.test(line));
  return statements.length >= LEAST_STATEMENTS && statements.length >= lines.length / 2;
}

// --- internal ---

const LANGUAGES: ReadonlySet<string> = new Set(
  'typescript javascript python go rust ruby c cpp java shell perl php'.split(' '),
);
const LEAST_STATEMENTS = 5;
const STATEMENT =
  /^\s*(?!['"\d+\\]|import|from|use|#include|export \*|[\dA-F]{4} )[^;]*[\w)\]]\s*[=(.{]/;
/** A line of a comment, or of a text that explains. */
export const COMMENT = /^\s*(?:#|\/\/|\/?\*|=\w|[A-Z][a-z]+ [a-z]+ [a-z]+|[a-z]+ [a-z]+ [a-z]+ )/;

const HASHED: ReadonlySet<string> = new Set(['python', 'ruby', 'shell', 'perl']);

/** Type 1: other indents, blank lines, comments, blanks around signs and, where the language has both, quotes. */
function reformatted(code: string, language: string, random: Random): string {
  const isIndented = language === 'python';
  const [unit, mark] = [
    random.oneOf(['\t', '  ', '    ', '      ']),
    HASHED.has(language) ? '#' : '//',
  ];
  return code
    .split('\n')
    .flatMap((line) => {
      const text = line.trim();
      if (text === '') return random.between(0, 1) === 0 ? [] : [''];
      const depth = Math.ceil((/^\s*/.exec(line)?.[0] ?? '').replaceAll('\t', '  ').length / 2);
      const spaced =
        random.between(0, 3) === 0 ? text.replaceAll(/ ?([=,;{}()]) ?/g, ' $1 ') : text;
      const out = unit.repeat(isIndented ? depth : random.between(0, depth)) + spaced;
      const isPlain = !/["'`*\\]|\/\//.test(text);
      if (isPlain && random.between(0, 11) === 0) return [`${unit}${mark} ${phrase(random)}`, out];
      return random.between(0, 11) === 0 ? [out, ''] : [out];
    })
    .join('\n');
}

/** Type 2: each name is another one everywhere, and so are numbers and texts within quotes. */
function renamed(code: string, random: Random): string {
  const names = new Map<string, string>();
  const rename = (token: string): string => {
    if (/^["']/.test(token)) return token[0] + (token.length > 2 ? phrase(random) : '') + token[0];
    if (/^\d/.test(token)) return String(random.between(0, 999));
    if (KEPT.has(token)) return token;
    const name = names.get(token) ?? `${random.oneOf(WORDS)}_${names.size}`;
    names.set(token, name);
    return name;
  };
  return code
    .split('\n')
    .map((line) => (COMMENT.test(line) ? line : line.replaceAll(TOKEN, rename)))
    .join('\n');
}

/** Texts within quotes, names, numbers. */
const TOKEN = /(["'])(?:\\.|(?!\1)[^\\\n])*\1|[A-Za-z_$][\w$]*|\b\d+\b/g;

/** Type 3: of so many lines, each is removed, replaced, or has a new one before it. */
function changed(code: string, random: Random, share: number): string {
  const lines = code.split('\n');
  let changes = Math.max(1, Math.round(lines.length * share));
  while (changes > 0) {
    const at = random.between(0, lines.length - 1);
    const indent = /^\s*/.exec(lines[at] ?? '')?.[0] ?? '';
    const line = `${indent}${random.oneOf(WORDS)}.${random.oneOf(WORDS)}(${random.between(0, 99)}, ${random.oneOf(WORDS)});`;
    const way = random.between(0, 2);
    if (way === 0 && lines.length > 4) lines.splice(at, 1);
    else if (way === 1) lines.splice(at, 0, line);
    else lines[at] = line;
    changes -= 1;
  }
  return lines.join('\n');
}

function phrase(random: Random): string {
  return Array.from({ length: random.between(1, 4) }, () => random.oneOf(WORDS)).join(' ');
}

const WORDS = [
  'order',
  'basket',
  'total',
  'account',
  'ledger',
  'sensor',
  'frame',
  'planet',
  'river',
  'engine',
  'ticket',
  'branch',
  'window',
  'signal',
  'carrier',
  'harbour',
  'meadow',
  'copper',
  'thread',
  'cabinet',
] as const satisfies readonly [string, ...string[]];

/** What cannot be renamed. */
const KEPT: ReadonlySet<string> = new Set(
  (
    'abstract and as assert async await auto begin bool break byte case catch char class const continue def default defer ' +
    'del delete do double done elif else elsif end enum esac except export extends extern false False fi final finally float ' +
    'fn for foreach from func function global go goto if impl implements import in include inline instanceof int interface ' +
    'is lambda let local long match mod module mut my namespace new nil None nonlocal not null operator or our package pass ' +
    'private protected pub public raise readonly require rescue return self short signed sizeof static str string struct sub ' +
    'super switch template then this throw throws trait true True try type typedef typeof undefined union unless unsigned ' +
    'unsigned unsigned until use using var virtual void volatile when where while with yield'
  ).split(' '),
);
