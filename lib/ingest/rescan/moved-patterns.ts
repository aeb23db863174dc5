import { asObject, asString } from '../../base/json.ts';
import { dropRows } from '../../delivery/store/outbox-rows.ts';
import { trimCode } from '../../pattern/identify.ts';
import type { Database } from '../../store/database/database.ts';
import type { PatternMove } from '../../store/maintenance/pattern-move.ts';
import { eraseAt, toldPatterns } from '../told-patterns.ts';
import type { PatternText } from './redacted-pattern.ts';

/** Gives the rows of the outbox that are about a pattern, or name it, its new id and code. */
export function replaceInOutbox(
  database: Database,
  { id, code }: PatternText,
  { to, code: redacted, name }: PatternMove,
): void {
  const rows = database
    .prepare<[string, string], { id: number; eventId: string; patternId: string; body: string }>(
      `SELECT id, event_id AS eventId, pattern_id AS patternId, body FROM outbox
       WHERE pattern_id = ? OR instr(body, ?)`,
    )
    .all(id, `"${id}"`);
  const write = database.prepare<[string, string, number]>(
    'UPDATE outbox SET body = ?, pattern_id = ? WHERE id = ?',
  );
  for (const row of rows) {
    // The event that only introduces the pattern is made anew, if it is still needed.
    if (row.patternId === id && row.eventId === `pattern-${id}` && id !== to) {
      dropRows(database, { ids: [row.id], limit: -1 });
      continue;
    }
    const own = row.patternId === id;
    // In JSON, an id between quotes is a whole text.
    const event = asObject(JSON.parse(row.body.replaceAll(`"${id}"`, `"${to}"`)));
    if (!event) continue;
    const data = asObject(event['pattern_data']);
    const told = asString(data?.['code']);
    const isCode = own && told !== undefined && trimCode(told) === trimCode(code);
    const next = {
      ...event,
      ...(own && asString(event['pattern_name']) !== undefined ? { pattern_name: name } : {}),
      ...(data && isCode ? { pattern_data: { ...data, code: redacted } } : {}),
    };
    write.run(JSON.stringify(next), own ? to : row.patternId, row.id);
  }
}

/**
 * Has every server that knows a pattern under its old id delete it, and tells it of the pattern under its new id.
 * Returns how many each destination is asked to delete. Call it when lineage is right again.
 */
export function tellOfMoves(
  database: Database,
  moves: ReadonlyMap<string, string>,
  now: number,
): Record<string, number> {
  database.exec(`UPDATE outbox SET lineage_id =
      coalesce((SELECT lineage_id FROM patterns WHERE id = outbox.pattern_id), pattern_id)
    WHERE pattern_id != '' AND lineage_id NOT IN (SELECT lineage_id FROM patterns)`);
  return eraseAt(database, toldPatterns(database, [...moves.keys()]), now, (gone) =>
    gone.flatMap((id) => moves.get(id) ?? []),
  );
}
