// Checkers of formats, whose packages are too heavy for those who change something else. `.ci/run` installs them.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const folder = process.env['FORMAT_CHECKERS'];

/** The packages by name; undefined, and said, where FORMAT_CHECKERS names no folder with them. */
export async function installedCheckers<T extends unknown[]>(
  ...names: string[]
): Promise<T | undefined> {
  if (folder === undefined) {
    process.stderr.write(`skipped: FORMAT_CHECKERS names no folder with ${names.join(', ')}\n`);
    return undefined;
  }
  return (await Promise.all(names.map((name) => import(fileOf(folder, name))))) as T;
}

// --- internal ---

function fileOf(folder: string, name: string): string {
  // A module of a package that has no CommonJS, which `require` would not find.
  const module = join(folder, 'node_modules', name, 'index.js');
  const { resolve } = createRequire(join(folder, 'package.json'));
  return pathToFileURL(existsSync(module) ? module : resolve(name)).href;
}
