import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ERROR_CODES } from '../../scripts/docs/error-codes.ts';

/** The codes that stand in a text of code; one that ends with a name begins a family. */
function codesIn(source: string): string[] {
  const found = source.matchAll(/(['"`])(E_[A-Z_]*[A-Z])(_\$\{|\1)/g);
  return [...found].map(([, , code = '', end = '']) => (end.startsWith('_') ? `${code}_…` : code));
}

it('says of every code that lib/ can throw what to do, and of no other', () => {
  const sources = readdirSync('lib', { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => readFileSync(join('lib', name), 'utf8'));
  const families = Object.keys(ERROR_CODES).filter((code) => code.endsWith('…'));
  const isOfFamily = (code: string) =>
    families.some((family) => code !== family && code.startsWith(family.slice(0, -1)));
  const codes = [...new Set(sources.flatMap(codesIn))].filter((code) => !isOfFamily(code));
  expect(codes.length).toBeGreaterThan(80); // it has found them
  expect(codes.toSorted()).toEqual(Object.keys(ERROR_CODES).toSorted());
});

it('names only commands that there are', () => {
  const list = readFileSync('lib/cli/command-list.ts', 'utf8');
  const told = Object.values(ERROR_CODES).flatMap(([, remedy]) =>
    [...remedy.matchAll(/`pattern-tracker ([a-z-]+)/g)].map(([, name]) => name),
  );
  expect(told.filter((name) => !new RegExp(`^ {2}'?${name}'?: \\{`, 'm').test(list))).toEqual([]);
});
