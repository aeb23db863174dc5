// Builds dist/: the hooks (hooks/*.cjs), courier.cjs, nodemailer.cjs, statusline.cjs, context.cjs, cli.cjs, the library
// (index.mjs, with its types in types/), and what the dashboard's browser loads (dashboard/); the licences and the bill of
// materials of what is bundled; and from these the plugin's
// folder, plugin/. Fails if a hook bundle contains more than the hot ring or exceeds its budget, and if the licence
// of a bundled package does not allow it.
import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import type { BuildOptions, BuildResult, Metafile } from 'esbuild';
import { billOfMaterials } from './build/bill-of-materials.ts';
import type { LockFile } from './build/bill-of-materials.ts';
import { bundledPackages } from './build/bundled-packages.ts';
import { buildDashboardClient } from './build/dashboard-client.ts';
import { toCommonJs } from './build/common-js.ts';
import { joinStart } from './build/joined-start.ts';
import { noticesText } from './build/notices.ts';
import { writePages } from './build/pages.ts';
import { writeTypes } from './build/published-types.ts';
import { fillPlugin, PLUGIN } from './plugin-folder.ts';

/** A hook runs on every tool call, and Node.js loads a small bundle faster. Ours have about 7,000 bytes. */
const HOOK_BUDGET_BYTES = 15_000;
const HOOK_RING = /^(?:hooks|lib\/capture|lib\/base)\//;

const { name, version, license, homepage, optionalDependencies, peerDependencies } = JSON.parse(
  readFileSync('package.json', 'utf8'),
) as Record<'optionalDependencies' | 'peerDependencies', object> &
  Record<'name' | 'version' | 'license' | 'homepage', string>;
const shared: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
  preserveSymlinks: true, // or names in the bundles would tell where packages really lie
  define: {
    PACKAGE_VERSION: JSON.stringify(version),
    // As a text, which esbuild puts where it is used; an object would be a module of its own.
    SQLITE_RANGES: JSON.stringify(JSON.stringify({ ...optionalDependencies, ...peerDependencies })),
  },
  logOverride: { 'empty-import-meta': 'silent' }, // lib/store/database/sqlite.ts handles an empty one
};

/**
 * Bundled packages may call require in an ES module, and read __filename. The import is renamed because our code imports
 * createRequire too.
 */
const REQUIRE =
  "import { createRequire as requireOf } from 'node:module';\nconst require = requireOf(import.meta.url), __filename = import.meta.filename;";
const esm: BuildOptions = {
  chunkNames: 'chunks/[name]-[hash]',
  splitting: true,
  format: 'esm',
  mainFields: ['module', 'main'], // jsonc-parser's main cannot be bundled
  outExtension: { '.js': '.mjs' },
};

const startedAt = new Date();
console.log('== building'); // the step that ./install.sh shows

