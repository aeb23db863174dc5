import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { InvariantError, TrackerError } from '../../lib/base/errors.ts';

describe('the family of errors', () => {
  it.each(['lib', 'hooks', 'scripts'])('holds everything that %s throws on purpose', (root) => {
    const strangers = sourcesOf(root).flatMap((file) =>
      readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => STRANGER.test(line))
        .map((line) => `${file}: ${line.trim()}`),
    );
    // The base class itself is all that extends Error.
    const base = 'lib/base/errors.ts: export class TrackerError extends Error {';
    expect(strangers).toEqual(root === 'lib' ? [base] : []);
  });

  it('has for a fault of ours a code, and a hint that says whose fault it is', () => {
    const error = new InvariantError('a row too many');
    expect(error).toBeInstanceOf(TrackerError);
    expect(error).toMatchObject({ name: 'InvariantError', code: 'E_INVARIANT' });
    expect(error.hint).toContain('fault of pattern-tracker');
  });
});

const STRANGER = /(?:\bnew|\bextends|\bthrow) +(?:Aggregate|Range|Reference|Syntax|Type)?Error\b/;

function sourcesOf(root: string): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(?:ts|mjs)$/.test(name))
    .map((name) => join(root, name));
}
