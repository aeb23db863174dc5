import { existsSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CacheStore } from '../../lib/delivery/store/cache-store.ts';
import { configure, SERVER } from './delivery-sample.ts';
import { NOW, Sample } from './sample-database.ts';
import { run } from './test-environment.ts';

let sample: Sample;
beforeEach(() => {
  sample = new Sample();
  configure(sample, SERVER);
});
afterEach(() => sample.remove());

/** Three answers, one of them from two hours ago, and a look-up of two that found one. */
function fill(): void {
  let now = NOW - 7_200_000;
  const cache = new CacheStore(sample.database, { size: 1000, ttl: 3600, clock: () => now });
  cache.set('old', '1');
  now = NOW;
  cache.set('a', '1');
  cache.set('b', '1');
  cache.get('a');
  cache.get('c');
}

describe('cache', () => {
  it('shows how much is kept, and how often it helped', async () => {
    fill();
    const { exitCode, out } = await run(sample, 'cache');
    expect(exitCode).toBe(0);
    expect(out).toMatchInlineSnapshot(`
      "Entries   3 of at most 1000
      Kept for  3600 s
      Hit rate  50.0 %
      "
    `);
    expect(JSON.parse((await run(sample, 'cache show --json')).out)).toEqual({
      size: 1000,
      entries: 3,
      ttl: 3600,
      hit_rate: 0.5,
    });
  });

  it('drops what is too old, or everything', async () => {
    fill();
    expect((await run(sample, 'cache cleanup')).out).toBe('Dropped 1 answer; 2 kept.\n');
    expect(JSON.parse((await run(sample, 'cache clear --json')).out)).toEqual({
      size: 1000,
      entries: 0,
      ttl: 3600,
      hit_rate: 0.5,
      dropped: 2,
    });
  });

  it('goes by the configuration', async () => {
    fill();
    writeFileSync(sample.paths.configFile, 'pattern_tracking:\n  cache_ttl: 10000\n');
    expect((await run(sample, 'cache cleanup')).out).toBe('Dropped 0 answers; 3 kept.\n');
  });

  it('makes no database where there is none', async () => {
    expect((await run(sample, 'cache')).out).toMatchInlineSnapshot(`
      "Entries   0 of at most 1000
      Kept for  3600 s
      Hit rate  not asked yet
      "
    `);
    expect((await run(sample, 'cache clear')).out).toBe('Dropped 0 answers; 0 kept.\n');
    expect(existsSync(sample.paths.database)).toBe(false);
  });

  it('names the nearest action for one that it does not know', async () => {
    expect(await run(sample, 'cache cleanp')).toEqual({
      exitCode: 2,
      out: '',
      err: 'error: unknown action "cleanp"\n  Did you mean `cache cleanup`?\n',
    });
  });
});
