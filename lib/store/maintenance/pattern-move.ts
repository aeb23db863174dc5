import { isEarlierOrigin } from '../../pattern/descent.ts';
import { lineCount } from '../../pattern/line-count.ts';
import type { Database } from '../database/database.ts';
import { LATEST_DEPRECATION } from '../writers/deprecations.ts';
import { DescentRows } from '../writers/descent-rows.ts';

/** A pattern whose code has changed, and with it usually its id. */
export interface PatternMove {
  readonly from: string;
  /** May be the id of a pattern that is there already, or the same id. */
  readonly to: string;
  readonly name: string;
  readonly code: string;
}

/**
 * Gives a pattern another code, name and id. If the other id is known, the two become one, whose origin is the
 * earlier one, as if they had always had the same code. Call it in a transaction that ends with `mendDescent`,
 * which judges again who descends from whom, and with `emptyIndex`.
 *
 * @throws SQLite's error
 */
export function movePattern(database: Database, move: PatternMove): void {
  const { from, to, name, code } = move;
  const lines = lineCount(code);
  if (from === to) {
    database
      .prepare<[string, string, number, string]>(
        'UPDATE patterns SET name = ?, code = ?, lines = ? WHERE id = ?',
      )
      .run(name, code, lines, to);
    return;
  }
  const rows = new DescentRows(database);
  const [ours, theirs] = [rows.node(from), rows.node(to)];
  if (!ours) return;
  if (theirs) {
    const isOurs = isEarlierOrigin({ at: ours.originAt, key: ours.originKey }, theirs);
    dropOrigin(database, isOurs ? to : from);
    join(database, move, isOurs);
  } else copy(database, move, lines);
  moveEdges(database, from, to);
  for (const [table, column] of REFERENCES) {
    database
      .prepare<[string, string]>(`UPDATE ${table} SET ${column} = ? WHERE ${column} = ?`)
      .run(to, from);
  }
  // The other pattern may have had the same version, or the same feedback.
  for (const table of KEYED) {
    database
      .prepare<[string, string]>(
        `UPDATE OR IGNORE ${table} SET pattern_id = ? WHERE pattern_id = ?`,
      )
      .run(to, from);
    database.prepare<[string]>(`DELETE FROM ${table} WHERE pattern_id = ?`).run(from);
  }
  database
    .prepare<[string, string]>(
      `INSERT INTO deprecations (pattern_id, reason, at)
       SELECT ?, reason, at FROM deprecations WHERE pattern_id = ? ${LATEST_DEPRECATION}`,
    )
    .run(to, from);
  database.prepare<[string]>('DELETE FROM deprecations WHERE pattern_id = ?').run(from);
  database.prepare<[string]>('DELETE FROM patterns WHERE id = ?').run(from);
}

// --- internal ---

const REFERENCES = [
  ['occurrences', 'pattern_id'],
  ['occurrences', 'replaced_id'],
  ['lineage_events', 'pattern_id'],
] as const;

const KEYED = ['pattern_versions', 'feedback', 'applied_improvements'] as const;

/** Adds the same row with the new id, so that triggers count it and its words as they do for any pattern. */
function copy(database: Database, { from, to, name, code }: PatternMove, lines: number): void {
  const changed: Readonly<Record<string, string>> = {
    id: '@to',
    name: '@name',
    code: '@code',
    lines: '@lines',
  };
  const columns = database
    .prepare<[], string>("SELECT name FROM pragma_table_info('patterns')")
    .pluck()
    .all();
  const values = columns.map((column) => changed[column] ?? `"${column}"`);
  database
    .prepare<[Record<string, string | number>]>(
      `INSERT INTO patterns (${columns.map((column) => `"${column}"`).join(', ')})
       SELECT ${values.join(', ')} FROM patterns WHERE id = @from`,
    )
    .run({ from, to, name, code, lines });
}

