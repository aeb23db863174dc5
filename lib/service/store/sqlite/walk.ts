import type { EdgeType, TransformationType } from '../../../lineage-api/lineage-event.ts';
import type { Database } from '../../../store/database/database.ts';
import type { Evolution, EvolutionEdge, EvolutionNode } from '../rows/evolution.ts';
import type { Direction, Relative, Relatives, WalkLimits } from '../rows/relatives.ts';
import type { PatternNode } from '../rows/tracked-event.ts';

/** What a pattern came from, or what came from it, nearest first. */
export function relativesOf(
  database: Database,
  id: string,
  direction: Direction,
  limits: WalkLimits,
): Relatives | undefined {
  const node = database
    .prepare<[string], Relatives['node']>(
      `SELECT id AS patternId, version, lineage_id AS lineageId, generation,
         first_seen_at AS createdAt FROM patterns WHERE id = ?`,
    )
    .get(id);
  if (!node) return undefined;
  return { node, ...walk(database, id, direction, limits) };
}

/** All versions of a pattern and of its relatives in either direction. */
export function evolutionOf(
  database: Database,
  id: string,
  limits: WalkLimits,
): Evolution | undefined {
  const up = relativesOf(database, id, 'ancestry', limits);
  if (!up) return undefined;
  const down = walk(database, id, 'descendants', limits);
  const ids = [id, ...[...up.relatives, ...down.relatives].map(({ patternId }) => patternId)];
  const shown = new Set(ids.slice(0, limits.rows));
  const first = database.prepare<[string], EvolutionNode>(
    `SELECT id AS patternId, version, lineage_id AS lineageId, generation, name,
       pattern_type AS patternType, first_seen_at AS createdAt FROM patterns WHERE id = ?`,
  );
  const further = database.prepare<[string, number], VersionRow>(
    `SELECT version, generation, name, pattern_type AS patternType, from_version AS fromVersion,
       edge_type AS edgeType, transformation_type AS transformationType, at AS createdAt
     FROM pattern_versions WHERE pattern_id = ? ORDER BY at, version LIMIT ?`,
  );
  const nodes: EvolutionNode[] = [];
  const edges: EvolutionEdge[] = [];
  const firsts = new Map<string, EvolutionNode>();
  let isCut = up.isCut || down.isCut || ids.length > limits.rows;
  for (const shownId of shown) {
    if (nodes.length >= limits.rows) {
      isCut = true;
      break;
    }
    const node = first.get(shownId);
    if (!node) continue; // an edge to what is not there
    firsts.set(shownId, node);
    nodes.push(node);
    const left = limits.rows - nodes.length;
    const versions = further.all(shownId, Math.max(left, 0) + 1);
    isCut ||= versions.length > left;
    const own = new Map<string, PatternNode>([[node.version, node]]);
    for (const { fromVersion, edgeType, transformationType, ...row } of versions.slice(
      0,
      Math.max(left, 0),
    )) {
      const version = { ...row, patternId: shownId, lineageId: node.lineageId };
      nodes.push(version);
      own.set(version.version, version);
      const source = own.get(fromVersion ?? node.version) ?? node;
      const { createdAt } = version;
      edges.push({ source, target: version, edgeType, transformationType, createdAt });
    }
  }
  edges.push(...edgesAmong(database, firsts));
  nodes.sort((a, b) => a.generation - b.generation || a.createdAt - b.createdAt);
  return { nodes, edges, isCut };
}

// --- internal ---

interface VersionRow extends Omit<EvolutionNode, 'patternId' | 'lineageId'> {
  readonly fromVersion: string | null;
  readonly edgeType: EdgeType;
  readonly transformationType: TransformationType | null;
}

function walk(database: Database, start: string, direction: Direction, limits: WalkLimits) {
  const [from, to] =
    direction === 'ancestry' ? ['child_id', 'parent_id'] : ['parent_id', 'child_id'];
  const next = database.prepare<[string], Omit<Relative, 'depth'>>(
    `SELECT p.id AS patternId, p.version, p.lineage_id AS lineageId, p.generation, p.name,
       edge.edge_type AS edgeType, edge.transformation_type AS transformationType,
       edge.created_at AS createdAt
     FROM lineage_edges edge JOIN patterns p ON p.id = edge.${to}
     WHERE edge.${from} = ? ORDER BY edge.created_at, p.id`,
  );
  const seen = new Set([start]);
  const relatives: Relative[] = [];
  let ring = [start];
  for (let depth = 1; ring.length > 0; depth++) {
    const outer: string[] = [];
    for (const id of ring) {
      for (const found of next.iterate(id)) {
        if (seen.has(found.patternId)) continue;
        if (depth > limits.depth || relatives.length >= limits.rows) {
          return { relatives, isCut: true };
        }
        seen.add(found.patternId);
        relatives.push({ ...found, depth });
        outer.push(found.patternId);
      }
    }
    ring = outer;
  }
  return { relatives, isCut: false };
}

function edgesAmong(
  database: Database,
  nodes: ReadonlyMap<string, EvolutionNode>,
): EvolutionEdge[] {
  const up = database.prepare<[string], EdgeRow>(
    `SELECT parent_id AS parentId, edge_type AS edgeType,
       transformation_type AS transformationType, created_at AS createdAt
     FROM lineage_edges WHERE child_id = ? ORDER BY created_at, parent_id`,
  );
  return [...nodes.values()].flatMap((target) =>
    up.all(target.patternId).flatMap(({ parentId, ...edge }) => {
      const source = nodes.get(parentId);
      return source ? [{ source, target, ...edge }] : [];
    }),
  );
}

interface EdgeRow extends Omit<EvolutionEdge, 'source' | 'target'> {
  readonly parentId: string;
}
