import { describe, expect, it } from 'vitest';
import {
  compareVersions,
  newestVersion,
  parseClaudeVersion,
} from '../../lib/claude-code/version.ts';

describe('parseClaudeVersion', () => {
  it.each([
    ['2.1.330 (Claude Code)\n', '2.1.330'],
    ['1.0.60', '1.0.60'],
    ['error: no such option', undefined],
    ['', undefined],
  ])('reads %j as %s', (output, version) => {
    expect(parseClaudeVersion(output)).toBe(version);
  });
});

describe('compareVersions', () => {
  it.each([
    ['2.1.9', '2.1.10', -1],
    ['2.2.0', '2.1.330', 1],
    ['10.0.0', '9.9.9', 1],
    ['2.1.330', '2.1.330', 0],
  ])('orders %s and %s', (a, b, sign) => {
    expect(Math.sign(compareVersions(a, b))).toBe(sign);
  });
});

describe('newestVersion', () => {
  it('is the newest of those that are known', () => {
    expect(newestVersion(['2.0.76', undefined, '2.1.101', '2.1.9'])).toBe('2.1.101');
  });

  it('is unknown where none is', () => {
    expect(newestVersion([undefined])).toBeUndefined();
  });
});
