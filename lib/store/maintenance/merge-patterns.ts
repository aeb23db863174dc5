import { Descent } from '../../pattern/descent.ts';
import type { DescentNode } from '../../pattern/descent.ts';
import type { Database } from '../database/database.ts';
import { claimsSql, DESCENT_COLUMNS, DescentRows, judgedClaim } from '../writers/descent-rows.ts';
import type { ClaimRow } from '../writers/descent-rows.ts';

/**
 * Adds the patterns of the database that is attached as `later` to `database`, with their descent. Of a
 * pattern that both have, the earlier origin holds. Call it in the transaction that adds the occurrences,
 * before it adds them.
 *
 * @throws SQLite's error
 */
export function mergePatterns(database: Database): void {
  const rows = new DescentRows(database);
  const later = database.prepare<[], { id: string } & DescentNode>(
    `SELECT id, ${DESCENT_COLUMNS} FROM later.patterns ORDER BY originAt`,
  );
  const claims = database.prepare<[string, string], ClaimRow>(claimsSql('later'));
  const columns = database
    .prepare<[], string>("SELECT name FROM pragma_table_info('patterns', 'main')")
    .pluck()
    .all()
    .join(', ');
  const add = database.prepare<[string]>(
    `INSERT INTO main.patterns (${columns}) SELECT ${columns} FROM later.patterns WHERE id = ?`,
  );
  const setDescent = database.prepare<[string, number, string, string]>(
    'UPDATE main.patterns SET origin = ?, generation = ?, lineage_id = ? WHERE id = ?',
  );
  const see = database.prepare<[string]>(
    `UPDATE main.patterns SET origin_at = CASE WHEN other.first_seen_at < own.first_seen_at
         THEN coalesce(own.origin_at, own.first_seen_at) ELSE own.origin_at END,
       first_seen_at = min(own.first_seen_at, other.first_seen_at),
       last_seen_at = max(own.last_seen_at, other.last_seen_at)
     FROM later.patterns AS other, main.patterns AS own
     WHERE other.id = ? AND own.id = other.id AND patterns.id = own.id`,
  );
  const rename = database.prepare<[string]>(
    `UPDATE main.patterns SET name = other.name, language = other.language,
       pattern_type = other.pattern_type
     FROM later.patterns AS other WHERE other.id = ? AND patterns.id = other.id`,
  );
  for (const { id, originAt: at, originKey: key } of later.all()) {
    const descent = new Descent(rows);
    const isKnown = descent.node(id) !== undefined;
    const isOrigin = descent.tell({
      patternId: id,
      at,
      key,
      claims: claims.all(id, id).map(judgedClaim),
    });
    const told = isOrigin ? descent.told(id) : undefined;
    if (isKnown) {
      see.run(id);
      if (told) rename.run(id);
    } else if (told) {
      add.run(id);
      setDescent.run(told.origin, told.generation, told.lineageId, id);
    }
    rows.apply(descent.changes());
  }
}
