import { TrackerError } from '../../base/errors.ts';
import type { Database } from '../database/database.ts';
import { pageOwners } from './file-format/ownership.ts';
import { PageFile, POINTER } from './file-format/page-file.ts';
import { readRecord } from './file-format/record.ts';
import { readTreePage } from './file-format/tree-page.ts';
import { readableRows } from './salvage/readable-rows.ts';
import type { ReadableRow } from './salvage/readable-rows.ts';
import { RowWriter } from './salvage/salvaged-rows.ts';
import { DERIVED_TABLES, tableShapes, withEmptyDatabase } from './schema-shape.ts';
import type { TableShape } from './schema-shape.ts';
import { MIGRATIONS } from '../database/schema.ts';
import { Sqlite } from '../database/sqlite.ts';

/** What was salvaged from one table, in rows. */
export interface SalvagedTable {
  readonly table: string;
  readonly salvaged: number;
  /** Those of the salvaged that lack a value which the table can do without, such as the payload of an event. */
  readonly partial: number;
  /** At least this number was lost: SQLite or an index of the table still knew of them. */
  readonly lost: number;
  /** Pages of the table that cannot be read in full. */
  readonly damagedPages: number;
}

/** What was salvaged from a database. */
export interface Salvage {
  readonly schemaVersion: number;
  readonly tables: readonly SalvagedTable[];
  /** Pages with rows whose table cannot be told; their rows are lost. */
  readonly strayPages: number;
}

/** How to salvage. */
export interface SalvageOptions {
  /** A copy of the damaged file, of which SQLite may be asked. @default it is not asked */
  readonly copy?: string;
  readonly onProgress?: ((pages: number, total: number) => void) | undefined;
}

/**
 * Builds a new database at `to` from everything that can still be read in the file at `from`, which is
 * only read. First come the rows that SQLite reads, which gives up at the first damaged page of a table. Then
 * it goes page by page and without SQLite.
 *
 * @throws TrackerError E_NOT_OURS, E_DATABASE_NEWER
 */
export function salvageDatabase(
  from: string,
  to: string,
  { copy, onProgress = () => {} }: SalvageOptions = {},
): Salvage {
  const file = new PageFile(from);
  try {
    const version = versionOf(file, from);
    const { tables, roots } = withEmptyDatabase(version, (empty) => ({
      tables: tableShapes(empty).filter(({ name }) => !DERIVED_TABLES.has(name)),
      roots: rootPages(file, empty),
    }));
    const database = freshDatabase(to, version);
    try {
      return database.transaction(() => {
        const trees = treesOf(database, tables, roots);
        if (copy !== undefined) readBySql(copy, trees, (file.pageCount * file.pageSize) / 8);
        const owners = pageOwners(file, new Set([SCHEMA_ROOT, ...roots.values()]));
        const strayPages = readPages({ file, owners, trees, onProgress });
        return { schemaVersion: version, tables: resultOf(tables, trees), strayPages };
      })();
    } finally {
      database.close();
    }
  } finally {
    file.close();
  }
}

// --- internal ---

/** A b-tree of the damaged file: a table, or one of its indexes. */
interface Tree {
  readonly table: string;
  readonly shape: TableShape;
  readonly root: number;
  /** True for a table that has row ids; a table without them is stored like an index. */
  readonly hasRowids: boolean;
  /** Undefined for an index, whose entries are only counted. */
  readonly writer: RowWriter | undefined;
  /** Entries of an index; of a table, the rows that are on its pages and cannot be written. */
  cells: number;
  damagedPages: number;
}

function versionOf(file: PageFile, path: string): number {
  const { userVersion } = file;
  if (userVersion === undefined) return MIGRATIONS.length; // the first page is damaged: assume the current one
  if (userVersion === 0) {
    const likely = likelyVersion(file);
    if (likely > 0) return likely;
    throw new TrackerError('E_NOT_OURS', `${path} is not a database of pattern-tracker`);
  }
  if (userVersion <= MIGRATIONS.length) return userVersion;
  throw new TrackerError(
    'E_DATABASE_NEWER',
    `${path} was written by a newer version (schema ${userVersion}, this one knows ${MIGRATIONS.length})`,
    { hint: 'Install the newer version again: npx claude-pattern-tracker@latest install' },
  );
}

/**
 * The root page of each b-tree, by its name. In an auto-vacuum database the migrations alone determine
 * it, so that an unreadable schema does no harm; what can be read of the schema takes precedence.
 */
function rootPages(file: PageFile, empty: Database): Map<string, number> {
  const expected = empty
    .prepare<[], { name: string; rootpage: number }>(
      'SELECT name, rootpage FROM sqlite_schema WHERE rootpage > 0',
    )
    .all();
  const roots = new Map(expected.map(({ name, rootpage }) => [name, rootpage]));
  for (const { name, root } of schemaRows(file)) {
    const isPage = typeof root === 'number' && root > SCHEMA_ROOT && root <= file.pageCount;
    if (!isPage) continue;
    const usual = roots.get(name) ?? 0;
    // The number itself may be damaged.
    const isOther = usual > 0 && isRoot(file, usual) && !isRoot(file, root);
    if (!isOther) roots.set(name, root);
  }
  return roots;
}

/** What can be read of the schema. */
function* schemaRows(file: PageFile): Generator<{ name: string; root: unknown }> {
  const owners = pageOwners(file, [SCHEMA_ROOT]);
  for (const [page, owner] of owners.entries()) {
    if (owner !== SCHEMA_ROOT) continue;
    for (const { payload, isWhole } of readTreePage(file, page)?.cells ?? []) {
      const [, name, , root] = readRecord(payload, !isWhole) ?? [];
      if (typeof name === 'string') yield { name, root };
    }
  }
}

