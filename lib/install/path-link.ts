import { mkdirSync, lstatSync, renameSync, rmSync, symlinkSync, unlinkSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { linkTarget } from './program/program-files.ts';

/** What became of the link that puts the program on PATH. */
export type LinkState =
  | { readonly kind: 'made' | 'present'; readonly path: string; readonly isOnPath: boolean }
  /** A file that is not our link has the name; it was left alone. */
  | { readonly kind: 'taken'; readonly path: string; readonly isOnPath: boolean }
  /** Not asked for, or not possible on this system. */
  | { readonly kind: 'none' };

/** The path of the link. */
export function linkPath(userHome: string): string {
  return join(userHome, '.local', 'bin', 'pattern-tracker');
}

/** The program that the link leads to. */
export function linkedProgram(home: string): string {
  return join(home, 'dist', 'cli.cjs');
}

/** What {@link makeLink} would find or do; `made` for a missing link. Changes nothing. */
export function inspectLink(path: string, program: string, searchPath: string): LinkState {
  const folder = dirname(path);
  const isOnPath = searchPath.split(delimiter).some((entry) => entry && resolve(entry) === folder);
  if (leadsTo(path, program)) return { kind: 'present', path, isOnPath };
  return { kind: isThere(path) ? 'taken' : 'made', path, isOnPath };
}

/** Makes the link, unless its name is taken. */
export function makeLink(path: string, program: string, searchPath: string): LinkState {
  const state = inspectLink(path, program, searchPath);
  if (state.kind === 'made') {
    mkdirSync(dirname(path), { recursive: true });
    const temporary = `${path}.new`;
    rmSync(temporary, { force: true });
    symlinkSync(program, temporary);
    renameSync(temporary, path);
  }
  return state;
}

/** Removes the link if it points to `program`. Returns true if it did. */
export function removeLink(path: string, program: string): boolean {
  if (!leadsTo(path, program)) return false;
  unlinkSync(path);
  return true;
}

/**
 * True when there is a link at `path` whose target is `program`, or `cli.mjs` beside it, as version 0.1.0 made them;
 * false for whatever cannot be read.
 */
export function leadsTo(path: string, program: string): boolean {
  const target = linkTarget(path);
  return (
    target !== undefined &&
    [program, join(dirname(program), 'cli.mjs')].includes(resolve(dirname(path), target))
  );
}

// --- internal ---

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
