import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LibraryUser } from './library-process.ts';

let user: LibraryUser;
beforeEach(() => {
  user = new LibraryUser('');
});
afterEach(() => user.home.remove());

describe('docs/API_REFERENCE.md', () => {
  it('has an example that prints what the page says', async () => {
    const page = readFileSync('scripts/docs/reference/library.md', 'utf8');
    const [, example = ''] = /```js\n(.*?)```/s.exec(page) ?? [];
    const [, printed = ''] = /```\n\n```\n(.*?)```/s.exec(page) ?? [];
    const { exitCode, out, err } = await user.run(example.replace(/^import .*\n/, ''));
    expect([exitCode, err]).toEqual([0, '']);
    expect(out).toEqual(printed.trimEnd().split('\n'));
  });
});

describe('README.md', () => {
  it('has an example that prints what the page says', async () => {
    const page = readFileSync('README.md', 'utf8');
    const [, example = '', printed = ''] =
      /```js\n(import \{ PatternTracker.*?)```\n\nIt prints `(.*?)`/s.exec(page) ?? [];
    const { exitCode, out, err } = await user.run(example.replace(/^import .*\n/, ''));
    expect([exitCode, err, out]).toEqual([0, '', [printed]]);
  });
});

describe('the package', () => {
  it('has types that hold in a strict program', async () => {
    writeFileSync(
      join(user.folder, 'app.mts'),
      `import { PatternTracker, TrackerError } from 'claude-pattern-tracker';
       import type { HealthSummary, TrackedPattern } from 'claude-pattern-tracker';
       const tracker = new PatternTracker({ config: { pattern_tracking: { cache_size: 5 } } });
       const id: string = await tracker.trackPatternCreation({ code: 'x', context: { file_path: 'a' } });
       const patterns: TrackedPattern[] = await tracker.queryPatterns({ limit: 5 });
       const health: HealthSummary = tracker.getHealthSummary();
       const rate: number | null = tracker.patternCache.hitRate;
       tracker.timeout = 15;
       // @ts-expect-error -- code is missing
       await tracker.trackPatternCreation({ context: {} });
       console.log(id, patterns, health.status, rate, TrackerError);`,
    );
    const flags = '--noEmit --strict --module nodenext --target es2023 --types node'.split(' ');
    const roots = ['--typeRoots', resolve('node_modules/@types')];
    const compiler = resolve('node_modules/typescript/bin/tsc');
    const run = promisify(execFile)(
      process.execPath,
      [compiler, ...flags, '--lib', 'esnext', ...roots, 'app.mts'],
      { cwd: user.folder },
    );
    await expect(run).resolves.toMatchObject({ stdout: '' });
  });

  it('lets a process end that forgets to close', async () => {
    const { exitCode } = await user.run(`
      const tracker = new PatternTracker({ baseUrl: 'http://127.0.0.1:9' });
      await tracker.trackPatternCreation({ code: 'x' });
      await tracker.queryPatterns();`);
    expect(exitCode).toBe(0);
  });

  it('loses nothing when many processes track at once', async () => {
    const track = (process: number) => `
      const tracker = new PatternTracker();
      for (let i = 0; i < 25; i += 1) {
        await tracker.trackPatternCreation({ code: 'x = ' + (i + 25 * ${process}) });
        await tracker.trackPatternCreation({ code: 'shared' });
      }`;
    const runs = await Promise.all([0, 1, 2, 3].map(async (n) => user.run(track(n))));
    expect(runs.map(({ exitCode, err }) => [exitCode, err])).toEqual(
      Array.from({ length: 4 }, () => [0, '']),
    );
    expect(user.home.value('SELECT count(*) FROM patterns')).toBe(101);
    expect(user.home.value('SELECT max(occurrences) FROM patterns')).toBe(100);
  });
});
