import { basename } from 'node:path';
import type { Database } from '../../store/database/database.ts';

/** Redacts the roots of projects; two that become the same are one project from then on. */
export function redactProjects(
  database: Database,
  clean: (root: string) => string,
  onChange: () => void,
): void {
  const idOf = database.prepare<[string], number>('SELECT id FROM projects WHERE root = ?').pluck();
  const all = database
    .prepare<[], { id: number; root: string }>('SELECT id, root FROM projects ORDER BY id')
    .all();
  for (const { id, root } of all) {
    const cleaned = clean(root);
    if (cleaned === root) continue;
    onChange();
    const other = idOf.get(cleaned);
    if (other === undefined) {
      database
        .prepare<[string, string, number]>('UPDATE projects SET root = ?, name = ? WHERE id = ?')
        .run(cleaned, basename(cleaned), id);
    } else {
      for (const table of ['sessions', 'occurrences']) {
        database
          .prepare<[number, number]>(`UPDATE ${table} SET project_id = ? WHERE project_id = ?`)
          .run(other, id);
      }
      database.prepare<[number]>('DELETE FROM projects WHERE id = ?').run(id);
    }
  }
  const counted = database
    .prepare<[], string>('SELECT DISTINCT project FROM redaction_counts')
    .pluck()
    .all();
  for (const root of counted) {
    const cleaned = clean(root);
    if (cleaned !== root) moveCounts(database, root, cleaned);
  }
}

// --- internal ---

function moveCounts(database: Database, from: string, to: string): void {
  database
    .prepare<[string, string]>(
      `INSERT INTO redaction_counts (day, project, rule, count, left_out)
       SELECT day, ?, rule, count, left_out FROM redaction_counts WHERE project = ?
       ON CONFLICT (day, project, rule) DO UPDATE
       SET count = count + excluded.count, left_out = left_out + excluded.left_out`,
    )
    .run(to, from);
  database.prepare<[string]>('DELETE FROM redaction_counts WHERE project = ?').run(from);
}
