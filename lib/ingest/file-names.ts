import { lstatSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join, normalize, resolve } from 'node:path';
import { LRUCache } from 'lru-cache';
import type { Elapsed } from '../base/deadline.ts';

/** How long an answer about a folder is kept, in milliseconds: a link may be changed. */
const CACHE_MS = 10_000;
/** The longest path that Linux takes, in bytes. To look for a longer one would take long, and find nothing. */
const MAX_PATH = 4096;

/**
 * The one name of a file that Claude Code calls by several: absolute, without `..`, `~` and links, and spelled as the
 * disk spells it. Nothing is opened. What is not there any more is named after the deepest folder that still is.
 */
export class FileNames {
  readonly #clean: (text: string) => string;
  readonly #home: string;
  readonly #folders;

  /** `clean` takes the secrets out of a name, which is going to be stored. `home` is what `~` stands for. */
  constructor(elapsed: Elapsed, clean: (text: string) => string, home = homedir()) {
    this.#clean = clean;
    this.#home = home;
    this.#folders = new LRUCache<string, string>({
      max: 2_000,
      ttl: CACHE_MS,
      ttlResolution: 0,
      perf: { now: elapsed },
    });
  }

  /** The name of the file that was called `path` in the folder `cwd`. */
  find(path: string, cwd: string | undefined): string {
    return this.#clean(this.#real(this.#absolute(path, cwd)));
  }

  /** True if that is a link itself. */
  isLink(path: string, cwd: string | undefined): boolean {
    const named = this.#absolute(path, cwd);
    return isLocal(named) && isLink(named);
  }

  #absolute(path: string, cwd: string | undefined): string {
    const whole = path.replace(/^~(?=$|[/\\])/, () => this.#home);
    if (isAbsolute(whole)) return resolve(whole);
    return cwd !== undefined && isAbsolute(cwd) ? resolve(cwd, whole) : normalize(whole);
  }

  #real(path: string): string {
    if (!isLocal(path)) return path;
    const named = join(this.#folder(dirname(path)), basename(path));
    return composed(isLink(named) ? (realPath(named) ?? named) : spelled(named));
  }

  /** The real path of a folder, or of what is there of it. Its steps are bounded by the length of a path. */
  #folder(folder: string): string {
    const known = this.#folders.get(folder);
    if (known !== undefined) return known;
    const above = dirname(folder);
    const real =
      realPath(folder) ?? (above === folder ? folder : join(this.#folder(above), basename(folder)));
    this.#folders.set(folder, real);
    return real;
  }
}

// --- internal ---

/** True for a path that may be looked for: on Windows, looking for one on another machine would call that. */
function isLocal(path: string): boolean {
  const isShare = process.platform === 'win32' && /^[/\\]{2}/.test(path);
  return isAbsolute(path) && path.length <= MAX_PATH && !path.includes('\0') && !isShare;
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  } catch {
    return false; // such as a folder that may not be searched
  }
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch {
    return undefined;
  }
}

/** Disks of macOS and Windows take a name in capital or small letters; only they know which it has. */
function spelled(path: string): string {
  return process.platform === 'linux' ? path : (realPath(path) ?? path);
}

/** macOS takes a name with composed and with decomposed letters for the same. */
function composed(path: string): string {
  return process.platform === 'darwin' ? path.normalize('NFC') : path;
}
