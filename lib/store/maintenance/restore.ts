import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { TrackerError } from '../../base/errors.ts';
import {
  copyDatabase,
  foldIn,
  removeDatabase,
  removeLeftovers,
  replaceDatabase,
  timeStamp,
  writeFault,
} from './database-file.ts';
import { MIGRATIONS } from '../database/schema.ts';
import { Sqlite } from '../database/sqlite.ts';
import { outdateProofs } from '../writers/transcript-proofs.ts';
import { noDatabase, verifyDatabase } from './verify.ts';
import type { Verification } from './verify.ts';

/** A database that is ready to replace tracker.db. */
export interface StagedDatabase {
  /** Beside tracker.db. The caller puts it in place or removes it. */
  readonly path: string;
  readonly verification: Verification;
}

/** Path for the file that will replace `database`. Removes such files that killed processes left behind. */
export function stagingPath(database: string): string {
  mkdirSync(dirname(database), { recursive: true, mode: 0o700 });
  removeLeftovers(`${database}.next-`);
  return `${database}.next-${process.pid}`;
}

/**
 * Copies a backup next to `database` and checks the copy. The backup itself is only read.
 *
 * @throws TrackerError E_NO_DATABASE, E_NOT_A_BACKUP, E_BACKUP_UNSOUND, E_DATABASE_NEWER, E_DISK_FULL
 */
export function stageBackup(backup: string, database: string): StagedDatabase {
  if (!existsSync(backup)) throw noDatabase(backup);
  const path = stagingPath(database);
  try {
    copyDatabase(backup, path);
    foldIn(path);
    const verification = verifyDatabase(path);
    checkBackup(verification, backup);
    outdateProofsIn(path);
    return { path, verification };
  } catch (error) {
    removeDatabase(path);
    throw writeFault(path, error);
  }
}

/**
 * Replaces `database` by a staged one, and returns the name under which the old one is kept; undefined
 * when there was none. No courier may run meanwhile. `now` is in milliseconds since 1970 UTC. Whenever
 * the process is killed, one of the two databases is in place.
 *
 * @throws TrackerError E_DATABASE_IN_USE
 */
export function putInPlace(database: string, staged: string, now: number): string | undefined {
  chmodSync(staged, 0o600);
  const aside = existsSync(database) ? freeName(database, now) : undefined;
  // Where the old one is too damaged for this, its WAL is kept beside it.
  if (aside !== undefined) foldIn(database);
  replaceDatabase(database, staged, aside ?? freeName(database, now));
  return aside;
}

// --- internal ---

/** What was recorded since the backup was made is gone, also of the sessions that it has proofs of. */
function outdateProofsIn(path: string): void {
  const database = new Sqlite(path);
  try {
    // A backup of an earlier release has no proofs.
    const has = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'transcript_proofs'");
    if (has.get() !== undefined) outdateProofs(database);
  } finally {
    database.close();
  }
}

function checkBackup({ schemaVersion, findings }: Verification, path: string): void {
  if (schemaVersion > MIGRATIONS.length) {
    throw new TrackerError(
      'E_DATABASE_NEWER',
      `${path} was written by a newer version (schema ${schemaVersion}, this one knows ${MIGRATIONS.length})`,
      { hint: 'Install that version first. Nothing was changed.' },
    );
  }
  const damage = findings.find(({ kind }) => kind === 'file' || kind === 'index');
  if (damage) {
    throw new TrackerError('E_BACKUP_UNSOUND', `${path} is damaged: ${damage.message}`, {
      hint: `Nothing was changed. \`pattern-tracker repair ${path}\` salvages what can still be read.`,
    });
  }
  const alien = findings.find(({ kind }) => kind === 'schema');
  if (alien) {
    throw new TrackerError(
      'E_NOT_A_BACKUP',
      `${path} is not a database of pattern-tracker: ${[alien.table, alien.message].filter(Boolean).join(': ')}`,
      { hint: 'Nothing was changed.' },
    );
  }
}

function freeName(database: string, now: number): string {
  const stamp = `${database}.before-restore-${timeStamp(now)}`;
  let name = stamp;
  for (let n = 2; existsSync(name); n++) name = `${stamp}-${n}`;
  return name;
}
