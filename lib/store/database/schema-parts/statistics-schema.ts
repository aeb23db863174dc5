/** How long a slot of the totals is, in milliseconds: in every zone, a day begins with one. */
export const SLOT_MS = 15 * 60_000;
/** How long a day of `file_totals` is, in milliseconds: those of UTC. */
export const TOTALS_DAY_MS = 24 * 60 * 60_000;

/** Sums of the rows of a table. In its SQL, `#` stands for such a row. */
export interface TotalsTable {
  readonly totals: string;
  /** The table that is summed up. */
  readonly table: string;
  /** The columns of its key, and what each of them is in a row. */
  readonly key: Readonly<Record<string, string>>;
  /** The sums, and what a row adds to each of them; the first one counts the rows. */
  readonly sums: Readonly<Record<string, string>>;
  /** True for a row that counts. */
  readonly counts: string;
  /** Every column of the table that matters. */
  readonly columns: readonly string[];
}

const SLOT = `CAST(#.at / ${SLOT_MS} AS INTEGER)`;
/** An occurrence that counts: what a call wrote as its own. */
const OWN_CODE = "#.authorship = 'authored' AND #.lines_written IS NOT NULL";

/** The totals that triggers keep. */
export const TOTALS_TABLES: readonly TotalsTable[] = [
  {
    totals: 'call_totals',
    table: 'tool_calls',
    key: {
      session_id: '#.session_id',
      slot: SLOT,
      tool_name: '#.tool_name',
      outcome: '#.outcome',
    },
    sums: {
      calls: '1',
      lines_added: 'coalesce(#.lines_added, 0)',
      lines_removed: 'coalesce(#.lines_removed, 0)',
    },
    counts: "#.outcome != 'running'",
    columns: ['session_id', 'at', 'tool_name', 'outcome', 'lines_added', 'lines_removed'],
  },
  {
    totals: 'code_totals',
    table: 'occurrences',
    key: { session_id: '#.session_id', slot: SLOT, language: '#.language' },
    sums: { edits: '1', lines: '#.lines_written' },
    counts: OWN_CODE,
    columns: ['session_id', 'at', 'language', 'authorship', 'lines_written'],
  },
  {
    totals: 'file_totals',
    table: 'occurrences',
    key: {
      file_path: '#.file_path',
      project_id: 'coalesce(#.project_id, 0)',
      day: `CAST(#.at / ${TOTALS_DAY_MS} AS INTEGER)`,
    },
    sums: { edits: '1', lines: '#.lines_written' },
    counts: `${OWN_CODE} AND #.session_id NOT GLOB 'capture-test-*'`, // these files are nobody's
    columns: ['file_path', 'project_id', 'session_id', 'at', 'authorship', 'lines_written'],
  },
  {
    totals: 'usage_totals',
    table: 'message_usage',
    key: { session_id: '#.session_id', slot: SLOT, model: '#.model' },
    sums: {
      answers: '1',
      input_tokens: '#.input_tokens',
      cache_creation_tokens: '#.cache_creation_tokens',
      cache_read_tokens: '#.cache_read_tokens',
      output_tokens: '#.output_tokens',
    },
    counts: 'true',
    columns: [
      'session_id',
      'at',
      'model',
      'input_tokens',
      'cache_creation_tokens',
      'cache_read_tokens',
      'output_tokens',
    ],
  },
];

/**
 * Sums that would take too long to make out of the rows they are about; a part of migration 6. Triggers keep them, so
 * that they are right whoever writes, moves or deletes those rows. A slot is the number of a quarter of an hour since
 * 1970 UTC.
 */
