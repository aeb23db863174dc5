import { statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCode } from '../../base/errors.ts';
import type { Database } from '../database/database.ts';
import { isWiped, noteRewritten, rewrittenAt, unwipedMark } from '../database/meta.ts';
import { pragmaNumber } from '../database/used-bytes.ts';
import { rewriteFile } from '../database/rewrite-file.ts';

/**
 * Leaves nothing of what was deleted in the files of a database: rewrites it if something was deleted, and
 * {@link tidy}s up. Other processes may read meanwhile; one that writes waits. `now` is in milliseconds since 1970 UTC.
 *
 * @returns false if something is left, because a reader needs the WAL, the file is locked, or the disk lacks the
 *   space to rewrite it: call it again later
 * @throws SQLite's error
 */
export async function wipe(database: Database, now: number): Promise<boolean> {
  try {
    const mark = unwipedMark(database);
    if (mark !== undefined && (await rewrite(database))) noteRewritten(database, mark, now);
    return tidy(database) && isWiped(database);
  } catch (error) {
    if (/^SQLITE_(?:BUSY|FULL)/.test(errorCode(error) ?? '')) return false;
    throw error;
  }
}

/** True when something was deleted and the file was not rewritten for a day. `now` is in milliseconds since 1970 UTC. */
export function isRewriteDue(database: Database, now: number): boolean {
  if (isWiped(database)) return false;
  const before = rewrittenAt(database);
  return before === undefined || Math.abs(now - before) >= REWRITE_EVERY_MS; // the clock may have been set back
}

/**
 * Gives free pages back to the file system, and empties the WAL, which still holds pages as they were; returns
 * false while another process reads from it.
 */
export function tidy(database: Database): boolean {
  while (shrink(database, VACUUM_PAGES) > 0);
  return emptyWal(database);
}

// --- internal ---

/** Free pages given back in one transaction, 8 MiB. */
const VACUUM_PAGES = 2_000;
/** How long to wait for another process to finish reading, in milliseconds. */
const READER_WAIT_MS = 500;
/** VACUUM makes a copy, and writes it to the WAL. */
const COPIES = 2.2;
/** Retention deletes something nearly every day, and a large file takes a while: see docs/decisions/019. */
const REWRITE_EVERY_MS = 86_400_000;

/** Rewrites the file; false if the disk lacks the space. */
async function rewrite(database: Database): Promise<boolean> {
  if (database.memory) return true;
  const { bavail, bsize } = statfsSync(dirname(database.name));
  if (bavail * bsize < COPIES * statSync(database.name).size) return false;
  await rewriteFile(database.name);
  return true;
}

/** Gives at most `pages` free pages back to the file system; returns how many are left. */
function shrink(database: Database, pages: number): number {
  const before = pragmaNumber(database, 'freelist_count');
  if (before === 0) return 0;
  database.pragma(`incremental_vacuum(${pages})`);
  const left = pragmaNumber(database, 'freelist_count');
  return left < before ? left : 0; // a database made without auto_vacuum keeps them, filled with zeros
}

/**
 * Writes the WAL back into the database and cuts it to 0 bytes; false while another process reads from it.
 */
function emptyWal(database: Database): boolean {
  const patience = pragmaNumber(database, 'busy_timeout');
  database.pragma(`busy_timeout = ${READER_WAIT_MS}`);
  try {
    const [result] = database.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
    return result?.busy === 0;
  } finally {
    database.pragma(`busy_timeout = ${patience}`);
  }
}