// Built beside the old dist/ and swapped in, so that whoever runs it meanwhile finds it complete.
const OUT = `dist.next-${process.pid}`;
process.once('exit', () => {
  for (const left of [OUT, join(PLUGIN, OUT)]) rmSync(left, { recursive: true, force: true });
});
const hooks = readdirSync('hooks').filter((name) => name.endsWith('.ts'));
const [hookBuild, courierBuild, mailBuild, cliBuild, libraryBuild, dashboard] = await Promise.all([
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
    entryPoints: ['courier', 'spool-thread', 'statusline', 'context'].map(
      (program) => `scripts/programs/${program}.ts`,
    ),
    outdir: OUT,
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    mainFields: ['module', 'main'], // lets esbuild drop the unused parts of OpenTelemetry's packages
    minifySyntax: true,
    minifyWhitespace: true, // Node.js reads it at every start
    alias: { nodemailer: './nodemailer.cjs' },
    external: ['./nodemailer.cjs'],
  }),
  // Most couriers send no mail, and need not read it.
  build({
    ...shared,
    entryPoints: { nodemailer: 'nodemailer' },
    outdir: OUT,
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    minifySyntax: true,
    minifyWhitespace: true,
  }),
  build({
    ...shared,
    ...esm,
    entryPoints: { cli: 'scripts/programs/cli.ts' },
    outdir: OUT,
    alias: { 'string-width': './scripts/build/lazy-string-width.cjs' },
    outExtension: { '.js': '.cjs' }, // what toCommonJs makes of them: only ES modules can be split
  }),
  // A build of its own: chunks shared with the library would make the command line load more files.
  build({
    ...shared,
    ...esm,
    entryPoints: { index: 'lib/index.ts' },
    outdir: OUT,
    banner: { js: REQUIRE },
  }),
  buildDashboardClient(`${OUT}/dashboard`),
  writeTypes(`${OUT}/types`),
]);
checkHooks(hookBuild.metafile as Metafile);
for (const name of ['courier', 'spool-thread']) toAscii(join(OUT, `${name}.cjs`));
const { outputs: cliFiles } = cliBuild.metafile as Metafile;
await joinStart(OUT, cliFiles, { ...shared, format: 'esm' });
await toCommonJs(OUT, Object.keys(cliFiles), shared.target);
writePages(join(OUT, 'docs'), homepage);
const papers = writePapers([
  hookBuild,
  courierBuild,
  mailBuild,
  cliBuild,
  libraryBuild,
  dashboard.build,
]);
// The image of the service is built without the plugin.
if (existsSync(PLUGIN)) {
  const program = [hookBuild, courierBuild, mailBuild, cliBuild]
    .flatMap(({ metafile }) => Object.keys(metafile?.outputs ?? {}))
    .concat(join(OUT, 'cli.mjs'), dashboard.files, papers);
  await fillPlugin(program, OUT, join(PLUGIN, OUT));
  swapIn(join(PLUGIN, OUT), join(PLUGIN, 'dist'));
}
// What is saved while this runs is newer than dist/cli.mjs, so that ./install.sh builds again.
utimesSync(`${OUT}/cli.mjs`, startedAt, startedAt);
swapIn(OUT, 'dist');
console.log(`built dist/ (${hooks.length} hooks, courier, cli, library) for version ${version}`);

// --- internal ---

function checkHooks({ outputs }: Metafile): void {
  for (const [file, { inputs, imports }] of Object.entries(outputs)) {
    const strangers = Object.keys(inputs).filter((input) => !HOOK_RING.test(input));
    const packages = imports.map(({ path }) => path).filter((path) => !path.startsWith('node:'));
    if (strangers.length + packages.length > 0) {
      fail(
        `${file} contains ${[...strangers, ...packages].join(', ')}`,
        'Only hooks/, lib/capture/, lib/base/ and node: built-ins may be in a hook bundle.',
      );
    }
    const size = statSync(file).size;
    if (size > HOOK_BUDGET_BYTES) {
      fail(`${basename(file)} has ${size} bytes`, `A hook bundle may have ${HOOK_BUDGET_BYTES}.`);
    }
  }
}

/**
 * Escapes what esbuild leaves in regular expressions beyond ASCII: V8 keeps the text of a program in memory, and with a single
 * such character it takes twice as much.
 */
function toAscii(file: string): void {
  const escaped = readFileSync(file, 'utf8').replaceAll(
    /[^\0-\u007f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  writeFileSync(file, escaped);
}

/** Writes what a distributor needs, and returns the files: licences, and a bill of materials. */
function writePapers(builds: readonly BuildResult[]): string[] {
  const bundled = bundledPackages(builds.flatMap(({ metafile }) => metafile ?? []));
  const loaded = Object.keys(optionalDependencies);
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as LockFile;
  const materials = billOfMaterials({ root: { name, version, license }, bundled, loaded, lock });
  const files = {
    'THIRD_PARTY_LICENSES.txt': noticesText(bundled),
    'sbom.cdx.json': `${JSON.stringify(materials, null, 1)}\n`,
  };
  return Object.entries(files).map(([file, text]) => {
    writeFileSync(join(OUT, file), text);
    return join(OUT, file);
  });
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
