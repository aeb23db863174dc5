import type { Database } from '../database/database.ts';
import {
  countedTotals,
  filledTotals,
  TOTALS_TABLES,
} from '../database/schema-parts/statistics-schema.ts';
import type { TotalsTable } from '../database/schema-parts/statistics-schema.ts';
import { descentFaults, mendDescent } from './descent-check.ts';
import type { DescentFault } from './descent-check.ts';
import type { Invariant } from './invariant.ts';
import { StateCheck } from './states/state-check.ts';

/** Every invariant that applies to a database, in the order in which they are mended. */
export function invariants(database: Database): readonly Invariant[] {
  const all = [
    ...REFERENCES,
    unknownPatterns('occurrences', 'pattern_id', authored(database, 'row')),
    ...OF_FILES,
    ...new StateCheck().invariants(),
    PARENTLESS_EDGES,
    unknownPatterns('pending_edges', 'child_id'),
    miscounted(database),
    ...(hasTable(database, 'pending_edges') ? DESCENT : []),
    ...TOTALS_TABLES.map(miscountedTotals),
  ];
  return all.filter(({ table }) => hasTable(database, table)); // an older schema has fewer
}

/** Rows that broke an invariant and were mended. */
export interface MendedRows {
  readonly table: string;
  readonly fault: string;
  readonly rows: number;
}

/** Mends all rows that break an invariant, in one transaction. @throws SQLite's error */
export function mendInvariants(database: Database): MendedRows[] {
  const mendAll = database.transaction(() =>
    invariants(database).flatMap(({ table, fault, count, mend }) => {
      const rows = count(database);
      if (rows === 0) return [];
      mend(database);
      return [{ table, fault, rows }];
    }),
  );
  return mendAll.immediate();
}

// --- internal ---

/** True for an occurrence that wrote its code: only these have a pattern, and are counted. All are, in an older schema. */
function authored(database: Database, row: string): string {
  const column = "SELECT 1 FROM pragma_table_info('occurrences') WHERE name = 'authorship'";
  return database.prepare(column).get() === undefined ? 'true' : `${row}.authorship = 'authored'`;
}

/** The rules of lineage, as lib/pattern/descent.ts states them. */
const DESCENT: readonly Invariant[] = [
  {
    table: 'lineage_edges',
    fault: 'count a parent that is younger than its child, or leave out one that is not',
    count: (database) => descentCount(database, 'edges'),
    mend: mendDescent,
  },
  {
    table: 'patterns',
    fault: 'are of another generation or lineage than the pattern they were modified from allows',
    count: (database) => descentCount(database, 'pattern'),
    mend: mendDescent,
  },
];

function descentCount(database: Database, wanted: DescentFault['kind']): number {
  return descentFaults(database, 'stored').filter(({ kind }) => kind === wanted).length;
}

/** A claim whose parent is lost is kept as one that does not count, in case the parent comes back. */
const PARENTLESS_EDGES = inSql({
  table: 'lineage_edges',
  fault: 'name a pattern that is not there',
  count: `SELECT count(*) FROM lineage_edges AS row
    WHERE NOT EXISTS (SELECT 1 FROM patterns WHERE id = row.child_id)
      OR NOT EXISTS (SELECT 1 FROM patterns WHERE id = row.parent_id)`,
  mend: `INSERT OR IGNORE INTO pending_edges (child_id, parent_id, edge_type, transformation_type,
      created_at, position)
    SELECT child_id, parent_id, edge_type, transformation_type, created_at, position
    FROM lineage_edges AS row
    WHERE position >= 0 AND EXISTS (SELECT 1 FROM patterns WHERE id = row.child_id)
      AND NOT EXISTS (SELECT 1 FROM patterns WHERE id = row.parent_id);
    DELETE FROM lineage_edges AS row
    WHERE NOT EXISTS (SELECT 1 FROM patterns WHERE id = row.child_id)
      OR NOT EXISTS (SELECT 1 FROM patterns WHERE id = row.parent_id)`,
});

const NO_JSON = "payload IS NOT NULL AND NOT json_valid(coalesce(payload_text(payload), ''))";

const REFERENCES: readonly Invariant[] = [
  sessionless('events', 'received_at'),
  sessionless('tool_calls', 'at'),
  ofNoProject('sessions'),
  ofNoProject('occurrences'),
  inSql({
    table: 'events',
    fault: 'have a payload that is no JSON',
    count: `SELECT count(*) FROM events WHERE ${NO_JSON}`,
    mend: `UPDATE events SET payload = NULL WHERE ${NO_JSON}`,
  }),
  inSql({
    table: 'outbox',
    fault: 'have a body that is no JSON',
    count: 'SELECT count(*) FROM outbox WHERE NOT json_valid(body)',
    mend: 'DELETE FROM outbox WHERE NOT json_valid(body)',
  }),
];

