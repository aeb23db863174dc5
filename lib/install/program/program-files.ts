import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { hexDigest } from '../../base/digest.ts';
import { errorCode, TrackerError } from '../../base/errors.ts';
import { writeAtomically } from '../atomic-file.ts';
import { walk } from './file-walk.ts';
import { moduleFiles, nativeModuleFor } from './native-module.ts';
import type { NativeHost } from './native-module.ts';

/** A file of the program, as it shall be in the installation's folder. */
export interface ProgramFile {
  /** Where it goes, relative to the installation's folder, with `/`. */
  readonly path: string;
  readonly content: Buffer;
  /** 0700 for a script, else 0600. */
  readonly mode: number;
}

/** What {@link copyProgram} did. Paths are relative to the installation's folder. */
export interface CopyResult {
  readonly written: readonly string[];
  readonly unchanged: readonly string[];
  readonly removed: readonly string[];
}

/** Where the files to install come from. */
export interface ProgramSource {
  /** A built checkout, the npm package, or an installation. */
  readonly sourceRoot: string;
  /**
   * The folder from which Node.js would find the SQLite module, when it is not `sourceRoot`; null for a
   * program without it.
   */
  readonly sqliteRoot?: string | null | undefined;
}

/**
 * Reads the files to install.
 *
 * @param node the absolute path of the Node.js that the installed programs shall run on
 * @param host what that Node.js loads
 * @throws TrackerError E_NOT_BUILT when a file is missing
 */
export function programFiles(
  { sourceRoot, sqliteRoot = sourceRoot }: ProgramSource,
  node: string,
  host: NativeHost,
): readonly ProgramFile[] {
  const sources = new Map<string, string>(sqliteRoot === null ? [] : modulePaths(sqliteRoot, host));
  const own = walk(join(sourceRoot, 'dist')).filter((path) => !path.startsWith('types/'));
  for (const path of [...own.map((file) => `dist/${file}`), 'hooks/capture.sh', 'package.json']) {
    const file = join(sourceRoot, path);
    if (path !== 'package.json' || existsSync(file)) sources.set(path, file); // the plugin has none
  }
  for (const path of REQUIRED) {
    if (!sources.has(path)) throw notBuilt(join(sourceRoot, path));
  }
  // Files that others load come first, so that no new file finds its parts missing.
  return [...sources.keys()].toSorted(byDependence).map((path) => {
    const content = contentOf(sources.get(path) ?? '');
    const isScript = content.subarray(0, 2).toString('latin1') === '#!';
    return {
      path,
      content: isScript ? withInterpreter(content, node) : content,
      mode: isScript ? 0o700 : 0o600,
    };
  });
}

/** What {@link copyProgram} would do; changes nothing. */
export function compareProgram(files: readonly ProgramFile[], home: string): CopyResult {
  const isSame = (file: ProgramFile) => isInstalled(file, home);
  return {
    written: files.filter((file) => !isSame(file)).map(({ path }) => path),
    unchanged: files.filter(isSame).map(({ path }) => path),
    removed: strangers(files, home),
  };
}

/** How the program in a folder differs from what was installed. Paths are relative to that folder. */
export interface ProgramDifference {
  /** Of other content, or no regular files. */
  readonly changed: readonly string[];
  readonly missing: readonly string[];
  /** Files that were not installed, in the program's folders. */
  readonly added: readonly string[];
}

/** Compares the program in `home` with the digests that were noted when it was installed. */
export function programDifference(
  home: string,
  noted: readonly { readonly path: string; readonly sha256: string }[],
): ProgramDifference {
  const of = (path: string) => lstatSync(join(home, path), { throwIfNoEntry: false });
  const present = noted.filter(({ path }) => of(path) !== undefined);
  const changed = present.filter(
    ({ path, sha256 }) =>
      !of(path)?.isFile() || contentDigest(readFileSync(join(home, path))) !== sha256,
  );
  return {
    changed: changed.map(({ path }) => path),
    missing: noted.filter((one) => !present.includes(one)).map(({ path }) => path),
    added: strangers(noted, home),
  };
}

/** The SHA-256 of a file's content, in hex. */
export function contentDigest(content: Buffer): string {
  return hexDigest(content, 64);
}

/**
 * Makes the program in `home` equal to `files`. Each file is replaced at once, so that hooks which run
 * meanwhile see either the old or the new one. Files of an older version are removed; `data/` is not
 * touched.
 */
export function copyProgram(files: readonly ProgramFile[], home: string): CopyResult {
  const result = compareProgram(files, home);
  makePrivate(home);
  for (const file of files) {
    if (!result.written.includes(file.path)) continue;
    const target = join(home, file.path);
    makePrivate(dirname(target));
    writeAtomically(target, file.content, file.mode);
  }
  for (const path of result.removed) rmSync(join(home, path), { force: true });
  for (const folder of PROGRAM_FOLDERS) pruneEmpty(join(home, folder));
  return result;
}