/** The version whose schema is most like that of a file whose own number is gone; 0 if it is like none. */
function likelyVersion(file: PageFile): number {
  const names = new Set([...schemaRows(file)].map(({ name }) => name));
  let [likely, fewest] = [0, Infinity];
  for (let version = 1; version <= MIGRATIONS.length; version++) {
    const own = withEmptyDatabase(version, schemaNames);
    const common = own.filter((name) => names.has(name)).length;
    const others = own.length + names.size - 2 * common;
    if (common > others && others <= fewest) [likely, fewest] = [version, others];
  }
  return likely;
}

function schemaNames(database: Database): string[] {
  return database.prepare<[], string>('SELECT name FROM sqlite_schema').pluck().all();
}

const SCHEMA_ROOT = 1;

function isRoot(file: PageFile, page: number): boolean {
  return file.pointer(page).kind === POINTER.root;
}

function freshDatabase(path: string, version: number): Database {
  const database = new Sqlite(path);
  database.pragma('auto_vacuum = INCREMENTAL');
  database.pragma('journal_mode = OFF'); // if this process dies, the file is thrown away
  database.pragma('synchronous = OFF');
  database.pragma('foreign_keys = OFF'); // mendInvariants takes care of orphans afterwards
  for (const migration of MIGRATIONS.slice(0, version)) database.exec(migration);
  database.exec('DELETE FROM meta'); // what migrations note is about the file in which they ran
  database.pragma(`user_version = ${version}`);
  return database;
}

function treesOf(
  database: Database,
  tables: readonly TableShape[],
  roots: ReadonlyMap<string, number>,
): Tree[] {
  return tables.flatMap((shape) => {
    const { name: table, keyedOrder, indexes } = shape;
    const own: Tree[] = [];
    const add = (name: string, hasRowids: boolean, writer?: RowWriter) => {
      const root = roots.get(name);
      if (root === undefined) return;
      own.push({ table, shape, root, hasRowids, writer, cells: 0, damagedPages: 0 });
    };
    add(table, keyedOrder === undefined, new RowWriter(database, shape));
    for (const { name, isPartial } of indexes) if (!isPartial) add(name, false);
    return own;
  });
}

/** Writes the rows that SQLite still reads in the file `copy`, at most `most` of a table. */
function readBySql(copy: string, trees: readonly Tree[], most: number): void {
  let database: Database;
  try {
    database = new Sqlite(copy, { readonly: true });
  } catch {
    return; // not even the first page is sound
  }
  try {
    for (const tree of trees) {
      const { writer, shape } = tree;
      if (!writer) continue;
      for (const row of readableRows(database, shape, most)) {
        if (!isDoubtful(row)) writer.writeValues(row.rowid, row.values);
      }
    }
  } finally {
    database.close();
  }
}

/** True where a page of text may have been wiped, which SQLite does not notice; the page itself tells. */
function isDoubtful({ values }: ReadableRow): boolean {
  return values.some((value) => typeof value === 'string' && value.includes('\0'));
}

interface Reading {
  readonly file: PageFile;
  readonly owners: Uint32Array;
  readonly trees: readonly Tree[];
  readonly onProgress: (pages: number, total: number) => void;
}

/** Reads every page once; returns the number of stray pages. */
function readPages({ file, owners, trees, onProgress }: Reading): number {
  const byRoot = new Map(trees.map((tree) => [tree.root, tree]));
  for (const tree of trees) if (tree.root > file.pageCount) tree.damagedPages += 1; // cut off with all below it
  let strayPages = 0;
  for (let number = 2; number <= file.pageCount; number++) {
    if (number % PROGRESS_PAGES === 0) onProgress(number, file.pageCount);
    const owner = owners[number] ?? 0;
    const tree = byRoot.get(owner);
    if (tree) readPage(file, number, tree);
    else if (owner === 0 && isStray(file, number)) strayPages += 1;
  }
  onProgress(file.pageCount, file.pageCount);
  return strayPages;
}

const PROGRESS_PAGES = 256;

function readPage(file: PageFile, number: number, tree: Tree): void {
  const page = readTreePage(file, number);
  if (!page || page.isTable !== tree.hasRowids) {
    tree.damagedPages += 1;
    return;
  }
  let isSound = page.isSound && page.children.every((child) => child <= file.pageCount);
  for (const cell of page.cells) {
    const isWritten = tree.writer?.write(cell) ?? false;
    if (!isWritten) tree.cells += 1;
    if (tree.writer && !isWritten) isSound = false;
  }
  if (!isSound) tree.damagedPages += 1;
}

/** True for a page with rows that neither its tree nor the pointer map leads to: both are damaged there. */
function isStray(file: PageFile, number: number): boolean {
  const { kind } = file.pointer(number);
  const isUnknown = kind === 0 || kind === POINTER.tree;
  if (!isUnknown || file.isPointerMap(number)) return false;
  const page = readTreePage(file, number);
  return page !== undefined && page.isSound && page.cells.length > 0;
}

function resultOf(tables: readonly TableShape[], trees: readonly Tree[]): SalvagedTable[] {
  return tables.map(({ name }) => {
    const own = trees.filter(({ table }) => table === name);
    const rows = own.find(({ writer }) => writer !== undefined);
    const salvaged = rows?.writer?.written ?? 0;
    // An index has an entry for every row of its table, even for rows on damaged pages.
    const known = own.map(({ cells, writer }) => (writer ? writer.written + cells : cells));
    return {
      table: name,
      salvaged,
      partial: rows?.writer?.partial ?? 0,
      lost: Math.max(0, ...known.map((cells) => cells - salvaged)),
      damagedPages: rows?.damagedPages ?? 0,
    };
  });
}
