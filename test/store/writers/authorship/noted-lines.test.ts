import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeNotedLines,
  encodeNotedLines,
  lineDigest,
} from '../../../../lib/store/writers/authorship/noted-lines.ts';

const author = fc.oneof(
  fc.constant(null),
  fc.string({ minLength: 1, maxLength: 300 }),
  fc
    .tuple(
      fc.string({ unit: fc.constantFrom('0', '7', '9', 'a', 'f'), minLength: 32, maxLength: 32 }),
      fc.nat(999),
    )
    .map(([event, ordinal]) => `${event}-${ordinal}`),
);

describe('noted lines', () => {
  it('are read as they were written, in their order', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), author)), (notes) => {
        const lines = new Map(
          notes.map(([key, who]) => [lineDigest(key), who && Buffer.from(who).toString()]),
        );
        const read = decodeNotedLines(encodeNotedLines(lines));
        expect([...(read ?? [])]).toEqual([...lines]);
      }),
    );
  });

  it('are undefined when they are damaged, and never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expect(() => decodeNotedLines(bytes)).not.toThrow();
      }),
    );
    const bytes = encodeNotedLines(new Map([[lineDigest('letone=1'), 'e-0']]));
    expect(decodeNotedLines(bytes.subarray(0, -1))).toBeUndefined();
  });

  it('take four bytes a line', () => {
    const lines = new Map(
      Array.from({ length: 100 }, (_, at) => [lineDigest(`a line of code, ${at}`), 'e-0']),
    );
    expect(lines.size).toBe(100);
    expect(encodeNotedLines(lines).length).toBeLessThan(410);
  });

  it('differ by few characters without being taken for each other', () => {
    const keys = Array.from({ length: 200_000 }, (_, at) => `const value${at}=${at * 7}`);
    const digests = keys.map((key) => lineDigest(key));
    expect(digests.every((digest) => digest === (digest | 0))).toBe(true);
    // Of as many random numbers of 32 bits, some five are equal by chance.
    expect(new Set(digests).size).toBeGreaterThan(keys.length - 30);
  });
});
