import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SpoolListing } from '../../../lib/ingest/spool/spool-listing.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'spool-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function add(name: string, second: number, size = 1): void {
  writeFileSync(join(folder, name), 'x'.repeat(size));
  utimesSync(join(folder, name), second, second);
}

const names = (listing: SpoolListing, maxFiles = 1e9, maxBytes = 1e9) =>
  [...listing.batches(maxFiles, maxBytes)].map((batch) => batch.map(({ name }) => name));

describe('what waits in the spool', () => {
  it('is listed oldest first, files of one moment by name, folders not at all', () => {
    add('c', 3);
    add('a', 5);
    add('b2', 4);
    add('b1', 4);
    mkdirSync(join(folder, 'a folder'));
    const listing = new SpoolListing(folder);
    expect(names(listing)).toEqual([['c', 'b1', 'b2', 'a']]);
    expect([...listing.batches(1, 1)][0]).toEqual([
      { name: 'c', path: join(folder, 'c'), size: 1, writtenAt: 3_000 },
    ]);
  });

  it('leaves out what can not be looked at', () => {
    add('a', 1);
    symlinkSync('loop', join(folder, 'loop'));
    symlinkSync('nowhere', join(folder, 'dangling'));
    expect(names(new SpoolListing(folder))).toEqual([['a']]);
  });

  it('has no event in the empty files that stand for dropped ones', () => {
    add('a.w', 1, 0);
    add('b.w', 2); // not empty: no hook made it
    add('c.settings', 3, 0);
    const listing = new SpoolListing(folder);
    expect(names(listing)).toEqual([['b.w', 'c.settings']]);
    expect(listing.drops).toEqual(['a.w']);
  });

  it('comes in batches of so many files and bytes, and never none', () => {
    for (let n = 0; n < 5; n += 1) add(`f${n}`, n + 1, n === 2 ? 100 : 10);
    const listing = new SpoolListing(folder);
    expect(names(listing, 2)).toEqual([['f0', 'f1'], ['f2', 'f3'], ['f4']]);
    expect(names(listing, 9, 50)).toEqual([['f0', 'f1'], ['f2'], ['f3', 'f4']]);
  });

  it.each([0, 1, 511, 512, 513, 2_048, 2_500])('is told whole when it is %i files', (count) => {
    const expected = Array.from({ length: count }, (_, n) => `ä${n}-${'x'.repeat(n % 7)}.settings`);
    for (const [n, name] of expected.entries()) add(name, count - n);
    let calls = 0;
    const listing = new SpoolListing(folder, { many: 1024, onMany: () => (calls += 1) });
    expect(listing.length).toBe(count);
    expect(names(listing).flat()).toEqual(expected.toReversed());
    expect(calls).toBe(Math.floor(Math.max(0, count - 1) / 1024));
  });
});
