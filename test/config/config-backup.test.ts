import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { backUpConfig, listBackups, restoreConfig } from '../../lib/config/config-backup.ts';
import { ConfigFolder } from './config-folder.ts';

const NOW = Date.UTC(2026, 10, 24, 9, 30);

let folder: ConfigFolder;
beforeEach(() => (folder = new ConfigFolder()));
afterEach(() => folder.remove());

const read = (path: string) => readFileSync(path, 'utf8');
const mode = (path: string) => statSync(path).mode & 0o777;

describe('a backup', () => {
  it('is not made of nothing', () => {
    expect(backUpConfig(folder.paths, NOW)).toBeUndefined();
    expect(listBackups(folder.paths)).toEqual([]);
    expect(existsSync(folder.paths.configBackups)).toBe(false);
  });

  it('holds the files that there are, by its date', () => {
    folder.write('config', 'api: {}\n');
    folder.write('logging', 'level: warn\n');
    const made = backUpConfig(folder.paths, NOW);
    expect(made).toEqual({
      name: '20261124-093000',
      files: [folder.paths.configFile, folder.paths.loggingFile],
    });
    const [backup] = listBackups(folder.paths);
    expect(backup?.name).toBe('20261124-093000');
    expect(read(backup?.files.configFile ?? '')).toBe('api: {}\n');
    expect(read(backup?.files.loggingFile ?? '')).toBe('level: warn\n');
    expect(existsSync(backup?.files.resilienceFile ?? '')).toBe(false);
  });

  it('does not wait for a FIFO, and names it', () => {
    execFileSync('mkfifo', [folder.paths.configFile]);
    expect(() => backUpConfig(folder.paths, NOW)).toThrow(
      expect.objectContaining({
        code: 'E_NO_FILE',
        message: `${folder.paths.configFile}: it is a FIFO, not a file`,
      }),
    );
    expect(existsSync(folder.paths.configBackups)).toBe(false);
  });

  it('is for its owner only, whatever the file was', () => {
    folder.write('config', 'api: { token: t }\n');
    chmodSync(folder.paths.configFile, 0o644);
    const { name = '' } = backUpConfig(folder.paths, NOW) ?? {};
    const place = join(folder.paths.configBackups, name);
    expect([mode(place), mode(folder.paths.configBackups)]).toEqual([0o700, 0o700]);
    expect(mode(join(place, 'config.yaml'))).toBe(0o600);
  });

  it('takes none of the same second away', () => {
    folder.write('config', 'a\n');
    const names = [1, 2, 3].map(() => backUpConfig(folder.paths, NOW)?.name);
    expect(names).toEqual(['20261124-093000', '20261124-093000-2', '20261124-093000-3']);
    expect(listBackups(folder.paths).map(({ name }) => name)).toEqual(names);
  });

  it('is listed in the order it was made in, beyond the ninth of a second', () => {
    folder.write('config', 'a\n');
    const names = Array.from({ length: 12 }, () => backUpConfig(folder.paths, NOW)?.name);
    expect(listBackups(folder.paths).map(({ name }) => name)).toEqual(names);
  });
});

it('takes nothing for a backup that is none', () => {
  folder.write('config', 'a\n');
  const { name } = backUpConfig(folder.paths, NOW) ?? {};
  for (const stray of ['.DS_Store', 'zzz', '20991231-000000.tmp']) {
    mkdirSync(join(folder.paths.configBackups, stray));
  }
  expect(listBackups(folder.paths).map((backup) => backup.name)).toEqual([name]);
});

describe('restoring', () => {
  it('puts the files back, for their owner only', () => {
    folder.write('config', 'one\n');
    folder.write('resilience', 'two\n');
    const { name = '' } = backUpConfig(folder.paths, NOW) ?? {};
    folder.write('config', 'changed\n');
    rmSync(folder.paths.resilienceFile);
    expect(restoreConfig(folder.paths, name)).toEqual([
      folder.paths.configFile,
      folder.paths.resilienceFile,
    ]);
    expect(read(folder.paths.configFile)).toBe('one\n');
    expect(read(folder.paths.resilienceFile)).toBe('two\n');
    expect(mode(folder.paths.configFile)).toBe(0o600);
    expect(readdirSync(folder.folder).toSorted()).toEqual([
      'config.yaml',
      'pattern-tracker',
      'resilience.yaml',
    ]);
  });

  it('removes a file that the backup has not, for it would override what is restored', () => {
    folder.write('config', 'one\n');
    const { name = '' } = backUpConfig(folder.paths, NOW) ?? {};
    folder.write('resilience', 'later\n');
    restoreConfig(folder.paths, name);
    expect(existsSync(folder.paths.resilienceFile)).toBe(false);
  });

  it('writes through a link into the file it names', () => {
    const dotfiles = join(folder.folder, 'dotfiles', 'tracker.yaml');
    folder.write('config', 'one\n');
    mkdirSync(dirname(dotfiles));
    renameSync(folder.paths.configFile, dotfiles);
    symlinkSync(dotfiles, folder.paths.configFile);
    const { name = '' } = backUpConfig(folder.paths, NOW) ?? {};
    folder.write('config', 'changed\n');
    restoreConfig(folder.paths, name);
    expect(lstatSync(folder.paths.configFile).isSymbolicLink()).toBe(true);
    expect(readlinkSync(folder.paths.configFile)).toBe(dotfiles);
    expect(read(dotfiles)).toBe('one\n');
  });
});
