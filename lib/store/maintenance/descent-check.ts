import { Descent, inherited } from '../../pattern/descent.ts';
import type { DescentChange, DescentNode, PatternDescent } from '../../pattern/descent.ts';
import type { Database } from '../database/database.ts';
import { DescentRows } from '../writers/descent-rows.ts';

/** A pattern whose stored descent is not what the rules of lineage make of its origin. */
export interface DescentFault {
  /** `edges`: a claim that counts is held not to, or the reverse; `pattern`: only the pattern's own row. */
  readonly kind: 'edges' | 'pattern';
  /** How to put it right. */
  readonly change: DescentChange;
}

/**
 * Works out the descent of every pattern again and compares it with what is stored. With `from` as
 * `stored`, each pattern is judged by its parents as they are stored, so a fault is found where it is and
 * not in everything that follows from it. With `mended`, the parents are taken as they should be, so the
 * faults are all that has to change. Reads all patterns and keeps about 100 bytes of memory for each.
 *
 * @throws SQLite's error
 */
export function descentFaults(database: Database, from: 'stored' | 'mended'): DescentFault[] {
  const rows = new DescentRows(database);
  const faults: DescentFault[] = [];
  const settled = new Map<string, DescentNode>();
  for (const moment of moments(database)) {
    // Whatever a pattern descends from came earlier, or in the same millisecond.
    const descent = new Descent({
      node: (id) => settled.get(id),
      claims: () => [],
      claimants: () => [],
    });
    const stored = new Map(moment.map((row) => [row.id, { ...row, claims: rows.claims(row.id) }]));
    for (const { id, originAt: at, originKey: key, claims } of stored.values()) {
      descent.tell({ patternId: id, at, key, claims });
    }
    for (const { after } of descent.changes()) {
      const before = stored.get(after.id);
      if (!before) continue;
      settled.set(after.id, nodeOf(from === 'stored' ? before : after));
      const parents = after.claims
        .filter(({ counts }) => counts)
        .flatMap(({ parentId }) => stored.get(parentId) ?? settled.get(parentId) ?? []);
      const expected = from === 'stored' ? inherited(after.id, parents) : after;
      const kind = faultOf(before, after.claims, expected);
      if (kind) faults.push({ kind, change: { before, after } });
    }
  }
  return faults;
}

/** Stores what the rules of lineage make of every pattern's origin. */
export function mendDescent(database: Database): void {
  new DescentRows(database).apply(descentFaults(database, 'mended').map(({ change }) => change));
}

// --- internal ---

interface PatternRow extends DescentNode {
  readonly id: string;
  readonly origin: string;
}

/** All patterns by the millisecond of their origin, the earliest first. */
function* moments(database: Database): Generator<PatternRow[]> {
  const patterns = database
    .prepare<[], PatternRow>(
      `SELECT id, origin, coalesce(origin_at, first_seen_at) AS originAt,
         coalesce(origin_key, '') AS originKey, generation, lineage_id AS lineageId
       FROM patterns ORDER BY 3`,
    )
    .all();
  let moment: PatternRow[] = [];
  for (const row of patterns) {
    if (moment[0] && moment[0].originAt !== row.originAt) {
      yield moment;
      moment = [];
    }
    moment.push(row);
  }
  if (moment.length > 0) yield moment;
}

function faultOf(
  stored: PatternRow & Pick<PatternDescent, 'claims'>,
  claims: PatternDescent['claims'],
  { generation, lineageId, origin }: Pick<PatternDescent, 'generation' | 'lineageId' | 'origin'>,
): DescentFault['kind'] | undefined {
  const judged = new Map(claims.map(({ parentId, counts }) => [parentId, counts]));
  if (stored.claims.some(({ parentId, counts }) => judged.get(parentId) !== counts)) return 'edges';
  const isSame =
    stored.generation === generation && stored.lineageId === lineageId && stored.origin === origin;
  return isSame ? undefined : 'pattern';
}

/** Without the rest of the row, since one is kept for every pattern. */
function nodeOf({ generation, lineageId, originAt, originKey }: DescentNode): DescentNode {
  return { generation, lineageId, originAt, originKey };
}
