import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  makeWayForFile,
  readListedFile,
  readRegularFile,
  readTail,
} from '../../lib/base/regular-file.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'regular-file-'));
  path = join(folder, 'file');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What may lie where a file is expected. */
const ODD: readonly (readonly [string, () => void])[] = [
  ['a folder', () => mkdirSync(path)],
  ['a FIFO', () => execFileSync('mkfifo', [path])],
  ['a device', () => symlinkSync('/dev/zero', path)],
];

describe('readListedFile', () => {
  it('reads a file, but not more than it is told to', () => {
    writeFileSync(path, 'é\n');
    expect(readListedFile(path, 3)).toBe('é\n');
    expect(() => readListedFile(path, 2)).toThrow('it holds more than 2 bytes');
    expect(() => readListedFile(join(folder, 'gone'), 9)).toThrow('ENOENT');
  });

  it('refuses what has taken the place of the file, and follows no link', () => {
    symlinkSync('/dev/zero', path);
    expect(() => readListedFile(path, 9)).toThrow(`${path}: it is a link, not a file`);
    rmSync(path);
    execFileSync('mkfifo', [path]);
    expect(() => readListedFile(path, 9)).toThrow(`${path}: it is a FIFO, not a file`);
    rmSync(path);
    mkdirSync(path);
    expect(() => readListedFile(path, 9)).toThrow(`${path}: it is a folder, not a file`);
  });
});

describe('readRegularFile', () => {
  it('reads a file, and what a link leads to', () => {
    writeFileSync(path, 'é\n');
    symlinkSync(path, join(folder, 'link'));
    expect([readRegularFile(path), readRegularFile(join(folder, 'link'))]).toEqual(['é\n', 'é\n']);
  });

  it.each(ODD)('refuses %s', (kind, make) => {
    make();
    expect(() => readRegularFile(path)).toThrow(`${path}: it is ${kind}, not a file`);
    expect(() => readTail(path, 10)).toThrow(`${path}: it is ${kind}, not a file`);
  });

  it('refuses a file beyond the bound, also one of 3 GB that takes no space', () => {
    writeFileSync(path, '12345');
    expect(readRegularFile(path, 5)).toBe('12345');
    expect(() => readRegularFile(path, 4)).toThrow(
      expect.objectContaining({ code: 'E_LARGE_FILE' }),
    );
    truncateSync(path, 3 * 1024 ** 3);
    expect(() => readRegularFile(path)).toThrow(expect.objectContaining({ code: 'E_LARGE_FILE' }));
  });

  it.runIf(existsSync('/proc/self/status'))(
    'reads a file whose size the system does not tell',
    () => {
      expect(readRegularFile('/proc/self/status')).toContain('VmRSS');
      expect(() => readRegularFile('/proc/self/status', 10)).toThrow('more than 10 bytes');
    },
  );
});

it('readTail reads the end alone, also of 3 GB', () => {
  writeFileSync(path, '12345');
  expect([readTail(path, 3), readTail(path, 10)]).toEqual(['345', '12345']);
  truncateSync(path, 3 * 1024 ** 3);
  expect(readTail(path, 4)).toBe('\0\0\0\0');
});

describe('makeWayForFile', () => {
  it.each([
    ...ODD.slice(1),
    ['a dangling link', () => symlinkSync(join(folder, 'nothing'), path)] as const,
  ])('removes %s', (_, make) => {
    make();
    makeWayForFile(path);
    writeFileSync(path, 'ours', { flag: 'wx' });
    expect(readRegularFile(path)).toBe('ours');
  });

  it('leaves a file and a folder', () => {
    writeFileSync(path, 'ours');
    makeWayForFile(path);
    makeWayForFile(folder);
    makeWayForFile(join(folder, 'absent'));
    expect(readRegularFile(path)).toBe('ours');
  });
});
