import { afterAll, describe, expect, it } from 'vitest';
import { mkdtempSync, mkdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chooseFiles } from '../../../lib/cli/arguments/file-choice.ts';

const FILES = [
  '/w/app/src/cart/index.ts',
  '/w/app/src/cart/total.ts',
  '/w/app/src/user/index.ts',
  '/w/app/pages/[slug].tsx',
  '/w/site/.github/ci.yml',
  '/home/mia/notes.md',
];
const cli = { cwd: '/w/app/src', env: { HOME: '/home/mia' } };

describe('--file', () => {
  it.each([
    ['the end of a path', 'cart/index.ts', [0]],
    ['a name', 'index.ts', [0, 2]],
    ['a folder', 'cart', [0, 1]],
    ['a folder with a slash', 'src/cart/', [0, 1]],
    ['no part of a name', 'art/index.ts', []],
    ['an absolute path', '/w/app/src/user/index.ts', [2]],
    ['an absolute folder', '/w/site/', [4]],
    ['the root', '/', [0, 1, 2, 3, 4, 5]],
    ['a path from here', './cart/total.ts', [1]],
    ['a path from above', '../pages', [3]],
    ['the folder one is in', '.', [0, 1, 2]],
    ['a path from the home folder', '~/notes.md', [5]],
    ['a glob of names', '*.ts', [0, 1, 2]],
    ['a glob of paths', 'src/*/index.ts', [0, 2]],
    ['a star that stops at a slash', 'app/*.ts', []],
    ['two stars that do not', 'app/**/*.ts', [0, 1, 2]],
    ['braces', '{cart,user}/total.ts', [1]],
    ['hidden folders', 'site/**', [4]],
    ['a glob from here', './*/index.ts', [0, 2]],
    ['a name that looks like a glob', 'pages/[slug].tsx', [3]],
    ['nothing of that name', 'nowhere.rs', []],
  ])('takes %s', async (_, text, expected) => {
    expect(await chooseFiles(FILES, text, cli)).toEqual(expected.map((at) => FILES[at]));
  });

  it('is refused when it is empty', async () => {
    await expect(chooseFiles(FILES, '', cli)).rejects.toThrow('--file is empty');
  });

  describe('through a link', () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'file-choice-')));
    afterAll(() => rmSync(folder, { recursive: true }));

    it('finds what was recorded under the real path', async () => {
      mkdirSync(join(folder, 'real'));
      symlinkSync(join(folder, 'real'), join(folder, 'link'));
      const file = join(folder, 'real', 'a.ts');
      expect(await chooseFiles([file], './link', { ...cli, cwd: folder })).toEqual([file]);
    });
  });
});
