import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { WAL_LIMIT_BYTES } from '../../store/database/database.ts';

/** A WAL of this size is far beyond its limit, in bytes: a checkpoint should long have emptied it. */
const LARGE_WAL_BYTES = 2 * WAL_LIMIT_BYTES;

/** A process that has a database open. */
export interface DatabaseUser {
  readonly pid: number;
  /** The name of its program; null if it cannot be read. */
  readonly program: string | null;
}

/** The size of a database's WAL in bytes if it is far beyond its limit; else undefined. */
export function largeWal(database: string): number | undefined {
  const size = statSync(`${database}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  return size >= LARGE_WAL_BYTES ? size : undefined;
}

/**
 * The other processes that have a database open, as far as the system tells: on Linux, those of this user. While one of them
 * reads in a transaction, the WAL cannot be emptied.
 */
export function usersOf(database: string, except: readonly (number | null)[]): DatabaseUser[] {
  const files = new Set(['', '-wal', '-shm'].map((suffix) => database + suffix));
  return namesIn('/proc')
    .filter((name) => /^\d+$/.test(name) && !except.includes(Number(name)))
    .filter((pid) =>
      namesIn(`/proc/${pid}/fd`).some((fd) => files.has(linkOf(`/proc/${pid}/fd/${fd}`))),
    )
    .map((pid) => ({ pid: Number(pid), program: programOf(pid) }));
}

// --- internal ---

/** Empty for a process that has ended, or belongs to somebody else, and where there is no /proc. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

function programOf(pid: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return null;
  }
}
