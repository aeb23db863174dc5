import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { LRUCache } from 'lru-cache';
import type { Elapsed } from '../base/deadline.ts';
import { readRegularFile } from '../base/regular-file.ts';
import type { ProjectPlace } from '../store/writers/session-writer.ts';

/** How long an answer is kept, in milliseconds: the branch may change while a session runs. */
const CACHE_MS = 10_000;
/** The longest path that Linux takes, in bytes. To look for a longer one would take long, and find nothing. */
const MAX_PATH = 4096;
/** A file of git that names a folder or a branch is a line; a larger one is none of git's. In bytes. */
const MAX_GIT_FILE = 2 * MAX_PATH;

/**
 * Finds the project of a folder by reading git's files; no git process runs. The folder and its `.git` may have
 * been made to harm: only small regular files are read.
 */
export class ProjectFinder {
  readonly #clean: (text: string) => string;
  readonly #cache;

  /** `clean` takes the secrets out of what is found, for callers who store it. */
  constructor(elapsed: Elapsed, clean: (text: string) => string) {
    this.#clean = clean;
    this.#cache = new LRUCache<string, ProjectPlace>({
      max: 500,
      ttl: CACHE_MS,
      ttlResolution: 0,
      perf: { now: elapsed },
    });
  }

  /** The project that `cwd` lies in; outside a git repository, the folder itself. Null if no folder is called so. */
  find(cwd: string): ProjectPlace | null {
    if (!isPath(cwd)) return null;
    const known = this.#cache.get(cwd);
    if (known) return known;
    const { root, branch } = gitPlace(cwd) ?? { root: cwd, branch: null };
    const cleanRoot = this.#clean(root);
    const place = {
      root: cleanRoot,
      name: basename(cleanRoot) || cleanRoot,
      branch: branch && this.#clean(branch),
    };
    this.#cache.set(cwd, place);
    return place;
  }
}

/**
 * True if a folder lies in the project that its git names: in the folder of the project, or in a work tree that this project
 * has itself linked. Any `.git` can name another repository, to be shown what was done there.
 */
export function isOwnWorkTree(cwd: string, root: string): boolean {
  if (isWithin(cwd, root)) return true;
  const trees = join(root, '.git', 'worktrees');
  try {
    return readdirSync(trees).some((name) => {
      const target = named(join(trees, name), readGitFile(join(trees, name, 'gitdir')).trim());
      return target !== undefined && isWithin(cwd, dirname(target));
    });
  } catch {
    return false;
  }
}

// --- internal ---

function isWithin(path: string, folder: string): boolean {
  const inside = relative(folder, path);
  return !isAbsolute(inside) && inside.split(sep)[0] !== '..';
}

/** Where git keeps the work tree that `cwd` lies in. Its steps are bounded by the length of a path. */
function gitPlace(cwd: string): Pick<ProjectPlace, 'root' | 'branch'> | undefined {
  if (!isAbsolute(cwd)) return undefined;
  for (let folder = cwd; ; folder = dirname(folder)) {
    const gitFolder = gitFolderAt(join(folder, '.git'));
    if (gitFolder) {
      return { root: mainWorkTree(gitFolder) ?? folder, branch: branchOf(gitFolder) };
    }
    if (dirname(folder) === folder) return undefined;
  }
}

/** `.git` is a folder; in a linked work tree or a submodule it is a file that names the folder. */
function gitFolderAt(path: string): string | undefined {
  try {
    if (statSync(path).isDirectory()) return existsSync(join(path, 'HEAD')) ? path : undefined;
    const target = /^gitdir: (.+?)\s*$/m.exec(readGitFile(path))?.[1];
    return target && named(dirname(path), target);
  } catch {
    return undefined;
  }
}

/** The main work tree, which stands for all work trees of a repository: they are one project. */
function mainWorkTree(gitFolder: string): string | undefined {
  try {
    const folder = named(gitFolder, readGitFile(join(gitFolder, 'commondir')).trim());
    return folder && basename(folder) === '.git' ? dirname(folder) : undefined;
  } catch {
    return undefined;
  }
}

/** The branch, or the first 12 digits of the commit if HEAD is detached; null when it cannot be read. */
function branchOf(gitFolder: string): string | null {
  try {
    const head = readGitFile(join(gitFolder, 'HEAD')).trim();
    return (
      /^ref: refs\/heads\/(.{1,255})$/.exec(head)?.[1] ??
      /^([\da-f]{12})[\da-f]*$/i.exec(head)?.[1] ??
      null
    );
  } catch {
    return null;
  }
}

function readGitFile(path: string): string {
  return readRegularFile(path, MAX_GIT_FILE);
}

/** The path that a file of git names, relative to `folder`. */
function named(folder: string, path: string): string | undefined {
  const whole = resolve(folder, path);
  return isPath(whole) ? whole : undefined;
}

function isPath(text: string): boolean {
  return text.length <= MAX_PATH && !text.includes('\0');
}
