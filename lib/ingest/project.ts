import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../base/clock.ts';
import type { ProjectPlace } from '../store/writers/session-writer.ts';

/** How long an answer is kept, in milliseconds: the branch may change while a session runs. */
const CACHE_MS = 10_000;

/** Finds the project of a folder by reading git's files; no git process runs. */
export class ProjectFinder {
  readonly #cache;

  constructor(clock: Clock) {
    this.#cache = new LRUCache<string, ProjectPlace>({
      max: 500,
      ttl: CACHE_MS,
      ttlResolution: 0,
      perf: { now: clock },
    });
  }

  /** The project that `cwd` lies in; outside a git repository, the folder itself. */
  find(cwd: string): ProjectPlace {
    const known = this.#cache.get(cwd);
    if (known) return known;
    const place = gitPlace(cwd) ?? { root: cwd, name: basename(cwd) || cwd, branch: null };
    this.#cache.set(cwd, place);
    return place;
  }
}

// --- internal ---

function gitPlace(cwd: string): ProjectPlace | undefined {
  if (!isAbsolute(cwd)) return undefined;
  for (let folder = cwd; ; folder = dirname(folder)) {
    const gitFolder = gitFolderAt(join(folder, '.git'));
    if (gitFolder) {
      const root = mainWorkTree(gitFolder) ?? folder;
      return { root, name: basename(root) || root, branch: branchOf(gitFolder) };
    }
    if (dirname(folder) === folder) return undefined;
  }
}

/** `.git` is a folder; in a linked work tree or a submodule it is a file that names the folder. */
function gitFolderAt(path: string): string | undefined {
  try {
    if (statSync(path).isDirectory()) return existsSync(join(path, 'HEAD')) ? path : undefined;
    const target = /^gitdir: (.+?)\s*$/m.exec(readFileSync(path, 'utf8'))?.[1];
    return target && resolve(dirname(path), target);
  } catch {
    return undefined;
  }
}

/** The main work tree, which stands for all work trees of a repository: they are one project. */
function mainWorkTree(gitFolder: string): string | undefined {
  try {
    const common = readFileSync(join(gitFolder, 'commondir'), 'utf8').trim();
    const folder = resolve(gitFolder, common);
    return basename(folder) === '.git' ? dirname(folder) : undefined;
  } catch {
    return undefined;
  }
}

/** The branch, or the first 12 digits of the commit if HEAD is detached; null when it cannot be read. */
function branchOf(gitFolder: string): string | null {
  try {
    const head = readFileSync(join(gitFolder, 'HEAD'), 'utf8').trim();
    return /^ref: refs\/heads\/(.+)$/.exec(head)?.[1] ?? (head.slice(0, 12) || null);
  } catch {
    return null;
  }
}