/** The rows about files and lines that are kept beside occurrences. */
const OF_FILES: readonly Invariant[] = [
  inSql({
    table: 'occurrence_parents',
    fault: 'name an occurrence that is not there',
    count: `SELECT count(*) FROM occurrence_parents AS row WHERE ${partless('row')}`,
    mend: `DELETE FROM occurrence_parents AS row WHERE ${partless('row')}`,
  }),
  ofNoProject('file_states'),
  inSql({
    table: 'recent_changes',
    fault: 'name a project that is not there',
    count: `SELECT count(*) FROM recent_changes AS row WHERE project_id != 0 AND ${projectless('row')}`,
    mend: `DELETE FROM recent_changes AS row WHERE project_id != 0 AND ${projectless('row')}`,
  }),
];

interface SqlInvariant {
  readonly table: string;
  readonly fault: string;
  /** Selects the number of rows that break it. */
  readonly count: string;
  readonly mend: string;
}

function inSql({ table, fault, count, mend }: SqlInvariant): Invariant {
  return {
    table,
    fault,
    count: (database) => Number(database.prepare(count).pluck().get()),
    mend: (database) => database.exec(mend),
  };
}

function unknownPatterns(table: string, column: string, condition = 'true'): Invariant {
  const from = `FROM ${table} AS row WHERE ${condition}
    AND NOT EXISTS (SELECT 1 FROM patterns WHERE id = row.${column})`;
  return inSql({
    table,
    fault: 'name a pattern that is not there',
    count: `SELECT count(*) ${from}`,
    mend: `DELETE ${from}`,
  });
}

function ofNoProject(table: string): Invariant {
  return inSql({
    table,
    fault: 'name a project that is not there',
    count: `SELECT count(*) FROM ${table} AS row WHERE ${projectless('row')}`,
    mend: `UPDATE ${table} AS row SET project_id = NULL WHERE ${projectless('row')}`,
  });
}

/** Events and calls are written together with their session, so a lost session is rebuilt from their times. */
function sessionless(table: string, time: string): Invariant {
  const from = `FROM ${table} AS row WHERE NOT EXISTS (SELECT 1 FROM sessions WHERE id = row.session_id)`;
  return inSql({
    table,
    fault: 'name a session that is not there',
    count: `SELECT count(*) ${from}`,
    mend: `INSERT INTO sessions (id, started_at, last_event_at)
      SELECT session_id, min(${time}), max(${time}) ${from} GROUP BY session_id`,
  });
}

function projectless(row: string): string {
  return `${row}.project_id IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM projects WHERE id = ${row}.project_id)`;
}

/** True for a parent or a child that is gone. */
function partless(row: string): string {
  const isThere = (prefix: string) => `EXISTS (SELECT 1 FROM occurrences own
    WHERE own.event_id = ${row}.${prefix}event_id AND own.ordinal = ${row}.${prefix}ordinal)`;
  return `NOT ${isThere('')} OR NOT ${isThere('parent_')}`;
}

/** Patterns that the service was told of are left out: their counts may differ from the occurrences. */
function miscounted(database: Database): Invariant {
  const from = `patterns AS row`;
  const count = `(SELECT count(*) FROM occurrences own
    WHERE own.pattern_id = row.id AND ${authored(database, 'own')})`;
  const condition = `row.occurrences != ${count}${
    hasTable(database, 'lineage_events')
      ? ' AND NOT EXISTS (SELECT 1 FROM lineage_events WHERE pattern_id = row.id)'
      : ''
  }`;
  return inSql({
    table: 'patterns',
    fault: 'count other occurrences than there are',
    count: `SELECT count(*) FROM ${from} WHERE ${condition}`,
    mend: `UPDATE ${from} SET occurrences = ${count} WHERE ${condition}`,
  });
}

/** Triggers keep the totals: only damage makes them wrong. */
function miscountedTotals(of: TotalsTable): Invariant {
  const { totals, key, sums } = of;
  const stored = `SELECT ${[...Object.keys(key), ...Object.keys(sums)].join(', ')} FROM ${totals}`;
  const counted = countedTotals(of);
  return inSql({
    table: totals,
    fault: 'are another sum than that of the rows they are about',
    count: `SELECT count(*) FROM (
      SELECT * FROM (${counted} EXCEPT ${stored}) UNION ALL SELECT * FROM (${stored} EXCEPT ${counted}))`,
    mend: `DELETE FROM ${totals}; ${filledTotals(of)}`,
  });
}

function hasTable(database: Database, name: string): boolean {
  return (
    database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").get(name) !==
    undefined
  );
}
