import { existsSync, realpathSync, rmSync } from 'node:fs';
import { InvariantError, TrackerError } from '../../base/errors.ts';
import {
  isCutToNothing,
  openDatabase,
  openDatabaseForReading,
  schemaVersion,
} from '../database/database.ts';
import type { Database } from '../database/database.ts';
import { copyDatabase, foldIn, removeDatabase, writeFault } from './database-file.ts';
import { PageFile } from './file-format/page-file.ts';
import { mendInvariants } from './invariants.ts';
import type { MendedRows } from './invariants.ts';
import { mergeLater } from './merge.ts';
import { setAsideDatabase, acknowledgeSetAside } from '../queries/totals.ts';
import { stagingPath } from './restore.ts';
import type { StagedDatabase } from './restore.ts';
import { salvageDatabase } from './salvage.ts';
import type { SalvagedTable } from './salvage.ts';
import { MIGRATIONS } from '../database/schema.ts';
import { Sqlite } from '../database/sqlite.ts';
import { outdateProofs } from '../writers/transcript-proofs.ts';
import { noDatabase, verifyDatabase } from './verify.ts';
import type { Verification, VerifyFinding } from './verify.ts';

/** What to repair. */
export interface RepairOptions {
  /** The damaged file. */
  readonly damaged: string;
  /** tracker.db: the damaged file itself, or the one started after it was set aside. */
  readonly database: string;
  /** Goes on where more would be lost than saved. @default false */
  readonly acceptsLoss?: boolean | undefined;
  readonly onProgress?: (pages: number, total: number) => void;
}

/** A repaired database, ready to be put in place. */
export interface Repair extends StagedDatabase {
  /** What was wrong with the damaged file. */
  readonly damage: Verification;
  /** none: its pages are sound; reindex: only an index was damaged; salvage: see `tables`. */
  readonly method: 'none' | 'reindex' | 'salvage';
  readonly tables: readonly SalvagedTable[];
  readonly strayPages: number;
  /** True when the rows of the present tracker.db were added. */
  readonly isMerged: boolean;
  readonly mended: readonly MendedRows[];
}

/**
 * The database that has to be repaired where no other is named: the one at `database`, or, when that is sound, the one
 * that it has replaced. So it makes no difference whether a courier has found the damage first.
 */
export function damagedDatabase(database: string): string {
  if (!existsSync(database) || isCutToNothing(database)) return database;
  if (verifyDatabase(database, { isQuick: true }).findings.length > 0) return database;
  const present = openDatabaseForReading(database);
  try {
    const before = present && setAsideDatabase(present)?.path;
    return before !== undefined && existsSync(before) ? before : database;
  } finally {
    present?.close();
  }
}

/**
 * Builds a sound database from a damaged one, or from a backup that takes its place, and adds what tracker.db has recorded
 * since. The damaged file is only read, and not by SQLite, which removes the WAL of a file that was cut to nothing. No courier may run
 * meanwhile. Undefined when there is nothing to repair.
 *
 * @throws TrackerError E_NO_DATABASE, E_NOT_OURS, E_DATABASE_NEWER, E_DATABASE_CORRUPT (the present
 *   tracker.db is damaged too and has to be repaired first), E_DISK_FULL, E_REPAIR_FAILED, E_REPAIR_LOSES (more would
 *   be lost than saved)
 */
export function stageRepair({
  damaged,
  database,
  acceptsLoss = false,
  onProgress,
}: RepairOptions): Repair | undefined {
  if (!existsSync(damaged)) throw noDatabase(damaged);
  const isPresent = existsSync(database) && realpathSync(damaged) === realpathSync(database);
  const path = stagingPath(database);
  const copy = `${path}-copy`;
  try {
    copyDatabase(damaged, copy);
    const settled = settleJournals(copy);
    const found = { ...verifyDatabase(copy), path: damaged };
    const damage = { ...found, findings: [...settled.findings, ...found.findings] };
    if (isPresent && damage.findings.length === 0) return undefined;
    const isMerged = !isPresent && existsSync(database);
    if (isMerged) checkPresent(database);
    const { method, tables, strayPages } = rebuild(found, {
      source: settled.isCopyRead ? copy : damaged,
      copy,
      path,
      onProgress,
    });
    if (!acceptsLoss) checkLoss(damaged, tables);
    const repaired = openDatabase(path); // brings its schema up to date
    try {
      const noted = setAsideDatabase(repaired);
      if (isMerged) mergeLater(repaired, database);
      if (hasLost(tables, 'outbox')) forgetTold(repaired);
      if (hasLost(tables) || strayPages > 0) outdateProofs(repaired);
      const mended = mendInvariants(repaired);
      const isInstead = damage.findings.length === 0 && noted === undefined;
      acknowledge(repaired, isInstead ? undefined : damaged);
      repaired.close();
      foldIn(path);
      const verification = checked(path);
      return { path, verification, damage, method, tables, strayPages, isMerged, mended };
    } finally {
      repaired.close();
    }
  } catch (error) {
    removeDatabase(path);
    throw writeFault(path, error);
  } finally {
    removeDatabase(copy);
  }
}

// --- internal ---

type Rebuilt = Pick<Repair, 'method' | 'tables' | 'strayPages'>;

