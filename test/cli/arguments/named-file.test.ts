import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { trackerPaths } from '../../../lib/base/paths.ts';
import { namedFile } from '../../../lib/cli/arguments/named-file.ts';

/** An installation with a backup, and a folder to work in. */
function place() {
  const root = mkdtempSync(join(tmpdir(), 'named-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const paths = trackerPaths(join(root, 'home'));
  const cwd = join(root, 'work');
  mkdirSync(join(paths.data, 'backups'), { recursive: true });
  mkdirSync(cwd);
  const backup = join(paths.data, 'backups', 'a.db');
  writeFileSync(backup, '');
  return { cwd, paths, backup };
}

it('is looked for in the current folder first, then in the installation', () => {
  const { cwd, paths, backup } = place();
  const find = (text: string) => namedFile(text, { cwd, paths });
  expect(find('data/backups/a.db')).toBe(backup);
  expect(find('./data/backups/a.db')).toBe(backup);
  expect(find('data/backups/b.db')).toBe(join(cwd, 'data/backups/b.db')); // named as it was typed
  expect(find('a.db')).toBe(join(cwd, 'a.db'));
  expect(find(backup)).toBe(backup);
  mkdirSync(join(cwd, 'data/backups'), { recursive: true });
  writeFileSync(join(cwd, 'data/backups/a.db'), '');
  expect(find('data/backups/a.db')).toBe(join(cwd, 'data/backups/a.db'));
});
