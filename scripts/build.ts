// Bundles what is installed: dist/hooks/*.cjs, dist/courier.cjs, dist/cli.mjs. Fails when a hook
// bundle holds more than the hot ring, or has grown past its budget.
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import type { BuildOptions, Metafile } from 'esbuild';

const HOOK_BUDGET_BYTES = 15_000;
const HOOK_RING = /^(?:hooks|lib\/hook|lib\/base)\//;

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
const shared: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
  define: { PACKAGE_VERSION: JSON.stringify(version) },
  external: ['better-sqlite3'],
};

// Made beside the old one and swapped, so that whoever runs dist/ meanwhile finds it whole.
const OUT = `dist.next-${process.pid}`;
const hooks = readdirSync('hooks').filter((name) => name.endsWith('.ts'));
const [hookBuild] = await Promise.all([
  build({
    ...shared,
    entryPoints: hooks.map((name) => join('hooks', name)),
    outdir: `${OUT}/hooks`,
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    banner: { js: '#!/usr/bin/env node' },
  }),
  build({
    ...shared,
    entryPoints: ['scripts/courier.ts'],
    outfile: `${OUT}/courier.cjs`,
    format: 'cjs',
    minifySyntax: true,
    minifyWhitespace: true, // read anew at every start
  }),
  build({
    ...shared,
    entryPoints: { cli: 'scripts/cli.ts' },
    outdir: OUT,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunks/[name]-[hash]',
    splitting: true,
    format: 'esm',
    mainFields: ['module', 'main'], // jsonc-parser's main can't be bundled
    banner: {
      js: "#!/usr/bin/env node\nimport { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);",
    },
  }),
]);
checkHooks(hookBuild.metafile as Metafile);
swapIn(OUT, 'dist');
console.log(`built dist/ (${hooks.length} hooks, courier, cli) for version ${version}`);

// --- internal ---

function checkHooks({ outputs }: Metafile): void {
  for (const [file, { inputs, imports }] of Object.entries(outputs)) {
    const strangers = Object.keys(inputs).filter((input) => !HOOK_RING.test(input));
    const packages = imports.map(({ path }) => path).filter((path) => !path.startsWith('node:'));
    if (strangers.length + packages.length > 0) {
      fail(
        `${file} holds ${[...strangers, ...packages].join(', ')}`,
        'Only hooks/, lib/hook/, lib/base/ and node: built-ins may be in a hook bundle.',
      );
    }
    const size = statSync(file).size;
    if (size > HOOK_BUDGET_BYTES) {
      fail(`${basename(file)} has ${size} bytes`, `A hook bundle may have ${HOOK_BUDGET_BYTES}.`);
    }
  }
}

function swapIn(built: string, place: string): void {
  const old = `${place}.old-${process.pid}`;
  if (existsSync(place)) renameSync(place, old);
  renameSync(built, place);
  rmSync(old, { recursive: true, force: true });
}

function fail(what: string, rule: string): never {
  console.error(`build: ${what}\n  ${rule}`);
  process.exit(1);
}
