import { renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { build } from 'esbuild';
import type { BuildOptions, Metafile } from 'esbuild';

/**
 * Puts the entry `cli.cjs` and all chunks that it always loads into one file, because Node.js takes up to a millisecond
 * for each file. The chunks stay, and hand on what the entry then exports, so that no module exists twice.
 *
 * @param folder holds `cli.cjs` and `chunks/`, as the build has written them
 * @param outputs what esbuild says of these files
 * @param options those of the build
 */
export async function joinStart(
  folder: string,
  outputs: Metafile['outputs'],
  options: BuildOptions,
): Promise<void> {
  const entry = join(folder, 'cli.cjs');
  const chunks = [...loadedWith(entry, outputs)].filter((path) => path !== entry);
  const exported = (path: string) => outputs[path]?.exports ?? [];
  const lines = chunks.map((path, index) => {
    const names = exported(path).map((name) => `${name} as ${outerName(index, name)}`);
    return `export { ${names.join(', ')} } from './${relative(folder, path)}';`;
  });
  const joined = join(folder, 'cli.joined.cjs');
  await build({
    ...options,
    stdin: {
      contents: ['#!/usr/bin/env node', "import './cli.cjs';", ...lines].join('\n'),
      resolveDir: folder,
    },
    outfile: joined,
    plugins: [
      {
        name: 'commands stay chunks',
        setup(bundle) {
          bundle.onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) =>
            kind === 'dynamic-import'
              ? {
                  external: true,
                  path: `./${relative(resolve(folder), resolve(resolveDir, path))}`,
                }
              : undefined,
          );
        },
      },
    ],
  });
  renameSync(joined, entry);
  for (const [index, path] of chunks.entries()) {
    const names = exported(path).map((name) => `${outerName(index, name)} as ${name}`);
    const from = relative(dirname(path), dirname(entry));
    writeFileSync(path, `export { ${names.join(', ')} } from '${from}/${basename(entry)}';\n`);
  }
}

// --- internal ---

/** The files that are loaded whenever `path` is. */
function loadedWith(path: string, outputs: Metafile['outputs']): Set<string> {
  const loaded = new Set([path]);
  for (const file of loaded) {
    for (const { path: next, kind } of outputs[file]?.imports ?? []) {
      if (kind === 'import-statement' && outputs[next]) loaded.add(next);
    }
  }
  return loaded;
}

/** Two chunks may export the same name. */
function outerName(chunk: number, name: string): string {
  return `start${chunk}_${name}`;
}
