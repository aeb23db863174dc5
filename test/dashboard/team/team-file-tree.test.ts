import { describe, expect, it } from 'vitest';
import { teamFileTree } from '../../../lib/dashboard/team/team-file-tree.ts';
import type { StoredPattern } from '../../../lib/service/store/rows/stored-pattern.ts';

describe('the tree of a team’s files', () => {
  const patterns = [
    written('/home/ann/shop/src/pay.ts', 5),
    written('/home/ann/shop/src/pay.ts', 7),
    written('/home/ann/shop/src/cart/add.ts', 3),
    written('/home/ann/shop/README.md', 1),
    written(null, 9),
  ];

  it('begins with the folder that holds all, folders first', () => {
    const { folder, above, entries } = teamFileTree(patterns, [], undefined);
    expect(folder).toBe('/home/ann/shop');
    expect(above).toEqual([]);
    expect(entries).toEqual([
      entry({ name: 'src', isFolder: true, files: 2, patterns: 3, lastSeenAt: 7 }),
      entry({ name: 'README.md', isFolder: false, files: 1, patterns: 1, lastSeenAt: 1 }),
    ]);
  });

  it('leads down to the patterns of a file', () => {
    const {
      above,
      entries,
      patterns: own,
    } = teamFileTree(patterns, [], '/home/ann/shop/src/pay.ts');
    expect(above).toEqual(['/home/ann/shop', '/home/ann/shop/src']);
    expect(entries).toEqual([]);
    expect(own.map(({ lastSeenAt }) => lastSeenAt)).toEqual([5, 7]);
  });

  it('takes no name for another that it begins with, and none that is not there', () => {
    expect(teamFileTree(patterns, [], '/home/ann/sh').entries).toEqual([]);
    expect(teamFileTree([], [], undefined)).toMatchObject({
      folder: '',
      entries: [],
      patterns: [],
    });
  });

  it('reads paths of Windows, and of machines that have nothing in common', () => {
    const mixed = [written('C:\\shop\\pay.ts', 1), written('/srv/shop/pay.ts', 2)];
    const { folder, entries } = teamFileTree(mixed, [], undefined);
    expect(folder).toBe('');
    expect(entries.map(({ name, path }) => [name, path])).toEqual([
      ['', ''],
      ['C:', 'C:'],
    ]);
  });

  it('puts the files of a repository below its name, wherever machines have it', () => {
    const everywhere = [
      written('/home/ann/shop/src/pay.ts', 1),
      written('C:\\Users\\bob\\shop\\src\\pay.ts', 2),
      written('/home/ann/shop/vendor/kit/index.ts', 3),
      written('/tmp/note.ts', 4),
    ];
    const repositories = [
      { name: 'shop', root: '/home/ann/shop' },
      { name: 'kit', root: '/home/ann/shop/vendor/kit' },
      { name: 'shop', root: 'C:\\Users\\bob\\shop' },
    ];
    const { entries } = teamFileTree(everywhere, repositories, undefined);
    expect(entries.map(({ path, patterns: count }) => [path, count])).toEqual([
      ['', 1],
      ['kit', 1],
      ['shop', 2],
    ]);
    const { patterns: own } = teamFileTree(everywhere, repositories, 'shop/src/pay.ts');
    expect(own.map(({ lastSeenAt }) => lastSeenAt)).toEqual([1, 2]);
  });
});

function written(filePath: string | null, lastSeenAt: number): StoredPattern {
  return {
    id: `${filePath} ${lastSeenAt}`,
    name: 'pay',
    patternType: 'code',
    version: '1.0.0',
    language: 'typescript',
    lines: 3,
    origin: 'created',
    generation: 1,
    lineageId: 'one',
    occurrences: 1,
    firstSeenAt: lastSeenAt,
    lastSeenAt,
    isDeprecated: false,
    filePath,
    sessionId: null,
  };
}

function entry(of: object) {
  return expect.objectContaining(of);
}
