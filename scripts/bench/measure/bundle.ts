import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import type { Throwaway } from './throwaway.ts';

/** Bundles a script that runs as a process, because the programs that it is compared with are bundled too. */
export function bundle({ program }: Throwaway, script: URL): string {
  const source = fileURLToPath(script);
  const outfile = join(program, 'dist', `${basename(source, '.ts')}.cjs`);
  buildSync({
    entryPoints: [source],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logOverride: { 'empty-import-meta': 'silent' },
  });
  return outfile;
}
