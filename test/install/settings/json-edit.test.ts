import { parseTree } from 'jsonc-parser';
import type { Node } from 'jsonc-parser';
import { describe, expect, it } from 'vitest';
import {
  append,
  jsonLayout,
  member,
  remove,
  replace,
} from '../../../lib/install/settings/json-edit.ts';

function tree(text: string): Node {
  const node = parseTree(text, [], { allowTrailingComma: true });
  if (!node) throw new Error('no tree');
  return node;
}

const appended: [string, string, string][] = [
  ['an empty array', '[]', '[\n  9\n]'],
  ['one line, squeezed', '[1,2]', '[1,2,9]'],
  ['one line, spaced', '[1, 2]', '[1, 2, 9]'],
  ['lines', '[\n  1,\n  2\n]', '[\n  1,\n  2,\n  9\n]'],
  ['a comment after the last', '[\n  1 // one\n]', '[\n  1, // one\n  9\n]'],
  ['a comment with spaces after it', '[\n  1 // one  \n]', '[\n  1, // one\n  9  \n]'],
  ['a line comment on the first line', '[1 // one\n]', '[1, // one\n9\n]'],
  ['a trailing comma', '[\n  1,\n]', '[\n  1,\n  9,\n]'],
  ['CRLF', '[\r\n\t1\r\n]', '[\r\n\t1,\r\n\t9\r\n]'],
  ['a comma in a comment', '[\n  1 /* , */\n]', '[\n  1, /* , */\n  9\n]'],
];

describe('append', () => {
  it.each(appended)('adds to %s', (_, text, expected) => {
    expect(append(text, tree(text), undefined, 9, jsonLayout(text))).toBe(expected);
  });

  it.each(appended)('is undone by remove: %s', (_, text, longer) => {
    const root = tree(longer);
    expect(remove(longer, root, root.children?.at(-1) as Node)).toBe(text);
  });

  it('indents a deep value as the text does', () => {
    const text = '{\n\t"a": {\n\t\t"b": 1\n\t}\n}';
    const result = append(text, member(tree(text), 'a') as Node, 'c', { d: [] }, jsonLayout(text));
    expect(result).toBe('{\n\t"a": {\n\t\t"b": 1,\n\t\t"c": {\n\t\t\t"d": []\n\t\t}\n\t}\n}');
  });
});

describe('remove', () => {
  it.each<[string, string, number, string]>([
    ['the first of lines', '[\n  1,\n  2\n]', 0, '[\n  2\n]'],
    ['one between', '[\n  1,\n  2,\n  3\n]', 1, '[\n  1,\n  3\n]'],
    ['the first on a line', '[1, 2]', 0, '[2]'],
    ['the last on a line', '[1, 2]', 1, '[1]'],
    ['the last, squeezed', '[1,2]', 1, '[1]'],
    ['the only one', '[ 1 ]', 0, '[]'],
    ['the only one, with a trailing comma', '[\n  1,\n]', 0, '[]'],
    ['the only one, with a comment', '[\n  1 // one\n]', 0, '[ // one\n]'],
    ['one whose neighbour has a comment', '[\n  1, // one\n  2\n]', 1, '[\n  1 // one\n]'],
  ])('removes %s', (_, text, index, expected) => {
    const root = tree(text);
    expect(remove(text, root, root.children?.[index] as Node)).toBe(expected);
  });
});

describe('replace', () => {
  it('keeps the place, and the line of what stood on one', () => {
    const text = '[\n  {"a": 1},\n  {\n    "b": 1\n  }\n]';
    const [one = tree(text), two = tree(text)] = tree(text).children ?? [];
    const layout = jsonLayout(text);
    expect(replace(text, one, { c: 2 }, layout)).toBe('[\n  {"c":2},\n  {\n    "b": 1\n  }\n]');
    expect(replace(text, two, { c: 2 }, layout)).toBe('[\n  {"a": 1},\n  {\n    "c": 2\n  }\n]');
  });
});

describe('member', () => {
  it('takes the last of two that share a name, as JSON.parse does', () => {
    expect(member(tree('{"a": 1, "a": 2}'), 'a')?.value).toBe(2);
  });
});
