import { existsSync, statSync } from 'node:fs';
import { errorMessage, TrackerError } from '../../base/errors.ts';
import { isBusy, isCutToNothing, schemaVersion } from '../database/database.ts';
import type { Database } from '../database/database.ts';
import { invariants } from './invariants.ts';
import { DERIVED_TABLES, tableShapes, triggerNames, withEmptyDatabase } from './schema-shape.ts';
import { MIGRATIONS } from '../database/schema.ts';
import { definePayloadFunctions } from '../database/payload/packed-payload.ts';
import { Sqlite } from '../database/sqlite.ts';

/** One thing that is wrong with a database. */
export interface VerifyFinding {
  /** file: damaged pages; index: a damaged index; schema: a missing part; rows: bad rows. */
  readonly kind: 'file' | 'index' | 'schema' | 'rows';
  readonly table: string | null;
  readonly message: string;
}

/** The number of rows in a table. */
export interface TableCount {
  readonly table: string;
  /** Null when they cannot be counted. */
  readonly rows: number | null;
}

/** What {@link verifyDatabase} found. */
export interface Verification {
  readonly path: string;
  /** Size, including the WAL. */
  readonly bytes: number;
  /** 0 for a file that is not a database of ours. */
  readonly schemaVersion: number;
  readonly tables: readonly TableCount[];
  /** What is wrong with it; empty for a sound one. */
  readonly findings: readonly VerifyFinding[];
}

/** How thoroughly to look. */
export interface VerifyOptions {
  /** Does not compare indexes with their tables, which takes most of the time. @default false */
  readonly isQuick?: boolean;
  /** Told what begins to be checked, since a large database takes minutes. @default nobody is told */
  readonly onStep?: ((step: string) => void) | undefined;
}

/**
 * Checks that a database is sound: its file, its schema, and that its rows agree. Changes nothing, and
 * may run while the courier writes.
 *
 * @throws TrackerError E_NO_DATABASE, E_DATABASE_IN_USE
 */
export function verifyDatabase(
  path: string,
  { isQuick = false, onStep = () => {} }: VerifyOptions = {},
): Verification {
  if (!existsSync(path)) throw noDatabase(path);
  const bytes =
    statSync(path).size + (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0);
  const findings: VerifyFinding[] = [];
  if (isCutToNothing(path)) {
    const cut: VerifyFinding = {
      kind: 'file',
      table: null,
      message: 'it was cut to nothing',
    };
    return { path, bytes, schemaVersion: 0, tables: [], findings: [cut] };
  }
  try {
    const database = new Sqlite(path, { readonly: true, timeout: BUSY_TIMEOUT_MS });
    try {
      definePayloadFunctions(database);
      database.exec('BEGIN'); // everything below sees the database at one moment
      const version = schemaVersion(database);
      onStep(isQuick ? 'checking pages' : 'checking pages and indexes');
      findings.push(...fileFindings(database, isQuick));
      findings.push(...attempt('schema', () => schemaFindings(database, version)));
      // What queries find where pages or indexes are damaged need not be so, and may take hours.
      const isSound = findings.length === 0;
      if (isSound) findings.push(...attempt('rows', () => rowFindings(database, onStep)));
      onStep('counting rows');
      const tables = countTables(database, isSound);
      return { path, bytes, schemaVersion: version, tables, findings };
    } finally {
      database.close();
    }
  } catch (error) {
    if (isBusy(error)) throw lockedDatabase(path, error);
    findings.push(fault('file', error));
    return { path, bytes, schemaVersion: 0, tables: [], findings };
  }
}

/** The error for a database that does not exist. */
export function noDatabase(path: string): TrackerError {
  return new TrackerError('E_NO_DATABASE', `there is no file ${path}`);
}

/** The error for a database on which another process keeps a lock. */
export function lockedDatabase(path: string, cause: unknown): TrackerError {
  return new TrackerError('E_DATABASE_IN_USE', `${path} is locked by another program`, {
    hint: 'Try again when that program has finished.',
    cause,
  });
}

/**
 * The numbers of rows in the tables of a database, without {@link DERIVED_TABLES}.
 *
 * @param trustsIndexes false where an index may know of other rows than its table has
 * @throws SQLite's error when another process keeps a lock
 */
export function countTables(database: Database, trustsIndexes = true): TableCount[] {
  let names: string[];
  try {
    names = tableShapes(database).map(({ name }) => name);
  } catch (error) {
    if (isBusy(error)) throw error;
    return []; // not even the schema can be read
  }
  return names
    .filter((name) => !DERIVED_TABLES.has(name))
    .map((table) => ({ table, rows: countOf(database, table, trustsIndexes) }));
}

// --- internal ---

const BUSY_TIMEOUT_MS = 5_000;
/** The most findings of a kind; more would say nothing new. */
const MAX_FINDINGS = 20;
/** The most names of rows in a finding. */
const MAX_NAMES = 3;
/** What SQLite reports when only an index is damaged and the rows themselves are there. */
const INDEX_FAULT =
  /missing from index (\S+)|wrong # of entries in index (\S+)|non-unique entry in index (\S+)|values differ from index/;