interface RebuildOptions {
  /** What is read page by page: the damaged file, or its copy if its journals had to be settled. */
  readonly source: string;
  /** A copy of the damaged file. */
  readonly copy: string;
  /** Where to build. */
  readonly path: string;
  readonly onProgress: RepairOptions['onProgress'];
}

function rebuild(
  { findings, schemaVersion: version }: Verification,
  { source, copy, path, onProgress }: RebuildOptions,
): Rebuilt {
  const kinds = new Set(findings.map(({ kind }) => kind));
  if (version > 0 && !kinds.has('file') && !kinds.has('schema')) {
    copyDatabase(copy, path);
    const isWhole = foldIn(path) && (!kinds.has('index') || reindex(path));
    const method = kinds.has('index') ? 'reindex' : 'none';
    if (isWhole) return { method, tables: [], strayPages: 0 };
    removeDatabase(path);
  }
  return { method: 'salvage', ...salvageDatabase(source, path, { copy, onProgress }) };
}

interface Settled {
  readonly findings: readonly VerifyFinding[];
  readonly isCopyRead: boolean;
}

/**
 * Takes from a copy the WAL of another database, and lets SQLite roll back what its journal says was not committed, as it
 * would in the file itself. After either, only the copy is as it should be read.
 */
function settleJournals(copy: string): Settled {
  const findings: VerifyFinding[] = [];
  if (isWalOfAnother(copy)) {
    rmSync(`${copy}-wal`);
    findings.push({ kind: 'file', table: null, message: 'its WAL is of another database' });
  }
  if (!existsSync(`${copy}-journal`)) return { findings, isCopyRead: findings.length > 0 };
  try {
    const database = new Sqlite(copy);
    try {
      schemaVersion(database); // the first to read the file rolls back
    } finally {
      database.close();
    }
  } catch {
    // The file is damaged beside; what was rolled back stays so.
  }
  return { findings, isCopyRead: true };
}

/** True where a file is ours and its WAL makes it another's. */
function isWalOfAnother(path: string): boolean {
  const version = (pages: PageFile) => {
    pages.close();
    return pages.userVersion ?? 0;
  };
  return (
    existsSync(`${path}-wal`) &&
    version(new PageFile(path)) === 0 &&
    version(new PageFile(path, { withoutWal: true })) > 0
  );
}

/** @throws TrackerError E_REPAIR_LOSES */
function checkLoss(damaged: string, tables: readonly SalvagedTable[]): void {
  const sum = (of: (table: SalvagedTable) => number) =>
    tables.reduce((total, table) => total + of(table), 0);
  const [salvaged, lost] = [sum((table) => table.salvaged), sum((table) => table.lost)];
  if (tables.length === 0 || (salvaged > 0 && salvaged >= lost)) return;
  const what = `${salvaged.toLocaleString('en-US')} rows would be saved and at least ${lost.toLocaleString('en-US')} lost`;
  throw new TrackerError('E_REPAIR_LOSES', `${damaged} is damaged too much: ${what}`, {
    hint: 'Nothing was changed. `pattern-tracker recover` goes back to the newest backup, and keeps what was recorded since. `repair --accept-loss` goes on all the same.',
  });
}

/** True if rows were lost of the table `name`, or of any. */
function hasLost(tables: readonly SalvagedTable[], name?: string): boolean {
  return tables.some(
    ({ table, lost, damagedPages }) =>
      (name === undefined || table === name) && lost + damagedPages > 0,
  );
}

/**
 * Patterns whose outbox rows were lost never reached their sink. Without these notes, which say that they
 * did, they are sent again when needed.
 */
function forgetTold(database: Database): void {
  database.exec('DELETE FROM sink_patterns');
}

/** Rebuilds the indexes; false when more than the indexes was damaged. */
function reindex(path: string): boolean {
  const database = new Sqlite(path);
  try {
    database.exec('REINDEX');
    return database.pragma('integrity_check(1)', { simple: true }) === 'ok';
  } catch {
    return false; // for example because two rows have one key
  } finally {
    database.close();
  }
}

/** Makes sure that the present tracker.db can be merged: it is readable and has the current schema. */
function checkPresent(database: string): void {
  const { findings } = verifyDatabase(database, { isQuick: true });
  const fault = findings.find(({ kind }) => kind !== 'rows');
  if (fault) {
    throw new TrackerError(
      'E_DATABASE_CORRUPT',
      `${database} is damaged itself: ${fault.message}`,
      {
        hint: 'Run `pattern-tracker repair` without a file first.',
      },
    );
  }
  const present = openDatabase(database);
  const version = schemaVersion(present);
  present.close();
  if (version !== MIGRATIONS.length) throw new InvariantError(`${database} has schema ${version}`);
}

/**
 * Drops the note that a database was set aside, if it is the `damaged` one, which is repaired now; any if undefined: a sound
 * one has taken its place under what was recorded since.
 */
function acknowledge(repaired: Database, damaged: string | undefined): void {
  const path = setAsideDatabase(repaired)?.path;
  if (damaged === undefined || path === damaged) acknowledgeSetAside(repaired);
}

function checked(path: string): Verification {
  const verification = verifyDatabase(path);
  const [fault] = verification.findings;
  if (!fault) return verification;
  throw new TrackerError('E_REPAIR_FAILED', `the repaired file is not sound: ${fault.message}`, {
    hint: 'Nothing was changed. Restore a backup: `pattern-tracker restore FILE`.',
  });
}
