import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { isCutToNothing, wasInUse } from './database.ts';
import { Sqlite } from './sqlite.ts';

/**
 * Looks from outside at the file of a database that is open: SQLite reads what it has in memory, and does not notice
 * when somebody cuts the file or copies another over it.
 *
 * It keeps the file open. If a process closes a file, it loses SQLite's locks on it, so `close` belongs after the
 * connection's.
 */
export class FileHealth {
  readonly #file: number | undefined;
  #counter = 0;

  constructor(path: string) {
    this.#file = open(path);
  }

  /** What is wrong with the file; undefined when nothing is, or it cannot be read. */
  fault(): string | undefined {
    if (this.#file === undefined) return undefined;
    const header = Buffer.alloc(HEADER_BYTES);
    let size: number;
    try {
      ({ size } = fstatSync(this.#file));
      readSync(this.#file, header, 0, HEADER_BYTES, 0);
    } catch {
      return undefined;
    }
    if (size === 0) return CUT_TO_NOTHING;
    if (!header.subarray(0, MAGIC.length).equals(MAGIC)) return 'its first page is no database';
    const written = header.readUInt16BE(16);
    const bytes = header.readUInt32BE(28) * (written === 1 ? 65_536 : written);
    const isCounted = header.readUInt32BE(24) === header.readUInt32BE(92);
    return isCounted && size < bytes ? `${CUT}${size} of ${bytes} bytes` : undefined;
  }

  /** True for a database in whose file nobody has made a table of ours. */
  get isWithoutSchema(): boolean {
    if (this.#file === undefined) return false;
    const header = Buffer.alloc(HEADER_BYTES);
    return (
      readSync(this.#file, header, 0, HEADER_BYTES, 0) === HEADER_BYTES &&
      header.readUInt32BE(60) === 0
    );
  }

  /** True when an earlier state was copied over the file since the last call. */
  wentBack(): boolean {
    if (this.#file === undefined) return false;
    const counter = Buffer.alloc(4);
    try {
      readSync(this.#file, counter, 0, 4, 24);
    } catch {
      return false;
    }
    const before = this.#counter;
    this.#counter = counter.readUInt32BE(0);
    return this.#counter < before;
  }

  /** Reads all of it, to no end but to see that it can be read. @throws the system's error */
  readWhole(): void {
    if (this.#file === undefined) return;
    const part = Buffer.allocUnsafe(PART_BYTES);
    for (let at = 0, read = 1; read > 0; at += read) {
      read = readSync(this.#file, part, 0, PART_BYTES, at);
    }
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
  }
}

/**
 * How a database was cut, or emptied, that nobody here has open; undefined if it was not. It must not be opened before it is
 * whole again: SQLite would remove its WAL, and a new database would begin in it. One that was only begun is well.
 */
export function cutOf(path: string): string | undefined {
  const health = new FileHealth(path);
  try {
    const fault = health.fault();
    if (fault === CUT_TO_NOTHING) return isCutToNothing(path) ? fault : undefined;
    if (fault === undefined) return isEmptied(path, health) ? EMPTIED : undefined;
    return fault.startsWith(CUT) && !isRestInWal(path, fault) ? fault : undefined;
  } finally {
    health.close();
  }
}

/**
 * Reads the whole file of a database, through `open` if it is given; else no connection of this process may be in a
 * transaction. @throws the system's error
 */
export function readWhole(path: string, open: FileHealth | undefined): void {
  const health = open ?? new FileHealth(path);
  try {
    health.readWhole();
  } finally {
    if (!open) health.close();
  }
}

/**
 * True where the WAL has what the file lacks, so that the database is whole: a process was killed, or got no time, while it
 * brought pages from there.
 */
export function isRestInWal(path: string, fault: string): boolean {
  return fault.startsWith(CUT) && fault !== CUT_TO_NOTHING && isSound(path);
}

/** True if SQLite can read all of a database, and finds nothing wrong. */
export function isSound(path: string): boolean {
  try {
    const database = new Sqlite(path, { readonly: true }); // which leaves the WAL alone when it closes
    try {
      return database.pragma('quick_check(1)', { simple: true }) === 'ok';
    } finally {
      database.close();
    }
  } catch {
    return false;
  }
}

// --- internal ---

const PART_BYTES = 1024 * 1024;
const CUT = 'it was cut to ';
const CUT_TO_NOTHING = `${CUT}nothing`;
const EMPTIED = 'it was emptied, or has lost the number of its schema';
const MAGIC = Buffer.from('SQLite format 3\0', 'latin1');
const HEADER_BYTES = 100;

/** True where a sound database without anything of ours lies in the place of one that was in use. */
function isEmptied(path: string, health: FileHealth): boolean {
  if (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size) return false; // its schema may be there
  return health.isWithoutSchema && wasInUse(path);
}

function open(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch {
    return undefined;
  }
}