/** Adds what one pattern was used to the other; `isOurs`: the origin of the first one is that of both. */
function join(database: Database, { from, to, name }: PatternMove, isOurs: boolean): void {
  if (isOurs) {
    database
      .prepare<[string, string, string]>(
        `UPDATE patterns SET name = ?, language = ours.language, pattern_type = ours.pattern_type,
           origin = ours.origin, origin_at = coalesce(ours.origin_at, ours.first_seen_at),
           origin_key = ours.origin_key
         FROM patterns AS ours WHERE ours.id = ? AND patterns.id = ?`,
      )
      .run(name, from, to);
  } else {
    database
      .prepare<[string]>(
        'UPDATE patterns SET origin_at = coalesce(origin_at, first_seen_at) WHERE id = ?',
      )
      .run(to);
  }
  database
    .prepare<[string, string]>(
      `UPDATE patterns SET occurrences = patterns.occurrences + ours.occurrences,
         first_seen_at = min(patterns.first_seen_at, ours.first_seen_at),
         last_seen_at = max(patterns.last_seen_at, ours.last_seen_at)
       FROM patterns AS ours WHERE ours.id = ? AND patterns.id = ?`,
    )
    .run(from, to);
}

/** Makes the origin of a pattern one occurrence among others: its parents no longer count. */
function dropOrigin(database: Database, id: string): void {
  for (const sql of [
    "UPDATE occurrences SET action = 'applied' WHERE pattern_id = ? AND action != 'applied'",
    'DELETE FROM lineage_edges WHERE child_id = ? AND position >= 0',
    'DELETE FROM pending_edges WHERE child_id = ?',
  ]) {
    database.prepare<[string]>(sql).run(id);
  }
}

/** Renames a pattern in all claims. They are pending until `mendDescent` judges them. */
function moveEdges(database: Database, from: string, to: string): void {
  const ids = { from, to };
  const renamed = (column: string) => `CASE ${column} WHEN @from THEN @to ELSE ${column} END`;
  for (const sql of [
    // Edges of further versions do not make descent, and stay as they are.
    `INSERT OR IGNORE INTO pending_edges (child_id, parent_id, edge_type, transformation_type, created_at, position)
       SELECT ${renamed('child_id')}, ${renamed('parent_id')}, edge_type, transformation_type, created_at, position
       FROM lineage_edges WHERE (child_id = @from OR parent_id = @from) AND position >= 0`,
    `INSERT OR IGNORE INTO lineage_edges (child_id, parent_id, edge_type, transformation_type, created_at, position)
       SELECT ${renamed('child_id')}, ${renamed('parent_id')}, edge_type, transformation_type, created_at, position
       FROM lineage_edges WHERE (child_id = @from OR parent_id = @from) AND position < 0`,
    'DELETE FROM lineage_edges WHERE child_id = @from OR parent_id = @from',
    `INSERT OR IGNORE INTO pending_edges (child_id, parent_id, edge_type, transformation_type, created_at, position)
       SELECT ${renamed('child_id')}, ${renamed('parent_id')}, edge_type, transformation_type, created_at, position
       FROM pending_edges WHERE child_id = @from OR parent_id = @from`,
    'DELETE FROM pending_edges WHERE child_id = @from OR parent_id = @from',
    // A pattern is no parent of itself, and names each parent once.
    'DELETE FROM pending_edges WHERE child_id = parent_id',
    'DELETE FROM lineage_edges WHERE child_id = parent_id',
    `DELETE FROM pending_edges WHERE (child_id = @to OR parent_id = @to) AND EXISTS (
       SELECT 1 FROM lineage_edges AS edge WHERE edge.child_id = pending_edges.child_id
         AND edge.parent_id = pending_edges.parent_id AND edge.position >= 0)`,
  ]) {
    const parameters = Object.fromEntries(
      Object.entries(ids).filter(([name]) => sql.includes(`@${name}`)),
    );
    database.prepare<[Record<string, string>]>(sql).run(parameters);
  }
}
