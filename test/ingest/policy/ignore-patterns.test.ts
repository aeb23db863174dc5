import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IgnorePatterns } from '../../../lib/ingest/policy/ignore-patterns.ts';

const PLENTY = 1e9;
const ignores = (file: string, path: string) =>
  new IgnorePatterns(file).ignores(path, { left: PLENTY });

describe('the patterns of an ignore file', () => {
  it.each([
    ['*.txt', 'a/b.txt'],
    ['b', 'a/b/c/d'],
    ['/a', 'a/b'],
    ['a/b', 'a/b'],
    ['a/', 'a/b'],
    ['a/**', 'a/b/c'],
    ['**/c', 'a/b/c'],
    ['**/c', 'c'],
    ['a/**/c', 'a/c'],
    ['a/**/c', 'a/x/y/c'],
    ['a?c', 'abc'],
    ['[a-c]x', 'bx'],
    ['[!a-c]x', 'dx'],
    [String.raw`\#a`, '#a'],
    [String.raw`\!a`, '!a'],
    [String.raw`a\*`, 'a*'],
    ['a  ', 'a'],
    ['A.TXT', 'a.txt'],
    ['*\n!b\nb', 'b'],
    ['\uFEFFa', 'a'],
    ['a\r\nb\r\n', 'b'],
    ['*', 'anything/at/all'],
    ['docs\n!docs/a', 'docs/a'], // git: what lies in an ignored folder cannot be taken back
  ])('%j ignores %s', (file, path) => expect(ignores(file, path)).toBe(true));

  it.each([
    ['', 'a'],
    ['# a', 'a'],
    ['!a', 'a'],
    ['/b', 'a/b'],
    ['a/b', 'x/a/b'],
    ['a/**', 'a'],
    ['a/*', 'a'],
    ['*.txt\n!b.txt', 'a/b.txt'],
    ['a*c', 'a/c'],
    ['a?c', 'a/c'],
    [`${'x'.repeat(1_001)}*`, 'x'.repeat(1_001)],
  ])('%j does not ignore %s', (file, path) => expect(ignores(file, path)).toBe(false));

  it('mean what git means by them', () => {
    const folder = mkdtempSync(join(tmpdir(), 'ignore-'));
    try {
      execFileSync('git', ['init', '-q', folder]);
      const name = fc
        .array(fc.constantFrom('a', 'b', '*', '?', '[ab]', '[!a]'), {
          minLength: 1,
          maxLength: 3,
        })
        .map((parts) => parts.join('').replaceAll(/\*+/g, '*')); // git itself is odd with a**/**
      const pattern = fc
        .tuple(
          fc.constantFrom('', '!', '/'),
          fc.array(fc.oneof(name, fc.constant('**')), { minLength: 1, maxLength: 3 }),
        )
        .map(([front, names]) => front + names.join('/'));
      const path = fc
        .array(fc.constantFrom('a', 'b', 'ab', 'ba', 'abb'), { minLength: 1, maxLength: 4 })
        .map((names) => names.join('/'));
      const patterns = fc.array(pattern, { minLength: 1, maxLength: 3 });
      fc.assert(
        fc.property(patterns, fc.array(path, { minLength: 20, maxLength: 20 }), (lines, paths) => {
          writeFileSync(join(folder, '.gitignore'), `${lines.join('\n')}\n`);
          const { stdout } = spawnSync('git', ['check-ignore', '--no-index', '--stdin'], {
            cwd: folder,
            input: paths.join('\n'),
            encoding: 'utf8',
          });
          const byGit = new Set(stdout.split('\n'));
          for (const each of paths) {
            expect([lines, each, ignores(lines.join('\n'), each)]).toEqual([
              lines,
              each,
              byGit.has(each),
            ]);
          }
        }),
        { numRuns: 60 },
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('take no more than the budget, and ignore what would take more', () => {
    const hostile = Array.from({ length: 1_000 }, () => `${'*a'.repeat(400)}*b`).join('\n');
    const budget = { left: 100_000 };
    const path = Array.from({ length: 15 }, () => 'a'.repeat(250)).join('/');
    expect(new IgnorePatterns(hostile).ignores(path, budget)).toBe(true);
    expect(budget.left).toBeGreaterThan(-2_000);
  });
});
