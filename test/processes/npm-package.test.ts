import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, relative, resolve, sep } from 'node:path';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRedactor } from '../../lib/redact/redact.ts';

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

function contentOf(path: string): string {
  return readFileSync(join(folder, 'node_modules', 'claude-pattern-tracker', path), 'utf8');
}

/** Kinds that go by a name beside the value: code about passwords has such names, and no password. */
const BY_NAME: ReadonlySet<string> = new Set(
  ['assignment', 'authorization', 'command-line', 'url-password', 'unchecked'].map(
    (kind) => `[redacted:${kind}]`,
  ),
);

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
    const parts = /^(?:plugin\/)?dist\/(?:chunks|types|hooks|dashboard|docs)\//;
    expect(files.filter((path) => !parts.test(path))).toEqual([
      '.claude-plugin/marketplace.json',
      'LICENSE',
      'README.md',
      'dist/THIRD_PARTY_LICENSES.txt',
      'dist/cli.cjs',
      'dist/cli.mjs',
      'dist/context.cjs',
      'dist/courier.cjs',
      'dist/index.mjs',
      'dist/nodemailer.cjs',
      'dist/sbom.cdx.json',
      'dist/spool-thread.cjs',
      'dist/statusline.cjs',
      'hooks/capture.sh',
      'package.json',
      'plugin/.claude-plugin/plugin.json',
      'plugin/bin/pattern-tracker',
      'plugin/commands/doctor.md',
      'plugin/commands/search.md',
      'plugin/commands/setup.md',
      'plugin/commands/similar.md',
      'plugin/commands/status.md',
      'plugin/dist/THIRD_PARTY_LICENSES.txt',
      'plugin/dist/cli.cjs',
      'plugin/dist/cli.mjs',
      'plugin/dist/context.cjs',
      'plugin/dist/courier.cjs',
      'plugin/dist/nodemailer.cjs',
      'plugin/dist/sbom.cdx.json',
      'plugin/dist/spool-thread.cjs',
      'plugin/dist/statusline.cjs',
      'plugin/hooks/capture.sh',
      'plugin/hooks/hooks.json',
      'plugin/skills/reuse/SKILL.md',
    ]);
    expect(files).toContain('dist/hooks/pre-tool-use.cjs');
    expect(files).toContain('dist/types/index.d.ts');
    expect(files).toContain('dist/docs/RUNBOOK.md');
  });

  it('holds no source map, no TypeScript but types, and no test', () => {
    const odd = /\.map$|(?:^|\/)tests?\/|\.test\.|fixture|(?<!\.d)\.[cm]?tsx?$/;
    expect(files.filter((path) => odd.test(path))).toEqual([]);
    expect(files.filter((path) => contentOf(path).includes('sourceMappingURL='))).toEqual([]);
  });

  it('names no folder of the machine that built it', () => {
    const packages = realpathSync('node_modules'); // it may be a link
    const places = [process.cwd(), packages, relative('.', packages), homedir()].filter(
      (place) => place !== 'node_modules' && place.split(sep).length > 2, // `/root` says nothing
    );
    const found = files.flatMap((path) => {
      const text = contentOf(path);
      const users =
        text.match(/(?:\/home|\/Users|\\Users)[\\/](?!me\b|you\b|linuxbrew\b)\w+/g) ?? [];
      return [...places.filter((place) => text.includes(place)), ...users].map(
        (place) => `${path}: ${place}`,
      );
    });
    expect(found).toEqual([]);
  });

  it('holds nothing that has the form of a secret', () => {
    const redactor = createRedactor();
    const found = files.flatMap((path) => {
      const text = contentOf(path);
      const kinds = redactor.redactText(text).text.match(/\[redacted:[a-z0-9-]+\]/g) ?? [];
      return kinds.filter((kind) => !BY_NAME.has(kind)).map((kind) => `${path}: ${kind}`);
    });
    expect(found).toEqual([]);
  });

  it('has a licence text and a line in the bill of materials for every package that is bundled', () => {
    const licences = contentOf('dist/THIRD_PARTY_LICENSES.txt');
    const { components } = JSON.parse(contentOf('dist/sbom.cdx.json')) as {
      components: { name: string; version: string; scope: string; hashes?: unknown }[];
    };
    const bundled = components.filter(({ scope }) => scope === 'required');
    for (const { name, version } of bundled) expect(licences).toContain(`\n${name} ${version} (`);
    const named = new Set(bundled.map(({ name }) => name));
    for (const name of ['undici', 'zod', 'yaml', 'hono', '@opentelemetry/resources']) {
      expect(named).toContain(name);
    }
    expect(named).not.toContain('typescript');
    expect(components.filter(({ hashes }) => hashes === undefined)).toEqual([]);
    const loaded = components.filter(({ scope }) => scope === 'optional');
    expect(loaded.map(({ name }) => name)).toEqual(['better-sqlite3']);
  });

  it('is in order for publint', async () => {
    const pkgDir = join(folder, 'node_modules', 'claude-pattern-tracker');
    const { messages } = await publint({ pkgDir, pack: false, strict: true });
    expect(messages).toEqual([]);
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
