import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { ALIASES, ENVIRONMENT_KEYS } from '../../lib/contract/config-names.ts';
import { CONFIG_DEFAULTS, configKeys, leaves } from '../../lib/contract/config.ts';

const page = readFileSync('docs/configuration.md', 'utf8');

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
