import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addVersion, versionsOf } from '../../../lib/authorship/state/file-history.ts';
import type { FileHistory, FileVersion } from '../../../lib/authorship/state/file-history.ts';
import { decodeHistory, encodeHistory } from '../../../lib/authorship/state/file-state.ts';

const EVENTS = ['0'.repeat(32), '1'.repeat(32), 'f'.repeat(32)];

const version = fc
  .record({
    lines: fc.array(fc.constantFrom('', 'a', 'b {', '}', '"quoted" \\ \u0000'), {
      minLength: 1,
      maxLength: 8,
    }),
    at: fc.integer({ min: 0, max: 2_000_000_000_000 }),
    event: fc.option(fc.constantFrom(...EVENTS)),
    seed: fc.array(fc.integer({ min: 0, max: EVENTS.length }), { minLength: 8, maxLength: 8 }),
  })
  .map(({ lines, at, event, seed }): FileVersion => ({
    lines,
    authors: lines.map((_, line) => {
      const name = EVENTS[seed[line] ?? 0];
      return name === undefined ? null : `${name}-${line}`;
    }),
    at,
    event,
    pieces: event === null ? [] : [{ author: `${event}-0`, replaced: [0, lines.length] }],
  }));

const history = fc
  .array(version, { minLength: 1, maxLength: 9 })
  .map((versions) => versions.reduce<FileHistory | undefined>(addVersion, undefined))
  .filter((known) => known !== undefined);

describe('a file state', () => {
  it('gives back what it was made from', () => {
    fc.assert(
      fc.property(history, (known) => {
        expect(decodeHistory(encodeHistory(known))).toEqual(known);
      }),
    );
  });

  it('is nothing when it is damaged', () => {
    fc.assert(
      fc.property(history, fc.nat(), fc.integer({ min: 1, max: 255 }), (known, place, by) => {
        const bytes = Uint8Array.from(encodeHistory(known));
        const at = place % bytes.length;
        bytes[at] = (bytes[at] ?? 0) ^ by;
        const read = decodeHistory(bytes);
        if (read !== undefined) {
          for (const { lines, authors } of versionsOf(read))
            expect(authors).toHaveLength(lines.length);
        }
      }),
    );
    expect(decodeHistory(new Uint8Array())).toBeUndefined();
    expect(decodeHistory(new TextEncoder().encode('[1]'))).toBeUndefined();
  });

  it('takes less than 1 KB for a file of 60 lines', () => {
    const lines = Array.from(
      { length: 60 },
      (_, line) => `  const value${line} = compute(${line * 7919});`,
    );
    const first = {
      lines,
      authors: lines.map(() => `${EVENTS[0]}-0`),
      at: 1,
      event: EVENTS[0] ?? null,
      pieces: [],
    };
    const second = { ...first, lines: lines.with(30, 'changed();'), at: 2 };
    expect(encodeHistory(addVersion(addVersion(undefined, first), second)).length).toBeLessThan(
      1024,
    );
  });
});

describe('a file history', () => {
  it('has the newest versions as they were', () => {
    fc.assert(
      fc.property(fc.array(version, { minLength: 1, maxLength: 9 }), (versions) => {
        const known = versions.reduce<FileHistory | undefined>(addVersion, undefined);
        const kept = known === undefined ? [] : versionsOf(known);
        expect(kept).toEqual(versions.slice(-kept.length));
        expect(kept.length).toBeGreaterThanOrEqual(Math.min(versions.length, 2));
      }),
    );
  });

  it('drops earlier versions that would take too much room', () => {
    const big = (text: string, at: number): FileVersion => ({
      lines: [text.repeat(60_000)],
      authors: [null],
      at,
      event: null,
      pieces: [],
    });
    const known = [big('a', 1), big('b', 2), big('c', 3)].reduce<FileHistory | undefined>(
      addVersion,
      undefined,
    );
    expect(known && versionsOf(known).map(({ at }) => at)).toEqual([2, 3]);
  });
});
