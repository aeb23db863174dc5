import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder with what the dashboard's browser loads: beside the built program, or in dist/ for one that runs from source. */
export function assetFolder(program: string | undefined): string {
  const own = dirname(program ?? '.');
  const source = join(dirname(own), 'dist', 'dashboard');
  const built = join(own, 'dashboard');
  return !existsSync(built) && existsSync(source) ? source : built;
}
