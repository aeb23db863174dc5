import type { Database } from '../database/database.ts';

/** Something that is true of every sound tracker.db, beyond what SQLite itself looks after. */
export interface Invariant {
  readonly table: string;
  /** What is the matter with the rows that break it: "rows that NAME …". */
  readonly fault: string;
  /** SQL: how many rows break it. */
  readonly count: string;
  /** SQL that makes it true again. */
  readonly mend: string;
}

/**
 * Every invariant, in the order in which they are mended. `database` is asked only for its tables:
 * what came by HTTP follows the rules of the service and is left alone.
 */
export function invariants(database: Database): readonly Invariant[] {
  const isServed = hasTable(database, 'lineage_events')
    ? (id: string) => `EXISTS (SELECT 1 FROM lineage_events WHERE pattern_id = ${id})`
    : () => '0';
  const all = [
    ...REFERENCES,
    unknownPatterns('occurrences', 'pattern_id'),
    unknownPatterns('live_fragments', 'pattern_id'),
    broken(
      'lineage_edges',
      'name a pattern that is not there',
      `(NOT EXISTS (SELECT 1 FROM patterns WHERE id = row.child_id)
        OR NOT EXISTS (SELECT 1 FROM patterns WHERE id = row.parent_id))
       AND NOT ${isServed('row.child_id')}`,
    ),
    // Else a lineage could run in a circle.
    broken(
      'lineage_edges',
      'name a parent that is younger than its child',
      `edge_type = 'modified_from' AND (SELECT first_seen_at FROM patterns WHERE id = row.parent_id)
         > (SELECT first_seen_at FROM patterns WHERE id = row.child_id)
       AND NOT ${isServed('row.child_id')}`,
    ),
    {
      table: 'patterns',
      fault: 'count other occurrences than there are',
      count: `SELECT count(*) FROM patterns AS row WHERE ${miscounted('row', isServed)}`,
      mend: `UPDATE patterns AS row SET occurrences = ${OCCURRENCES} WHERE ${miscounted('row', isServed)}`,
    },
    {
      table: 'patterns',
      fault: 'are of another generation or lineage than the pattern they were modified from allows',
      count: `SELECT count(*) FROM patterns AS row WHERE ${estranged(isServed)}`,
      mend: passDown(isServed),
    },
  ];
  return all.filter(({ table }) => hasTable(database, table)); // an older schema has fewer
}

/** Rows that broke an invariant, and do not any more. */
export interface MendedRows {
  readonly table: string;
  readonly fault: string;
  readonly rows: number;
}

/** Makes every invariant true again, in one transaction. */
export function mendInvariants(database: Database): MendedRows[] {
  const mendAll = database.transaction(() =>
    invariants(database).flatMap(({ table, fault, count, mend }) => {
      const rows = Number(database.prepare(count).pluck().get());
      if (rows === 0) return [];
      database.exec(mend);
      return [{ table, fault, rows }];
    }),
  );
  return mendAll.immediate();
}

// --- internal ---

const OCCURRENCES = '(SELECT count(*) FROM occurrences WHERE pattern_id = row.id)';

const REFERENCES: readonly Invariant[] = [
  sessionless('events', 'received_at'),
  sessionless('tool_calls', 'at'),
  {
    table: 'sessions',
    fault: 'name a project that is not there',
    count: `SELECT count(*) FROM sessions AS row WHERE ${projectless('row')}`,
    mend: `UPDATE sessions AS row SET project_id = NULL WHERE ${projectless('row')}`,
  },
  {
    table: 'occurrences',
    fault: 'name a project that is not there',
    count: `SELECT count(*) FROM occurrences AS row WHERE ${projectless('row')}`,
    mend: `UPDATE occurrences AS row SET project_id = NULL WHERE ${projectless('row')}`,
  },
  {
    table: 'events',
    fault: 'have a payload that is no JSON',
    count: 'SELECT count(*) FROM events WHERE NOT json_valid(payload)',
    mend: 'UPDATE events SET payload = NULL WHERE NOT json_valid(payload)',
  },
  {
    table: 'outbox',
    fault: 'have a body that is no JSON',
    count: 'SELECT count(*) FROM outbox WHERE NOT json_valid(body)',
    mend: 'DELETE FROM outbox WHERE NOT json_valid(body)',
  },
];

function broken(table: string, fault: string, condition: string): Invariant {
  return {
    table,
    fault,
    count: `SELECT count(*) FROM ${table} AS row WHERE ${condition}`,
    mend: `DELETE FROM ${table} AS row WHERE ${condition}`,
  };
}

function unknownPatterns(table: string, column: string): Invariant {
  return broken(
    table,
    'name a pattern that is not there',
    `NOT EXISTS (SELECT 1 FROM patterns WHERE id = row.${column})`,
  );
}

/** Every event and call was written together with its session; a lost one is known by its times. */
function sessionless(table: string, time: string): Invariant {
  const from = `FROM ${table} AS row WHERE NOT EXISTS (SELECT 1 FROM sessions WHERE id = row.session_id)`;
  return {
    table,
    fault: 'name a session that is not there',
    count: `SELECT count(*) ${from}`,
    mend: `INSERT INTO sessions (id, started_at, last_event_at)
      SELECT session_id, min(${time}), max(${time}) ${from} GROUP BY session_id`,
  };
}

function projectless(row: string): string {
  return `${row}.project_id IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM projects WHERE id = ${row}.project_id)`;
}

type Condition = (id: string) => string;

function miscounted(row: string, isServed: Condition): string {
  return `${row}.occurrences != ${OCCURRENCES} AND NOT ${isServed(`${row}.id`)}`;
}

/** True of a pattern none of whose parents is one generation before it, in the same lineage. */
function estranged(isServed: Condition): string {
  return `EXISTS (SELECT 1 FROM lineage_edges WHERE child_id = row.id AND edge_type = 'modified_from')
    AND NOT EXISTS (
      SELECT 1 FROM lineage_edges AS edge JOIN patterns AS parent ON parent.id = edge.parent_id
      WHERE edge.child_id = row.id AND parent.generation = row.generation - 1
        AND parent.lineage_id = row.lineage_id)
    AND NOT ${isServed('row.id')}`;
}

/** From every pattern that was modified from nothing known, down. */
function passDown(isServed: Condition): string {
  return `WITH RECURSIVE down (id, generation, lineage_id) AS (
      SELECT id, generation, lineage_id FROM patterns AS root WHERE NOT EXISTS (
        SELECT 1 FROM lineage_edges WHERE child_id = root.id AND edge_type = 'modified_from')
      UNION
      SELECT edge.child_id, down.generation + 1, down.lineage_id
      FROM down JOIN lineage_edges AS edge ON edge.parent_id = down.id
      WHERE edge.edge_type = 'modified_from')
    UPDATE patterns SET generation = down.generation, lineage_id = down.lineage_id
    FROM down
    WHERE down.id = patterns.id AND NOT ${isServed('patterns.id')}
      AND (patterns.generation, patterns.lineage_id) != (down.generation, down.lineage_id)`;
}

function hasTable(database: Database, name: string): boolean {
  return (
    database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").get(name) !==
    undefined
  );
}
