import { realpathSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import type { CliEnvironment } from '../environment.ts';
import { UsageError } from './usage-error.ts';

/** `--file` of lists, read by `chooseFiles`. */
export const fileArg = {
  file: {
    type: 'string',
    valueHint: 'path|glob',
    description: 'Only this file or folder: a path, the end of one, or a glob (quoted)',
  },
} as const;

/**
 * Those of `files` (absolute paths) that `--file` names: a file or a folder from the current one or from the root,
 * the end of a path, or a glob.
 *
 * @throws UsageError when it is empty
 */
export async function chooseFiles(
  files: readonly string[],
  text: string,
  cli: Pick<CliEnvironment, 'cwd' | 'env'>,
): Promise<string[]> {
  return files.filter(await fileTest(text, cli));
}

/** Tells whether `--file` names an absolute path, as `chooseFiles` reads it. @throws UsageError when it is empty */
export async function fileTest(
  text: string,
  cli: Pick<CliEnvironment, 'cwd' | 'env'>,
): Promise<(file: string) => boolean> {
  if (text === '') throw new UsageError('--file is empty', 'Give a path or a glob.');
  const named = withoutHome(text, cli.env);
  const isPlace = /^(?:\.{0,2}\/|\.{1,2}$)/.test(named);
  const place = resolve(cli.cwd, named);
  const places = isPlace ? [place, real(place)] : [`${sep}${named.replace(/\/$/, '')}`];
  const matchesGlob = await globOf(isPlace ? place : `**/${named}`);
  return (file) => places.some((path) => lies(file, path, isPlace)) || matchesGlob(file);
}

// --- internal ---

/** True if the file is at `path` or below it; else, unless it is one place, if this is the case somewhere. */
function lies(file: string, path: string, isPlace: boolean): boolean {
  const whole = `${file}${sep}`;
  const part = `${path}${sep}`.replace(/\/\/$/, '/');
  return isPlace ? whole.startsWith(part) : whole.includes(part);
}

/** Tests a path; nothing matches a text without wildcards. */
async function globOf(glob: string): Promise<(path: string) => boolean> {
  if (!/[*?[\]{}()!]/.test(glob)) return () => false;
  const { default: picomatch } = await import('picomatch');
  return picomatch(glob, { dot: true });
}

function withoutHome(text: string, env: CliEnvironment['env']): string {
  const home = env['HOME'] ?? env['USERPROFILE'] ?? '~';
  return text.replace(/^~(?=$|\/)/, () => home);
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