/** Removes the program from `home`, but for the files `kept`, and keeps everything else, such as `data/`. */
export function removeProgram(home: string, kept: readonly string[]): void {
  for (const folder of PROGRAM_FOLDERS) {
    if (kept.some((path) => path.startsWith(`${folder}/`))) continue;
    rmSync(join(home, folder), { recursive: true, force: true });
  }
  const others = strangers(
    kept.map((path) => ({ path })),
    home,
  );
  for (const path of others) rmSync(join(home, path), { force: true });
  for (const folder of PROGRAM_FOLDERS) pruneEmpty(join(home, folder));
  for (const name of ['package.json', 'node', 'install.json']) {
    if (!kept.includes(name)) rmSync(join(home, name), { force: true });
  }
  removeIfEmpty(home);
}

/** Removes a folder that holds nothing. */
export function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // it holds something, or is gone
  }
}

/** Makes the folders that events pass through, with mode 0700. */
export function makeDataFolders(folders: readonly string[]): void {
  for (const folder of folders) makePrivate(folder);
}

/** Points the link `node` in `home` to a Node.js executable. Returns false if it already does. */
export function linkNode(home: string, node: string): boolean {
  const link = join(home, 'node');
  if (linkTarget(link) === node) return false;
  const temporary = `${link}.new`;
  rmSync(temporary, { force: true });
  symlinkSync(node, temporary);
  renameSync(temporary, link);
  return true;
}

/** The target of a symbolic link; undefined for anything else. */
export function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

// --- internal ---

const PROGRAM_FOLDERS = ['hooks', 'dist', 'node_modules'] as const;
const REQUIRED = [
  'dist/cli.cjs',
  'dist/cli.mjs',
  'dist/courier.cjs',
  'dist/context.cjs',
  'dist/hooks/pre-tool-use.cjs',
] as const;

/** The files of the native module and of the packages it loads: where each goes, and where it is. */
function modulePaths(root: string, host: NativeHost): (readonly [string, string])[] {
  const files = moduleFiles(root, host);
  if (!files) throw notBuilt(join(root, 'node_modules', nativeModuleFor(host).binaries[0]));
  return [...files].map(([path, file]) => [`node_modules/${path}`, file] as const);
}
function byDependence(a: string, b: string): number {
  return rank(a) - rank(b);
}

function rank(path: string): number {
  if (path.startsWith('node_modules/')) return 0;
  if (path.startsWith('dist/chunks/')) return 1;
  return path.startsWith('dist/') ? 2 : 3;
}

/**
 * Makes a script name this Node.js as its interpreter, not the first `node` on PATH: that may be of
 * another version than the native module was built for. A script keeps its first line if the path is
 * long or has spaces, because kernels cut such a line or split it.
 */
function withInterpreter(content: Buffer, node: string): Buffer {
  const generic = '#!/usr/bin/env node\n';
  const own = `#!${node}\n`;
  if (content.subarray(0, generic.length).toString('latin1') !== generic) return content;
  if (/[^\x21-\x7e]/.test(node) || own.length > 120) return content;
  return Buffer.concat([Buffer.from(own), content.subarray(generic.length)]);
}

function contentOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') throw notBuilt(path);
    throw error;
  }
}

function notBuilt(path: string): TrackerError {
  return new TrackerError('E_NOT_BUILT', `${path} is missing`, {
    hint: 'Run `npx claude-pattern-tracker install`, or ./install.sh in a checkout: it builds everything first.',
  });
}

function isInstalled({ path, content, mode }: ProgramFile, home: string): boolean {
  const target = join(home, path);
  try {
    const stat = lstatSync(target);
    const hasMode = (stat.mode & 0o777) === mode;
    return stat.isFile() && hasMode && readFileSync(target).equals(content);
  } catch {
    return false;
  }
}

/** The files in the program's folders that do not belong to this version. */
function strangers(files: readonly Pick<ProgramFile, 'path'>[], home: string): string[] {
  const known = new Set(files.map(({ path }) => path));
  return PROGRAM_FOLDERS.flatMap((folder) =>
    walk(join(home, folder)).map((path) => `${folder}/${path}`),
  ).filter((path) => !known.has(path));
}

function pruneEmpty(folder: string): void {
  let entries;
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return;
  }
  for (const entry of entries) if (entry.isDirectory()) pruneEmpty(join(folder, entry.name));
  removeIfEmpty(folder);
}

function makePrivate(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if ((statSync(folder).mode & 0o077) !== 0) chmodSync(folder, 0o700);
}
