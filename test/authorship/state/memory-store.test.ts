import { describe, expect, it } from 'vitest';
import type { FileHistory } from '../../../lib/authorship/state/file-history.ts';
import { MemoryStore } from '../../../lib/authorship/state/memory-store.ts';
import { authorshipStoreContract } from '../../contracts/authorship-store-contract.ts';

authorshipStoreContract('MemoryStore', () => {
  const store = new MemoryStore();
  return { store, again: () => store };
});

function history(text: string): FileHistory {
  return { last: { lines: [text], authors: [null], at: 0, event: null, pieces: [] }, past: [] };
}

/** So many different characters that they hardly get shorter when they are compressed. */
function noise(length: number): string {
  let value = 1;
  return Array.from({ length }, () => {
    value = (value * 48_271) % 2_147_483_647;
    return String.fromCharCode(33 + (value % 90));
  }).join('');
}

describe('MemoryStore', () => {
  it('drops the files that were untouched for longest, and counts them', () => {
    const store = new MemoryStore({ totalBytes: 2500 });
    for (const path of ['a', 'b', 'a', 'c']) store.keepHistory(path, history(noise(1000)));
    expect(store.paths()).toEqual(['a', 'c']);
    expect(store.dropped).toEqual({ files: 1, lines: 0 });
    expect(store.history('b')).toBeUndefined();
  });

  it('does not keep a file that is too large, and counts it', () => {
    const store = new MemoryStore({ fileBytes: 500 });
    store.keepHistory('a', history('x'));
    store.keepHistory('a', history(noise(1000)));
    expect(store.paths()).toEqual([]);
    expect(store.dropped.files).toBe(1);
  });

  it('drops the oldest lines, and counts them', () => {
    const store = new MemoryStore({ lines: 2 });
    for (const key of ['one', 'two', 'one', 'three'])
      store.noteLine(key, { author: null, path: 'a' });
    expect(['one', 'two', 'three'].map((key) => store.line(key) !== undefined)).toEqual([
      true,
      false,
      true,
    ]);
    expect(store.dropped).toEqual({ files: 0, lines: 1 });
  });

  it('forgets a file', () => {
    const store = new MemoryStore();
    store.keepHistory('a', history('x'));
    store.keepHistory('a', undefined);
    expect(store.history('a')).toBeUndefined();
    expect(store.bytes('a')).toBe(0);
  });
});