function fileFindings(database: Database, isQuick: boolean): VerifyFinding[] {
  const found: VerifyFinding[] = [];
  const check = isQuick ? 'quick_check' : 'integrity_check';
  try {
    const rows = database.prepare<[], string>(`PRAGMA ${check}(${MAX_FINDINGS})`).pluck().iterate();
    for (const row of rows) {
      for (const line of row === 'ok' ? [] : row.split('\n')) {
        if (!line.startsWith('*** in database')) found.push(fileFinding(database, line));
      }
    }
  } catch (error) {
    if (isBusy(error)) throw error;
    if (found.length === 0) found.push(fault('file', error)); // otherwise `found` already says why it failed
  }
  return found.slice(0, MAX_FINDINGS);
}

/** Names the table: SQLite's message only has the root page of the damaged tree. */
function fileFinding(database: Database, message: string): VerifyFinding {
  const root = /^Tree (\d+) /.exec(message)?.[1];
  const tree =
    root === undefined
      ? undefined
      : database
          .prepare<[number], { type: string; table: string }>(
            'SELECT type, tbl_name AS "table" FROM sqlite_schema WHERE rootpage = ?',
          )
          .get(Number(root));
  const isIndex = tree?.type === 'index' || INDEX_FAULT.test(message);
  return { kind: isIndex ? 'index' : 'file', table: tree?.table ?? null, message };
}

/** Reports what the migrations make and the schema lacks. */
function schemaFindings(database: Database, version: number): VerifyFinding[] {
  const finding = (table: string | null, message: string): VerifyFinding => {
    return { kind: 'schema', table, message };
  };
  if (version < 1) return [finding(null, 'it is not a database of pattern-tracker')];
  if (version > MIGRATIONS.length) {
    return [
      finding(
        null,
        `schema ${version} is newer than this program, which knows ${MIGRATIONS.length}`,
      ),
    ];
  }
  const tables = new Map(tableShapes(database).map((shape) => [shape.name, shape]));
  const triggers = new Set(triggerNames(database));
  return withEmptyDatabase(version, (empty) => {
    const found: VerifyFinding[] = [];
    for (const { name, columns, indexes } of tableShapes(empty)) {
      const own = tables.get(name);
      if (!own) {
        found.push(finding(name, 'the table is missing'));
        continue;
      }
      for (const column of columns) {
        const has = own.columns.some((one) => one.name === column.name && one.type === column.type);
        if (!has) found.push(finding(name, `the column ${column.name} ${column.type} is missing`));
      }
      for (const index of indexes) {
        const has = own.indexes.some((one) => isSame(one, index));
        if (!has) found.push(finding(name, `the index ${index.name} is missing`));
      }
    }
    for (const name of triggerNames(empty)) {
      if (!triggers.has(name)) found.push(finding(null, `the trigger ${name} is missing`));
    }
    return found;
  });
}

function rowFindings(database: Database, onStep: (step: string) => void): VerifyFinding[] {
  const found: VerifyFinding[] = [];
  const checks = [...invariants(database)];
  for (const [index, { table, fault: what, count, names }] of checks.entries()) {
    onStep(`checking rows, ${index + 1} of ${checks.length}`);
    const rows = count(database);
    if (rows === 0) continue;
    const which = names?.(database) ?? [];
    const more = which.length > MAX_NAMES ? ', …' : '';
    const list = which.length > 0 ? ` (${which.slice(0, MAX_NAMES).join(', ')}${more})` : '';
    found.push({ kind: 'rows', table, message: `rows that ${what}: ${rows}${list}` });
  }
  const orphans = database.prepare<[], { table: string }>('PRAGMA foreign_key_check').all();
  for (const table of new Set(orphans.map((row) => row.table))) {
    if (found.some((finding) => finding.table === table)) continue;
    const rows = orphans.filter((row) => row.table === table).length;
    found.push({ kind: 'rows', table, message: `rows that break a foreign key: ${rows}` });
  }
  return found;
}

function isSame(one: object, other: object): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function countOf(database: Database, table: string, trustsIndexes: boolean): number | null {
  const how = trustsIndexes ? '' : 'NOT INDEXED';
  try {
    return Number(database.prepare(`SELECT count(*) FROM "${table}" ${how}`).pluck().get());
  } catch (error) {
    if (isBusy(error)) throw error;
    return null;
  }
}

/** Runs a check. A check that fails is a finding itself. */
function attempt(kind: VerifyFinding['kind'], look: () => VerifyFinding[]): VerifyFinding[] {
  try {
    return look();
  } catch (error) {
    if (isBusy(error)) throw error;
    return [fault(kind, error)];
  }
}

function fault(kind: VerifyFinding['kind'], error: unknown): VerifyFinding {
  return { kind, table: null, message: errorMessage(error) };
}
