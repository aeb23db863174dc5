import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileNames } from '../../lib/ingest/file-names.ts';

let root: string;
let now: number;
let names: FileNames;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'names-')));
  now = 1_000;
  names = new FileNames(
    () => now,
    (text) => text,
    join(root, 'home'),
  );
  mkdirSync(join(root, 'home'));
  mkdirSync(join(root, 'real', 'src'), { recursive: true });
  writeFileSync(join(root, 'real', 'src', 'a.ts'), '');
  symlinkSync(join(root, 'real'), join(root, 'link'));
});
afterEach(() => rmSync(root, { recursive: true }));

describe('FileNames', () => {
  it.each([
    ['an absolute path', '/real/src/a.ts', undefined],
    ['.. and . in it', '/real/./src/../src/a.ts', undefined],
    ['a linked folder', '/link/src/a.ts', undefined],
  ])('gives a file one name, by %s', (_name, path, cwd) => {
    expect(names.find(root + path, cwd)).toBe(join(root, 'real/src/a.ts'));
  });

  it('gives a file one name, from the folder that Claude worked in', () => {
    const name = join(root, 'real/src/a.ts');
    expect(names.find('a.ts', join(root, 'link/src'))).toBe(name);
    expect(names.find('../src/a.ts', join(root, 'real/src'))).toBe(name);
    expect(names.find('~/../link/src/a.ts', '/')).toBe(name);
  });

  it('gives a file one name, by a link to it', () => {
    symlinkSync('a.ts', join(root, 'real/src/alias.ts'));
    expect(names.find(join(root, 'link/src/alias.ts'), undefined)).toBe(
      join(root, 'real/src/a.ts'),
    );
  });

  it('names what is not there after the deepest folder that is', () => {
    expect(names.find(join(root, 'link/gone/deep/b.ts'), undefined)).toBe(
      join(root, 'real/gone/deep/b.ts'),
    );
    expect(names.find('/no/such/../folder/c.ts', undefined)).toBe('/no/folder/c.ts');
  });

  it('leaves a link that leads nowhere or in a circle, a file that holds a file, and what is no path', () => {
    symlinkSync(join(root, 'loop'), join(root, 'loop'));
    symlinkSync(join(root, 'nowhere'), join(root, 'dangling'));
    for (const path of ['loop', 'loop/a.ts', 'dangling', 'real/src/a.ts/b.ts']) {
      expect(names.find(join(root, path), undefined)).toBe(join(root, path));
    }
    expect(names.find('/a\0b', undefined)).toBe('/a\0b');
    const long = `/${'a/'.repeat(5_000)}b`;
    expect(names.find(long, undefined)).toBe(long);
  });

  it('does not take a name that only begins with ~ for the home', () => {
    expect(names.find('~x/a.ts', root)).toBe(join(root, '~x/a.ts'));
    expect(names.find('a.ts', undefined)).toBe('a.ts');
  });

  it('looks again after a while, because a link may lead elsewhere', () => {
    const path = join(root, 'link/src/a.ts');
    names.find(path, undefined);
    rmSync(join(root, 'link'));
    mkdirSync(join(root, 'other/src'), { recursive: true });
    symlinkSync(join(root, 'other'), join(root, 'link'));
    now = 20_000;
    expect(names.find(path, undefined)).toBe(join(root, 'other/src/a.ts'));
  });
});
