import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isOwnWorkTree, ProjectFinder } from '../../lib/ingest/project.ts';
import { createRedactor } from '../../lib/redact/redact.ts';

const TOKEN = `ghp_${'A1b2C3d4E5f6'.repeat(3)}`;

let root: string;
let finder: ProjectFinder;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'project-'));
  const redactor = createRedactor();
  finder = new ProjectFinder(
    () => 0,
    (text) => redactor.redactText(text).text,
  );
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** What a hostile repository may put where git has a file. */
const HOSTILE: readonly (readonly [string, (path: string) => void])[] = [
  ['a FIFO', (path) => execFileSync('mkfifo', [path])],
  ['a link to /dev/zero', (path) => symlinkSync('/dev/zero', path)],
  ['a link to itself', (path) => symlinkSync(basename(path), path)],
  ['a folder', (path) => mkdirSync(path)],
  [
    '3 GB that take no space',
    (path) => {
      writeFileSync(path, '');
      truncateSync(path, 3 * 1024 ** 3);
    },
  ],
  ['a line of 5 MB', (path) => writeFileSync(path, `gitdir: /${'x'.repeat(5e6)}`)],
  ['a name with a NUL', (path) => writeFileSync(path, 'gitdir: /a\0b')],
];

describe('a project', () => {
  it('is its git root, with the branch', () => {
    write('.git/HEAD', 'ref: refs/heads/feature/x\n');
    mkdirSync(join(root, 'src'));
    expect(finder.find(join(root, 'src'))).toEqual({
      root,
      name: basename(root),
      branch: 'feature/x',
    });
  });

  it('has the commit for a branch when HEAD is detached', () => {
    write('.git/HEAD', '0123456789abcdef0123456789abcdef01234567\n');
    expect(finder.find(root)?.branch).toBe('0123456789ab');
  });

  it('is that of the main work tree', () => {
    write('main/.git/HEAD', 'ref: refs/heads/main\n');
    write('main/.git/worktrees/w/HEAD', 'ref: refs/heads/w\n');
    write('main/.git/worktrees/w/commondir', '../..\n');
    write('w/.git', 'gitdir: ../main/.git/worktrees/w\n');
    expect(finder.find(join(root, 'w'))).toEqual({
      root: join(root, 'main'),
      name: 'main',
      branch: 'w',
    });
  });

  it.each(HOSTILE)('is found although HEAD is %s', (_, make) => {
    mkdirSync(join(root, '.git'));
    make(join(root, '.git/HEAD'));
    const place = finder.find(root);
    expect([place?.root, place?.branch]).toEqual([root, null]);
  });

  it.each(HOSTILE)('is found although .git is %s', (_, make) => {
    make(join(root, '.git'));
    expect(finder.find(root)).toMatchObject({ root, branch: null });
  });

  it.each(HOSTILE)('is found although commondir is %s', (_, make) => {
    write('g/HEAD', 'ref: refs/heads/main\n');
    write('.git', 'gitdir: g\n');
    make(join(root, 'g/commondir'));
    expect(finder.find(root)).toMatchObject({ root, branch: 'main' });
  });

  it('takes nothing for a branch that git would not write', () => {
    write('.git/HEAD', `ref: refs/heads/${'x'.repeat(300)}`);
    write('other/.git/HEAD', 'root:x:0:0:root:/root:/bin/bash');
    expect([finder.find(root)?.branch, finder.find(join(root, 'other'))?.branch]).toEqual([
      null,
      null,
    ]);
  });

  it('has no secret in its name, its root and its branch', () => {
    write(`${TOKEN}/.git/HEAD`, `ref: refs/heads/${TOKEN}`);
    const place = finder.find(join(root, TOKEN));
    expect(JSON.stringify(place)).not.toContain(TOKEN);
    expect(place).toMatchObject({
      name: expect.stringMatching(/^\[redacted:/),
      branch: expect.stringMatching(/^\[redacted:/),
    });
  });
});

describe('a folder that cannot be', () => {
  it.each([
    ['of a megabyte', `/${'a/'.repeat(500_000)}`],
    ['with a NUL', '/tmp/a\0b'],
  ])('%s has no project', (_, cwd) => {
    expect(finder.find(cwd)).toBeNull();
  });

  it('of half a character or a relative one is looked for nowhere', () => {
    const half = '/tmp/\ud83d';
    expect(finder.find(half)).toEqual({ root: half, name: '\ud83d', branch: null });
    expect(finder.find('../x')).toEqual({ root: '../x', name: 'x', branch: null });
  });
});

describe('a work tree', () => {
  const linked = (name: string, gitdir: string) => {
    write(`main/.git/worktrees/${name}/HEAD`, 'ref: refs/heads/w\n');
    write(`main/.git/worktrees/${name}/commondir`, '../..\n');
    write(`main/.git/worktrees/${name}/gitdir`, `${gitdir}\n`);
  };

  it('is the project itself, or one that the project knows', () => {
    const main = join(root, 'main');
    write('main/.git/HEAD', 'ref: refs/heads/main\n');
    linked('a', join(root, 'a', '.git'));
    linked('b', '../../../../b/.git');
    for (const path of ['main', 'main/src', 'a', 'a/src', 'b']) {
      expect([path, isOwnWorkTree(join(root, path), main)]).toEqual([path, true]);
    }
  });

  it('is none of a project that a foreign .git only names', () => {
    write('main/.git/HEAD', 'ref: refs/heads/main\n');
    linked('a', join(root, 'a', '.git'));
    write('hostile/.git', 'gitdir: ../main/.git/worktrees/a\n');
    const hostile = join(root, 'hostile');
    expect(finder.find(hostile)?.root).toBe(join(root, 'main'));
    expect(isOwnWorkTree(hostile, join(root, 'main'))).toBe(false);
    expect(isOwnWorkTree(`${root}/main-other`, join(root, 'main'))).toBe(false);
  });

  it.each(HOSTILE)('is looked for although a file of git is %s', (_, make) => {
    mkdirSync(join(root, 'main/.git/worktrees/x'), { recursive: true });
    make(join(root, 'main/.git/worktrees/x/gitdir'));
    expect(isOwnWorkTree(join(root, 'other'), join(root, 'main'))).toBe(false);
  });
});
