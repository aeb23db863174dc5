import { describe, expect, it } from 'vitest';
import { errorLine } from '../../../lib/event/error-line.ts';
import {
  linesText,
  projectColumn,
  shortIds,
  shownPath,
} from '../../../lib/cli/listing/row-text.ts';

describe('errorLine', () => {
  it.each([
    ['File has not been read yet.', 'File has not been read yet.'],
    ['\n  fatal: no\nmore', 'fatal: no'],
    ['Error: Exit code 1\nFAIL a.test.ts\n  expected 3', 'exit 1: FAIL a.test.ts'],
    ['Exit code 127\n\nsh: nope: not found', 'exit 127: sh: nope: not found'],
    ['Exit code 2', 'Exit code 2'],
    ['<tool_use_error>InputValidationError: x</tool_use_error>', 'InputValidationError: x'],
    ['', ''],
  ])('of %j is %j', (error, line) => {
    expect(errorLine(error)).toBe(line);
  });
});

describe('shownPath', () => {
  it.each([
    ['/home/mia/app/src/a.ts', '/home/mia/app', 'src/a.ts'],
    ['/home/mia/other/a.ts', '/home/mia/app', '~/other/a.ts'],
    ['/home/mia2/a.ts', null, '/home/mia2/a.ts'],
    ['/etc/hosts', '/home/mia/app', '/etc/hosts'],
    ['npm test', '/home/mia/app', 'npm test'],
  ])('of %s in %s is %s', (path, root, shown) => {
    expect(shownPath(path, root, { HOME: '/home/mia' })).toBe(shown);
    expect(shownPath(path, root, {})).not.toContain('~');
  });
});

describe('shortIds', () => {
  it('keeps eight characters, and as many more as tell an id from the others', () => {
    const short = shortIds(['0123456789ab', '0123456799ab', 'ffffffffffff']);
    expect(short('0123456789ab')).toBe('012345678');
    expect(short('0123456799ab')).toBe('012345679');
    expect(short('ffffffffffff')).toBe('ffffffff');
    expect(short('not among them')).toBe('not among them');
  });
});

describe('projectColumn', () => {
  const named = (...projectRoots: (string | null)[]) => {
    const rows = projectRoots.map((projectRoot) => ({ projectRoot }));
    const roots = projectRoots.filter((root) => root !== null);
    const { cell } = projectColumn<(typeof rows)[number]>(roots, 1);
    return rows.map(cell);
  };

  it('names a project by its folder', () => {
    expect(named('/a/shop', null, '/b/blog')).toEqual(['shop', '', 'blog']);
  });

  it('tells projects of one name apart', () => {
    expect(named('/a/x/shop', '/b/x/shop', '/b/shop', '/myshop')).toEqual([
      'a/x/shop',
      'b/x/shop',
      'b/shop',
      'myshop',
    ]);
    expect(named('/shop', '/a/shop')).toEqual(['/shop', 'a/shop']);
  });
});

it('says which lines changed, and nothing when it is not known', () => {
  expect(linesText({ linesAdded: 12, linesRemoved: 0 })).toBe('+12 -0');
  expect(linesText({ linesAdded: null, linesRemoved: null })).toBe('');
});
