import { statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Database } from '../database/database.ts';
import { isWiped, noteWiped } from '../database/meta.ts';

/**
 * Leaves nothing of what was deleted in the files of a database: zeros what a database from before
 * `secure_delete` has freed, gives free pages back to the file system, and empties the WAL, which still
 * holds pages as they were. Other processes may use the database meanwhile; one that writes waits.
 *
 * @returns false if something is left, because a reader needs the WAL, or the disk lacks the space to rewrite
 *   the file: call it again later
 * @throws SQLite's error
 */
export function wipe(database: Database): boolean {
  const isClean = isWiped(database) || rewrite(database);
  while (shrink(database, VACUUM_PAGES) > 0);
  return emptyWal(database) && isClean;
}

/** Gives at most `pages` free pages back to the file system; returns how many are left. */
export function shrink(database: Database, pages: number): number {
  const before = numberOf(database, 'freelist_count');
  if (before === 0) return 0;
  database.pragma(`incremental_vacuum(${pages})`);
  const left = numberOf(database, 'freelist_count');
  return left < before ? left : 0; // a database made without auto_vacuum keeps them, filled with zeros
}

/** The bytes of the pages in use. */
export function usedBytes(database: Database): number {
  const pages = numberOf(database, 'page_count') - numberOf(database, 'freelist_count');
  return pages * numberOf(database, 'page_size');
}

/**
 * Writes the WAL back into the database and cuts it to 0 bytes; false while another process reads from it.
 */
export function emptyWal(database: Database): boolean {
  const patience = numberOf(database, 'busy_timeout');
  database.pragma(`busy_timeout = ${READER_WAIT_MS}`);
  try {
    const [result] = database.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
    return result?.busy === 0;
  } finally {
    database.pragma(`busy_timeout = ${patience}`);
  }
}

// --- internal ---

/** Free pages given back in one transaction, 8 MiB. */
const VACUUM_PAGES = 2_000;
/** How long to wait for another process to finish reading, in milliseconds. */
const READER_WAIT_MS = 500;
/** VACUUM makes a copy, and writes it to the WAL. */
const COPIES = 2.2;

/** Rewrites the file once, which also clears what was deleted within pages that are in use. */
function rewrite(database: Database): boolean {
  if (database.memory) return true;
  const { bavail, bsize } = statfsSync(dirname(database.name));
  if (bavail * bsize < COPIES * statSync(database.name).size) return false;
  database.pragma('temp_store = FILE'); // the copy may be too large for the memory
  try {
    database.exec('VACUUM');
  } finally {
    database.pragma('temp_store = MEMORY');
  }
  noteWiped(database);
  return true;
}

function numberOf(database: Database, pragma: string): number {
  return Number(database.pragma(pragma, { simple: true }));
}
