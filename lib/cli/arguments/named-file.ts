import { existsSync } from 'node:fs';
import { normalize, resolve, sep } from 'node:path';
import type { CliEnvironment } from '../environment.ts';

/**
 * The absolute path of a file that the user names: from the current folder; a path such as `data/backups/NAME`, as our
 * documents write it, from the installation's folder if only that has it.
 */
export function namedFile(
  text: string,
  { cwd, paths }: Pick<CliEnvironment, 'cwd' | 'paths'>,
): string {
  const here = resolve(cwd, text);
  if (existsSync(here) || !normalize(text).startsWith(`data${sep}`)) return here;
  const there = resolve(cwd, paths.home, text);
  return existsSync(there) ? there : here;
}
