import { isUtf8 } from 'node:buffer';
import { existsSync, lstatSync, realpathSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { TrackerError } from '../base/errors.ts';
import { readRegularBytes } from '../base/regular-file.ts';

/** A file that a command wrote or removed and its event does not show, as the command left it. */
export interface LeftFile {
  /** As the event calls it. */
  readonly filePath: string;
  /** Its text; null if the file is gone. */
  readonly text: string | null;
}

/** Which files may be read, and of which event. */
export interface LeftFilesOf {
  /** The working folder that the event tells. */
  readonly cwd: string;
  /** When capture wrote the event, in milliseconds since 1970 UTC. A file that changed since is not read. */
  readonly writtenAt: number;
  /** False for a file of which the capture policy keeps no code. It is asked for its name and its real path. */
  readonly isKept: (path: string) => boolean;
}

/** A file that a command may have changed. */
export interface FileInQuestion {
  readonly filePath: string;
  /** It must have changed after this, in milliseconds since 1970 UTC. @default it is known to have changed */
  readonly changedAfter?: number;
}

/**
 * Reads files that an event names without what they hold. Only what is certain to be as the command left it is read: a
 * regular UTF-8 file in the project's folder, with one name, that has not been touched since the event was captured.
 * What the folder holds may have been made to harm. Nothing is written, and no FIFO or device is opened.
 */
export class LeftFiles {
  readonly #home: string;

  constructor(home = homedir()) {
    this.#home = home;
  }

  /** Those of the files that can be read: of one event at most 200 files, 512 KiB each and 4 MiB together. It never throws. */
  read(files: readonly FileInQuestion[], of: LeftFilesOf): LeftFile[] {
    const folder = this.#folderOf(of.cwd);
    if (folder === undefined) return [];
    const left: LeftFile[] = [];
    let bytes = MAX_EVENT_BYTES;
    for (const file of files.slice(0, MAX_FILES)) {
      const path = resolve(of.cwd, file.filePath);
      if (path.includes('\0') || path.length > MAX_PATH || !of.isKept(path)) continue;
      const found = leftFile(path, folder, Math.min(bytes, MAX_FILE_BYTES), { ...of, ...file });
      if (found === undefined) continue;
      bytes -= found?.length ?? 0;
      left.push({ filePath: file.filePath, text: found && found.toString('utf8') });
    }
    return left;
  }

  /** The real path of the work tree that `cwd` lies in, else of `cwd`. A folder that holds the user's home is no project. */
  #folderOf(cwd: string): string | undefined {
    const start = isAbsolute(cwd) && cwd.length <= MAX_PATH ? realPath(cwd) : undefined;
    if (start === undefined) return undefined;
    let folder = start;
    while (!existsSync(join(folder, '.git'))) {
      if (dirname(folder) === folder) {
        folder = start;
        break;
      }
      folder = dirname(folder);
    }
    const home = realPath(this.#home) ?? this.#home;
    return folder === home || isBelow(folder, home) ? undefined : folder;
  }
}

// --- internal ---

/** How much is read for one event; a larger file is known by name only. */
const MAX_FILES = 200;
const MAX_FILE_BYTES = 512 * 1024;
const MAX_EVENT_BYTES = 4 * 1024 * 1024;
/** The longest path that Linux takes, in bytes. */
const MAX_PATH = 4096;

type Wanted = LeftFilesOf & FileInQuestion;

/** The bytes of a text file; null if it is gone, undefined if it cannot be told what the command left. */
function leftFile(
  path: string,
  folder: string,
  maxBytes: number,
  wanted: Wanted,
): Buffer | null | undefined {
  try {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return isGone(path, folder, wanted) ? null : undefined;
    // What a command changed is the link, not what it leads to.
    if (stats.isSymbolicLink()) return undefined;
    const real = realpathSync.native(path);
    if (!isInside(folder, real) || !wanted.isKept(real)) return undefined;
    const before = lstatSync(real);
    checkLeft(before, before, wanted);
    const bytes = readRegularBytes(real, maxBytes, (open) => checkLeft(open, before, wanted));
    // Another file, or a link to one, may have stood there for a moment.
    if (realpathSync.native(path) !== real) return undefined;
    checkLeft(lstatSync(real), before, wanted);
    return isText(bytes) ? bytes : undefined;
  } catch {
    return undefined; // it is gone, is no file or too large, may not be read, or has changed
  }
}

/**
 * Throws unless the file is the same as before, has one name, and did not change since the event was captured. The time
 * of the last change (ctime) counts too: unlike that of the last write, nobody can set it back, and a file that is
 * renamed into the place of another gets a new one.
 */
function checkLeft(
  now: Stats,
  before: Stats,
  { writtenAt, changedAfter = -Infinity }: Wanted,
): void {
  const isSame =
    now.ino === before.ino &&
    now.dev === before.dev &&
    now.size === before.size &&
    now.mtimeMs === before.mtimeMs &&
    now.ctimeMs === before.ctimeMs;
  const changedAt = Math.max(now.mtimeMs, now.ctimeMs);
  const isLeft = changedAt < writtenAt && changedAt > changedAfter;
  if (now.isFile() && now.nlink === 1 && isSame && isLeft) return;
  throw new TrackerError('E_NO_FILE', 'It is not the file that the command left.', {
    hint: 'It is known by name only.',
  });
}

/** True if the file was gone when the event was captured: nothing in the nearest folder that is still there changed since. */
function isGone(path: string, folder: string, { writtenAt, changedAfter }: Wanted): boolean {
  if (changedAfter !== undefined) return false; // it may never have been there
  let above = dirname(path);
  let stats = lstatSync(above, { throwIfNoEntry: false });
  while (stats === undefined && dirname(above) !== above) {
    above = dirname(above);
    stats = lstatSync(above, { throwIfNoEntry: false });
  }
  const real = realPath(above);
  return (
    stats?.isDirectory() === true &&
    real !== undefined &&
    (real === folder || isInside(folder, real)) &&
    Math.max(stats.mtimeMs, stats.ctimeMs) < writtenAt
  );
}

/** True for a path below the folder that is not one of git's own files. */
function isInside(folder: string, path: string): boolean {
  return isBelow(folder, path) && !relative(folder, path).split(sep).includes('.git');
}

function isBelow(folder: string, path: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch {
    return undefined;
  }
}

function isText(bytes: Buffer): boolean {
  return !bytes.includes(0) && isUtf8(bytes);
}
