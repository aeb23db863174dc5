import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AuthorNames, readAuthors } from '../../../../lib/authorship/state/author-names.ts';
import { ByteReader } from '../../../../lib/authorship/state/byte-reader.ts';
import {
  decodeNotedLines,
  encodeNotedLines,
  lineDigest,
} from '../../../../lib/store/writers/authorship/noted-lines.ts';
import type { NotedLines } from '../../../../lib/store/writers/authorship/noted-lines.ts';

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

function namesFor(lines: NotedLines): AuthorNames {
  const names = new AuthorNames();
  for (const author of lines.values()) names.number(author);
  return names;
}

/** What is read of lines that were written with the names of their authors. */
function read(lines: NotedLines) {
  const names = namesFor(lines);
  const bytes: number[] = [];
  names.push(bytes);
  const authors = readAuthors(new ByteReader(Uint8Array.from(bytes)));
  return decodeNotedLines(encodeNotedLines(lines, names), authors);
}

describe('noted lines', () => {
  it('are read as they were written, in their order', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), author)), (notes) => {
        const lines = new Map(
          notes.map(([key, who]) => [lineDigest(key), who && Buffer.from(who).toString()]),
        );
        expect([...(read(lines) ?? [])]).toEqual([...lines]);
      }),
    );
  });

  it('are undefined when they are damaged, and never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expect(() => decodeNotedLines(bytes, [null, 'e-0'])).not.toThrow();
      }),
    );
    const bytes = encodeNotedLines(new Map([[lineDigest('letone=1'), null]]), new AuthorNames());
    expect(decodeNotedLines(bytes.subarray(0, -1), [null])).toBeUndefined();
  });

  it('take three and a half bytes a line', () => {
    const lines = new Map(
      Array.from({ length: 100 }, (_, at) => [lineDigest(`a line of code, ${at}`), 'e-0']),
    );
    expect(lines.size).toBe(100);
    expect(encodeNotedLines(lines, namesFor(lines)).length).toBeLessThan(360);
  });

  it('differ by few characters without being taken for each other', () => {
    const keys = Array.from({ length: 200_000 }, (_, at) => `const value${at}=${at * 7}`);
    const digests = keys.map((key) => lineDigest(key));
    expect(digests.every((digest) => digest === (digest | 0))).toBe(true);
    // Of as many random numbers of 28 bits, some 75 are equal by chance.
    expect(new Set(digests).size).toBeGreaterThan(keys.length - 150);
  });
});
