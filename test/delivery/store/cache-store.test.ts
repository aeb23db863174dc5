import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CacheStore } from '../../../lib/delivery/store/cache-store.ts';
import { openDatabase } from '../../../lib/store/database/database.ts';
import { openTestDatabase } from '../../support/test-database.ts';
import type { Database } from '../../../lib/store/database/database.ts';

let folder: string;
let database: Database;
let now = 1_000_000;

beforeEach(() => {
  now = 1_000_000;
  folder = mkdtempSync(join(tmpdir(), 'cache-'));
  database = openTestDatabase(join(folder, 'tracker.db'));
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true, force: true });
});

const cacheOf = (size = 3, ttl = 60, on = database) =>
  new CacheStore(on, { size, ttl, clock: () => now });

describe('CacheStore', () => {
  it('gives back what was stored, also to another process', () => {
    cacheOf().set('a', '[1]');
    const other = openDatabase(join(folder, 'tracker.db'));
    try {
      expect(cacheOf(3, 60, other).get('a')).toBe('[1]');
    } finally {
      other.close();
    }
  });

  it('drops what was used least recently when it is full', () => {
    const cache = cacheOf();
    for (const key of ['a', 'b', 'c']) cache.set(key, key);
    cache.get('a');
    cache.set('d', 'd');
    expect(cache.length).toBe(3);
    expect(['a', 'b', 'c', 'd'].map((key) => cache.get(key))).toEqual(['a', undefined, 'c', 'd']);
  });

  it('stores an entry again in place of the old one', () => {
    const cache = cacheOf();
    cache.set('a', '1');
    cache.set('a', '2');
    expect([cache.length, cache.get('a')]).toEqual([1, '2']);
  });

  it('gives nothing that is as old as its time to live', () => {
    const cache = cacheOf();
    cache.set('a', '1');
    now += 59_999;
    expect(cache.get('a')).toBe('1');
    now += 1;
    expect(cache.get('a')).toBeUndefined();
  });

  it('gives nothing from before a given time, and nothing from the future', () => {
    const cache = cacheOf();
    cache.set('a', '1');
    expect(cache.get('a', now)).toBeUndefined();
    expect(cache.get('a', now - 1)).toBe('1');
    now -= 1; // the clock was set back
    expect(cache.get('a')).toBeUndefined();
  });

  it('keeps no answer that is very long', () => {
    const cache = cacheOf();
    cache.set('a', 'x'.repeat(256 * 1024 + 1));
    expect(cache.length).toBe(0);
    cache.set('a', 'x'.repeat(256 * 1024));
    expect(cache.length).toBe(1);
  });

  it('knows no hit rate before the first look-up, and shares it between processes', () => {
    expect(cacheOf().hitRate).toBeNull();
    cacheOf().set('a', '1');
    cacheOf().get('a');
    cacheOf().get('a');
    cacheOf().get('b');
    cacheOf().get('c');
    expect(cacheOf().hitRate).toBe(0.5);
    cacheOf().resetHitRate();
    expect(cacheOf().hitRate).toBeNull();
  });

  it('drops everything, or only what is too old, and says how much', () => {
    const cache = cacheOf();
    cache.set('a', '1');
    now += 60_000;
    cache.set('b', '2');
    expect(cache.cleanup()).toBe(1);
    expect(cache.get('b')).toBe('2');
    expect(cache.clear()).toBe(1);
    expect(cache.length).toBe(0);
  });

  it('says what it is as JSON', () => {
    expect(JSON.stringify(cacheOf())).toBe('{"size":3,"entries":0,"ttl":60,"hit_rate":null}');
  });

  it('behaves as a map that forgets the least recently used', () => {
    const step = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd', 'e'), sets: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const cache = cacheOf();
        cache.clear();
        const model = new Map<string, string>(); // in order of use
        for (const [index, { key, sets }] of steps.entries()) {
          const value = sets ? String(index) : model.get(key);
          if (sets) cache.set(key, String(index));
          else expect(cache.get(key)).toBe(value);
          model.delete(key);
          if (value !== undefined) model.set(key, value);
          const [oldest] = model.keys();
          if (model.size > 3 && oldest !== undefined) model.delete(oldest);
          expect(cache.length).toBe(model.size);
        }
      }),
      { numRuns: 30 },
    );
  });
});
