import { Descent, inherited } from '../../pattern/descent.ts';
import type { DescentChange, DescentNode, PatternDescent } from '../../pattern/descent.ts';
import type { Database } from '../database/database.ts';
import { DESCENT_COLUMNS, DescentRows } from '../writers/descent-rows.ts';

/** A pattern whose stored descent does not follow from its origin by the rules of lineage. */
export interface DescentFault {
  /** `edges`: it is stored wrongly which claims count; `pattern`: only the pattern's own row is wrong. */
  readonly kind: 'edges' | 'pattern';
  /** The change that mends it. */
  readonly change: DescentChange;
}

/**
 * Works out the descent of every pattern again, and compares it with what is stored. Reads all patterns,
 * and keeps about 100 bytes of memory for each.
 *
 * @param from `stored` judges each pattern by its parents as they are stored: a fault is reported where it
 *   is, and not for everything that follows from it. `mended` judges it by its parents as they should be:
 *   the faults together are all that has to change.
 * @throws SQLite's error
 */
export function descentFaults(database: Database, from: 'stored' | 'mended'): DescentFault[] {
  const rows = new DescentRows(database);
  const faults: DescentFault[] = [];
  const settled = new Map<string, DescentNode>();
  for (const moment of moments(database)) {
    // Parents originated earlier, and are settled already, or in the same millisecond.
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
        .flatMap(({ parentId, edgeType }) => {
          const parent = stored.get(parentId) ?? settled.get(parentId);
          return parent ? [{ ...parent, edgeType }] : [];
        });
      const expected = from === 'stored' ? inherited(after.id, parents) : after;
      const kind = faultOf(before, after.claims, expected);
      if (kind) faults.push({ kind, change: { before, after, isRedrawn: true } });
    }
  }
  return faults;
}

/** Stores the descent of every pattern as it follows from its origin. @throws SQLite's error */
export function mendDescent(database: Database): void {
  new DescentRows(database).apply(descentFaults(database, 'mended').map(({ change }) => change));
}

// --- internal ---

interface PatternRow extends DescentNode {
  readonly id: string;
  readonly origin: string;
}

/** All patterns, grouped by the millisecond of their origin, earliest first. */
function* moments(database: Database): Generator<PatternRow[]> {
  const patterns = database
    .prepare<[], PatternRow>(
      `SELECT id, origin, ${DESCENT_COLUMNS} FROM patterns ORDER BY originAt`,
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

/** Drops the rest of the row, because one node is kept for every pattern. */
function nodeOf({ generation, lineageId, originAt, originKey }: DescentNode): DescentNode {
  return { generation, lineageId, originAt, originKey };
}
