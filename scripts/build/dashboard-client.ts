import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import type { BuildResult, Metafile, Plugin } from 'esbuild';
import type { AssetManifest } from '../../lib/dashboard/server/assets.ts';

/** What was built for the browser. */
export interface DashboardClient {
  readonly build: BuildResult;
  /** All files, below the repository. */
  readonly files: readonly string[];
}

const ROOM = 'lib/dashboard';
/** Runs in a worker, which is started when code is shown. */
const COLOURS = `${ROOM}/client/code-colours.ts`;

/**
 * Builds what the browser loads of the dashboard into `folder`: the client, a chunk for the view of each page, one style sheet
 * of all `.css` files, and a list of them. Names tell what the files hold, so that browsers may keep them forever.
 */
export async function buildDashboardClient(folder: string): Promise<DashboardClient> {
  const built = await build({
    entryPoints: {
      client: `${ROOM}/client/main.tsx`,
      settings: `${ROOM}/client/settings.ts`,
      colours: COLOURS,
      style: STYLE,
    },
    outdir: folder,
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    mainFields: ['module', 'main'],
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
    preserveSymlinks: true,
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [allStyles, withoutQueries],
  });
  const { outputs } = built.metafile;
  const files = Object.keys(outputs);
  for (const file of files) {
    const text = readFileSync(file);
    if (text.length >= MIN_COMPRESSED) writeFileSync(`${file}.gz`, gzipSync(text, { level: 9 }));
  }
  const manifest = join(folder, 'manifest.json');
  writeFileSync(manifest, `${JSON.stringify(manifestOf(outputs), null, 1)}\n`);
  const compressed = files
    .filter((file) => statSync(file).size >= MIN_COMPRESSED)
    .map((file) => `${file}.gz`);
  return { build: built, files: [...files, ...compressed, manifest] };
}

// --- internal ---

/** Smaller files are sent as they are, in bytes. */
const MIN_COMPRESSED = 1_024;
const STYLE = 'all-styles.css';

/** One sheet of all: the tokens first, then what all pages have, then each page's own. */
const allStyles: Plugin = {
  name: 'all-styles',
  setup(plugin) {
    plugin.onResolve({ filter: /^all-styles\.css$/ }, () => ({
      path: STYLE,
      namespace: 'all-styles',
    }));
    plugin.onLoad({ filter: /.*/, namespace: 'all-styles' }, () => {
      const sheets = readdirSync(ROOM, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.css'))
        .toSorted((one, other) => rank(one) - rank(other) || (one < other ? -1 : 1));
      const contents = sheets.map((sheet) => `@import './${sheet}';`).join('\n');
      return { contents, loader: 'css', resolveDir: resolve(ROOM) };
    });
  },
};

function rank(sheet: string): number {
  const at = ['style/tokens.css', 'style/base.css'].indexOf(sheet);
  if (at >= 0) return at;
  return sheet.startsWith('style/') ? 2 : 3;
}

/** The page table names the queries of pages, too, which only the server can load. */
const withoutQueries: Plugin = {
  name: 'without-queries',
  setup(plugin) {
    plugin.onLoad({ filter: /[\\/]pages[\\/][^\\/]+[\\/]query\.ts$/ }, () => ({ contents: '' }));
  },
};

function manifestOf(outputs: Metafile['outputs']): AssetManifest {
  const entry = (source: string) =>
    Object.entries(outputs).find(([, { entryPoint }]) => entryPoint === source)?.[0] ?? '';
  /** A file with all that it imports at once. */
  const withImports = (file: string): string[] => [
    file,
    ...(outputs[file]?.imports ?? [])
      .filter(({ kind }) => kind === 'import-statement')
      .flatMap(({ path }) => withImports(path)),
  ];
  const client = entry(`${ROOM}/client/main.tsx`);
  const pages = Object.entries(outputs).flatMap(([file, { entryPoint = '' }]) => {
    const isView = /\/pages\/[^/]+\/view\.tsx$/.test(entryPoint);
    return isView ? [[basename(dirname(entryPoint)), withImports(file)] as const] : [];
  });
  const known = new Set(withImports(client).slice(1));
  return {
    script: basename(client),
    settings: basename(entry(`${ROOM}/client/settings.ts`)),
    colours: basename(entry(COLOURS)),
    style: basename(entry(`all-styles:${STYLE}`)),
    // What the client imports comes before the view's own.
    pages: Object.fromEntries(
      pages.map(([name, files]) => [
        name,
        [...new Set([...known, ...files])].map((file) => basename(file)),
      ]),
    ),
    files: Object.keys(outputs).map((file) => basename(file)),
  };
}
