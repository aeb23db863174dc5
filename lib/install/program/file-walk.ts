import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../../base/errors.ts';

/** Every file below a folder, sorted, relative to it, with `/`; empty when there is no folder. */
export function walk(folder: string, below = ''): string[] {
  let entries;
  try {
    entries = readdirSync(join(folder, below), { withFileTypes: true });
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
  return entries
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      return entry.isDirectory() ? walk(folder, path) : [path];
    });
}
