import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { ALIASES, ENVIRONMENT_KEYS } from '../../lib/config/config-names.ts';
import { CONFIG_DEFAULTS, configKeys, leaves } from '../../lib/config/config.ts';
import { configJsonSchema } from '../../lib/config/config-schema.ts';

const page = readFileSync('scripts/docs/reference/configuration.md', 'utf8');

/** The cells of every row whose first cell is one name in backticks, by the title of its table. */
function rows(title: string): string[][] {
  const found: string[][] = [];
  let current = '';
  for (const line of page.split('\n')) {
    if (!line.startsWith('|')) {
      current = '';
      continue;
    }
    const cells = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    current ||= cells[0] ?? '';
    if (current === title && /^`.*`$/.test(cells[0] ?? '')) found.push(cells);
  }
  return found;
}

const plain = (cell = '') => cell.replaceAll('`', '');

it('tells of every key and its default, in the order of the schema', () => {
  const told = rows('key').map(([key, value]) => [plain(key), parse(plain(value)) as unknown]);
  expect(told).toEqual(leaves(CONFIG_DEFAULTS));
});

interface Limits {
  readonly properties?: Readonly<Record<string, Limits>>;
  readonly type?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** What the schema says of each number: whole or not, from, to. */
function limits(schema: Limits, prefix = ''): [key: string, limits: unknown][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => {
    if (inner.properties) return limits(inner, `${prefix}${name}.`);
    const { type, minimum = 0, maximum = NO_MAXIMUM } = inner;
    if (type !== 'integer' && type !== 'number') return [];
    return [[prefix + name, { isWhole: type === 'integer', minimum, maximum }]];
  });
}

const NO_MAXIMUM = 2 ** 40; // beyond what anyone means
const SECONDS: Readonly<Record<string, number>> = {
  'a day': 86_400,
  'a week': 604_800,
  'a year': 31_536_000,
};

it('tells within which limits each number has to be', () => {
  const known = new Map(limits(configJsonSchema() as Limits));
  const told = rows('key').flatMap(([name, , unit = '']) => {
    if (!known.has(plain(name))) return [];
    const isWhole = unit.includes('whole');
    const [, from] = /from (\d+)/.exec(unit) ?? /(\d+) to /.exec(unit) ?? [];
    const [, to = ''] = /(?:up to|\d to) (\d+|a \w+)/.exec(unit) ?? [];
    const maximum = to === '' ? NO_MAXIMUM : (SECONDS[to] ?? Number(to));
    const minimum = from === undefined ? (isWhole ? 1 : 0) : Number(from);
    return [[plain(name), { isWhole, minimum, maximum }]];
  });
  expect(told).toEqual([...known]);
});

it('says of every key what it does', () => {
  for (const [key, , , does] of rows('key')) expect(does, key).toMatch(/\w+ \w+|`\w+`/);
});

it('tells of every variable that sets a key', () => {
  const keyed = rows('variable').filter(([, key]) => configKeys().includes(plain(key)));
  expect(keyed.map(([name, key]) => [plain(name), plain(key)])).toEqual(
    Object.entries(ENVIRONMENT_KEYS).map(([name, { key }]) => [name, key]),
  );
});

it('tells of every older name', () => {
  expect(rows('older name').map((cells) => cells.map(plain))).toEqual(Object.entries(ALIASES));
});
