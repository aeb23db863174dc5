import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let folder: string;
let files: string[];
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'npm-package-')));
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const output = execFileSync('npm', args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const paths = [...output.matchAll(/"path": "([^"]+)"/g)].map(([, path = '']) => path);
  files = paths.toSorted();
  const place = join(folder, 'node_modules', 'claude-pattern-tracker');
  mkdirSync(place, { recursive: true });
  const [, tarball = ''] = /"filename": "([^"]+)"/.exec(output) ?? [];
  execFileSync('tar', ['-xzf', join(folder, tarball), '--strip-components=1', '-C', place]);
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A program that uses everything that the package exports. */
const PROGRAM = `
import { PatternTracker, TrackerError } from 'claude-pattern-tracker';
import type { ConfigInput, HealthSummary, TrackedPattern } from 'claude-pattern-tracker';
const config: ConfigInput = { pattern_tracking: { cache_size: 5 }, otlp: { protocol: 'http/json' } };
// @ts-expect-error -- no such protocol
const wrong: ConfigInput = { otlp: { protocol: 'grpc' } };
await using tracker = new PatternTracker({ config });
const id: string = await tracker.trackPatternCreation({ code: 'x', context: { filePath: 'a' } });
const patterns: TrackedPattern[] = await tracker.queryPatterns({ limit: 5 });
const health: HealthSummary = tracker.getHealthSummary();
export { health, id, patterns, TrackerError, wrong };
`;

describe('the npm package', () => {
  it('holds the programs, the sh front and the types, and nothing of the repository', () => {
    const parts = /^(?:plugin\/)?dist\/(?:chunks|types|hooks)\//;
    expect(files.filter((path) => !parts.test(path))).toEqual([
      '.claude-plugin/marketplace.json',
      'LICENSE',
      'README.md',
      'dist/cli.mjs',
      'dist/courier.cjs',
      'dist/index.mjs',
      'dist/spool-thread.cjs',
      'dist/statusline.cjs',
      'hooks/capture.sh',
      'package.json',
      'plugin/.claude-plugin/plugin.json',
      'plugin/bin/pattern-tracker',
      'plugin/commands/doctor.md',
      'plugin/commands/setup.md',
      'plugin/commands/status.md',
      'plugin/dist/cli.mjs',
      'plugin/dist/courier.cjs',
      'plugin/dist/spool-thread.cjs',
      'plugin/dist/statusline.cjs',
      'plugin/hooks/capture.sh',
      'plugin/hooks/hooks.json',
    ]);
    expect(files).toContain('dist/hooks/pre-tool-use.cjs');
    expect(files).toContain('dist/types/index.d.ts');
  });

  it('needs no other package to start', () => {
    const cli = join(folder, 'node_modules/claude-pattern-tracker/dist/cli.mjs');
    expect(execFileSync(process.execPath, [cli, '--version'], { encoding: 'utf8' })).toMatch(/^\d/);
  });

  it.each([
    ['node16', 'node16'],
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ])(
    'has types that hold with module %s, resolved as in %s, and no other types',
    async (...modes) => {
      const [module, resolution] = modes;
      writeFileSync(join(folder, 'app.ts'), PROGRAM);
      const flags = `--noEmit --strict --exactOptionalPropertyTypes --target es2022 --module ${module} --moduleResolution ${resolution}`;
      const compiler = resolve('node_modules/typescript/bin/tsc');
      const args = [compiler, ...flags.split(' '), '--types', '', 'app.ts'];
      const run = promisify(execFile)(process.execPath, args, { cwd: folder });
      await expect(run).resolves.toMatchObject({ stdout: '' });
    },
  );
});