export const STATISTICS_TABLES = `
  -- How many of its changed lines a call wrote itself. Null at the service, which does not know.
  ALTER TABLE occurrences ADD COLUMN lines_written INTEGER;
  UPDATE occurrences SET lines_written = coalesce(end_line - coalesce(start_line, 1) + 1, 0)
    WHERE project_id IS NOT NULL;
  -- How many lines of the last text are Claude's, and how many it has.
  ALTER TABLE file_states ADD COLUMN claude_lines INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE file_states ADD COLUMN all_lines INTEGER NOT NULL DEFAULT 0;
  -- What is shown of the files in a folder is read from it alone: in the table, it lies behind the texts.
  CREATE INDEX file_states_by_path ON file_states(file_path, project_id, claude_lines, all_lines, touched_at);

  -- Calls that have ended.
  CREATE TABLE call_totals (
    session_id TEXT NOT NULL,
    slot INTEGER NOT NULL,
    tool_name TEXT NOT NULL,
    outcome TEXT NOT NULL,
    calls INTEGER NOT NULL,
    lines_added INTEGER NOT NULL,
    lines_removed INTEGER NOT NULL,
    PRIMARY KEY (slot, session_id, tool_name, outcome)
  ) WITHOUT ROWID;
  -- What calls wrote as their own: in how many places, and how many lines.
  CREATE TABLE code_totals (
    session_id TEXT NOT NULL,
    slot INTEGER NOT NULL,
    language TEXT NOT NULL,
    edits INTEGER NOT NULL,
    lines INTEGER NOT NULL,
    PRIMARY KEY (slot, session_id, language)
  ) WITHOUT ROWID;
  -- The same for each file.
  CREATE TABLE file_totals (
    file_path TEXT NOT NULL,
    project_id INTEGER NOT NULL,    -- 0 outside every project
    day INTEGER NOT NULL,           -- since 1970 UTC
    edits INTEGER NOT NULL,
    lines INTEGER NOT NULL,
    PRIMARY KEY (file_path, project_id, day)
  ) WITHOUT ROWID;
  -- What answers took.
  CREATE TABLE usage_totals (
    session_id TEXT NOT NULL,
    slot INTEGER NOT NULL,
    model TEXT NOT NULL,
    answers INTEGER NOT NULL,
    input_tokens INTEGER NOT NULL,
    cache_creation_tokens INTEGER NOT NULL,
    cache_read_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    PRIMARY KEY (slot, session_id, model)
  ) WITHOUT ROWID;
${TOTALS_TABLES.map((of) => `  ${filledTotals(of)};\n${triggersOf(of)}`).join('\n')}
  -- Parts of a slot are counted in the rows themselves.
  CREATE INDEX occurrences_by_time ON occurrences(at);
  CREATE INDEX message_usage_by_time ON message_usage(at);
  CREATE INDEX tool_calls_failed ON tool_calls(at) WHERE outcome NOT IN ('ok', 'running');

  -- The numbers of "metrics" by the slot in which they grew; a reset leaves them.
  CREATE TABLE delivery_totals (
    slot INTEGER NOT NULL,
    scope TEXT NOT NULL,
    name TEXT NOT NULL,
    value REAL NOT NULL,
    PRIMARY KEY (slot, scope, name)
  ) WITHOUT ROWID;
`;

/** SQL that gives the rows that totals should have. */
export function countedTotals({ table, key, sums, counts }: TotalsTable): string {
  const sum = Object.values(sums).map((sql) => `sum(${of(sql, 'item')})`);
  const names = Object.keys(key).map((_, index) => index + 1);
  return `SELECT ${[...Object.values(key).map((sql) => of(sql, 'item')), ...sum].join(', ')}
    FROM ${table} AS item WHERE ${of(counts, 'item')} GROUP BY ${names.join(', ')}`;
}

/** SQL that fills totals, which have to be empty. */
export function filledTotals(totals: TotalsTable): string {
  return `INSERT INTO ${totals.totals} ${countedTotals(totals)}`;
}

// --- internal ---

function of(sql: string, row: string): string {
  return sql.replaceAll('#', row);
}

/** A row of the totals goes with the last row that it is about: it may hold a path or a name. */
function triggersOf({ totals, table, key, sums, counts, columns }: TotalsTable): string {
  const values = [...Object.values(key), ...Object.values(sums)].map((sql) => of(sql, 'new'));
  const added = Object.keys(sums).map((sum) => `${sum} = ${sum} + excluded.${sum}`);
  const add = `INSERT INTO ${totals} SELECT ${values.join(', ')} WHERE ${of(counts, 'new')}
      ON CONFLICT DO UPDATE SET ${added.join(', ')};`;
  const isOld = Object.entries(key).map(([column, sql]) => `${column} = ${of(sql, 'old')}`);
  const where = [of(counts, 'old'), ...isOld].join(' AND ');
  const subtracted = Object.entries(sums).map(
    ([sum, sql]) => `${sum} = ${sum} - ${of(sql, 'old')}`,
  );
  const subtract = `UPDATE ${totals} SET ${subtracted.join(', ')} WHERE ${where};
    DELETE FROM ${totals} WHERE ${where} AND ${Object.keys(sums)[0]} <= 0;`;
  const differs = columns.map((column) => `old.${column} IS NOT new.${column}`).join(' OR ');
  return `  CREATE TRIGGER ${totals}_added AFTER INSERT ON ${table} WHEN ${of(counts, 'new')} BEGIN
    ${add}
  END;
  CREATE TRIGGER ${totals}_removed AFTER DELETE ON ${table} WHEN ${of(counts, 'old')} BEGIN
    ${subtract}
  END;
  CREATE TRIGGER ${totals}_changed AFTER UPDATE OF ${columns.join(', ')} ON ${table}
  WHEN (${of(counts, 'old')} OR ${of(counts, 'new')}) AND (${differs}) BEGIN
    ${subtract}
    ${add}
  END;`;
}
