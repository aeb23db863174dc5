import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { hexDigest } from '../base/digest.ts';
import { errorCode } from '../base/errors.ts';
import { readRegularFile } from '../base/regular-file.ts';
import { writeAtomically } from './atomic-file.ts';
import { removeEmptied } from './made-folders.ts';
import type { InstalledShellFile } from './manifest.ts';

/** What can be put where a shell, or man, looks for it. */
export const SHELL_FILE_KINDS = ['bash', 'zsh', 'fish', 'man'] as const;

/** One of them. */
export type ShellFileKind = (typeof SHELL_FILE_KINDS)[number];

/** A text that is put where others look for it. */
export interface PlacedFile {
  /** Absolute. */
  readonly path: string;
  readonly content: string;
}

/** A file for a shell or for man. */
export interface ShellFile extends PlacedFile {
  readonly kind: ShellFileKind;
}

/** What {@link applyShellFiles} will do. */
export interface ShellFilesChange<File extends PlacedFile = ShellFile> {
  /** Files to write: they are missing, or an older version of ours. */
  readonly write: readonly File[];
  /** Files of ours to remove. */
  readonly remove: readonly string[];
  /** Files that are not ours, or were changed since; they are left alone. */
  readonly taken: readonly string[];
  /** What is installed afterwards, for the manifest. */
  readonly installed: readonly InstalledShellFile[];
}

/** The environment that says where the user's files are. */
export type ShellEnvironment = Readonly<Record<string, string | undefined>>;

/**
 * Where the user's own file of each kind belongs. bash-completion, fish and man find theirs by themselves; zsh
 * has no such folder, so its one has to be in `fpath`.
 */
export function shellFilePaths(
  env: ShellEnvironment,
  userHome: string,
): Readonly<Record<ShellFileKind, string>> {
  const data = absolute(env['XDG_DATA_HOME']) ?? join(userHome, '.local', 'share');
  const config = absolute(env['XDG_CONFIG_HOME']) ?? join(userHome, '.config');
  const bash = absolute(env['BASH_COMPLETION_USER_DIR']) ?? join(data, 'bash-completion');
  return {
    bash: join(bash, 'completions', 'pattern-tracker'),
    zsh: join(data, 'zsh', 'site-functions', '_pattern-tracker'),
    fish: join(config, 'fish', 'completions', 'pattern-tracker.fish'),
    man: join(data, 'man', 'man1', 'pattern-tracker.1'),
  };
}

/**
 * Plans what to do with the files; changes nothing.
 *
 * @param wanted undefined leaves everything as it is
 * @param known what the manifest says is installed
 */
export function planShellFiles<File extends PlacedFile>(
  wanted: readonly File[] | undefined,
  known: readonly InstalledShellFile[],
): ShellFilesChange<File> {
  if (wanted === undefined) return { write: [], remove: [], taken: [], installed: known };
  const write: File[] = [];
  const taken: string[] = [];
  const installed: InstalledShellFile[] = [];
  for (const file of wanted) {
    const sha256 = digest(file.content);
    const present = presentDigest(file.path);
    const isOurs = known.some(({ path, sha256: was }) => path === file.path && was === present);
    if (present !== undefined && present !== sha256 && !isOurs) {
      taken.push(file.path);
      continue;
    }
    if (present !== sha256) write.push(file);
    installed.push({ path: file.path, sha256 });
  }
  const old = known.filter(({ path }) => !wanted.some((file) => file.path === path));
  return { write, remove: ownFiles(old), taken, installed };
}

/** Writes and removes the files, and those of `madeFolders` that are empty then. */
export function applyShellFiles(
  { write, remove }: ShellFilesChange<PlacedFile>,
  madeFolders: readonly string[],
): void {
  for (const { path, content } of write) {
    mkdirSync(dirname(path), { recursive: true });
    writeAtomically(path, content, 0o644);
  }
  for (const path of remove) rmSync(path, { force: true });
  removeEmptied(remove, madeFolders);
}

/** The files that are still as they were installed. */
export function ownFiles(known: readonly InstalledShellFile[]): string[] {
  return known.filter(({ path, sha256 }) => presentDigest(path) === sha256).map(({ path }) => path);
}

// --- internal ---

/** The XDG specification says to ignore a path that is not absolute. */
function absolute(path: string | undefined): string | undefined {
  return path?.startsWith('/') ? path : undefined;
}

function digest(content: string): string {
  return hexDigest(content, 64);
}

/** Undefined when there is no file. What cannot be read is not ours. */
function presentDigest(path: string): string | undefined {
  try {
    return digest(readRegularFile(path));
  } catch (error) {
    return errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR' ? undefined : '';
  }
}
