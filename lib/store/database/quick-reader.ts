import { errorCode, TrackerError } from '../../base/errors.ts';
import { sqliteBinding } from './sqlite-binding.ts';

/** As much of a connection as a reader needs. */
export interface ReadableDatabase {
  prepare(sql: string): {
    get(...values: (string | number)[]): unknown;
    all(...values: (string | number)[]): unknown[];
  };
}

/** What keeps a database from being read. */
export type ReadFault = 'busy' | 'damaged' | 'other version' | 'unreadable';

/** What was read, or why it could not be. */
export type QuickReading<T> = { readonly value: T } | { readonly fault: ReadFault };

/**
 * Opens the database at `path`, reads, and closes it, for a program whose start has to be short. It uses
 * node:sqlite where Node.js has it: loading better-sqlite3 takes a fifth of the time that Node.js takes to
 * start. It waits for no lock, does not look at the schema's version, and throws nothing.
 *
 * Call it in a process that has no other connection: when one copy of SQLite closes the file, the locks that
 * another copy in the same process holds on it are gone.
 */
export async function readQuickly<T>(
  path: string,
  read: (database: ReadableDatabase) => T,
): Promise<QuickReading<T>> {
  try {
    const database = builtInDatabase(path) ?? (await packagedDatabase(path));
    try {
      return { value: read(database) };
    } finally {
      database.close();
    }
  } catch (error) {
    return { fault: faultOf(error) };
  }
}

// --- internal ---

type Connection = ReadableDatabase & { close(): unknown };

/** The part of node:sqlite that is used here; the types of Node.js 20 do not have it. */
interface BuiltInSqlite {
  readonly DatabaseSync: new (path: string, options: { readonly readOnly: true }) => Connection;
}

/** Undefined in a Node.js without node:sqlite, which is before 22.13. */
function builtInDatabase(path: string): Connection | undefined {
  const own = Object.getOwnPropertyDescriptor(process, 'emitWarning');
  process.emitWarning = () => {}; // that it is experimental; its API for reading has stayed the same
  try {
    const module = process.getBuiltinModule('node:sqlite' as 'node:fs') as unknown;
    if (module === undefined) return undefined;
    return new (module as BuiltInSqlite).DatabaseSync(path, { readOnly: true });
  } finally {
    if (own) Object.defineProperty(process, 'emitWarning', own);
  }
}

async function packagedDatabase(path: string): Promise<Connection> {
  const binding = sqliteBinding();
  if (binding !== undefined) return boundDatabase(binding, path);
  const { Sqlite } = await import('./sqlite.ts');
  return new Sqlite(path, { readonly: true, timeout: 0 });
}

/** The native part of better-sqlite3 12, as its own JavaScript uses it. */
interface Addon {
  readonly Database: new (...options: unknown[]) => {
    prepare(sql: string, database: unknown, pluck: boolean): ReturnType<Connection['prepare']>;
    close(): unknown;
  };
  isInitialized?: boolean;
  setErrorConstructor(type: typeof nativeError): void;
}

/** Is called with `new`. */
function nativeError(message: string, code: string): TrackerError {
  return new TrackerError(code, message);
}

/** Without the package's fourteen files of JavaScript, which take longer to load than the native part. */
function boundDatabase(binding: string, path: string): Connection {
  const module: { exports: unknown } = { exports: {} };
  process.dlopen(module, binding);
  const addon = module.exports as Addon;
  if (!addon.isInitialized) addon.setErrorConstructor(nativeError);
  addon.isInitialized = true;
  const native = new addon.Database(path, path, false, true, true, 0, null, null);
  return {
    prepare: (sql) => native.prepare(sql, native, false),
    close: () => native.close(),
  };
}

/** SQLite's result codes, which node:sqlite gives as numbers; the upper bytes only say more. */
const CODES: Readonly<Record<number, string>> = {
  1: 'SQLITE_ERROR',
  5: 'SQLITE_BUSY',
  6: 'SQLITE_LOCKED',
  11: 'SQLITE_CORRUPT',
  26: 'SQLITE_NOTADB',
};

function faultOf(error: unknown): ReadFault {
  const number = (error as { readonly errcode?: unknown }).errcode;
  const code = typeof number === 'number' ? CODES[number & 0xff] : errorCode(error);
  if (code === undefined) return 'unreadable';
  if (/^SQLITE_(?:BUSY|LOCKED)/.test(code)) return 'busy';
  if (/^SQLITE_(?:CORRUPT|NOTADB)/.test(code)) return 'damaged';
  return code === 'SQLITE_ERROR' ? 'other version' : 'unreadable';
}
