import { isEarlierOrigin } from '../../../pattern/descent.ts';
import type { DescentNode, JudgedClaim, KnownDescent } from '../../../pattern/descent.ts';
import { REMEMBERED_MS } from '../rows/forgetting.ts';
import type { TrackedEvent } from '../rows/tracked-event.ts';
import type { KnownNode, KnownState, TrackNeeds } from '../track-plan.ts';
import type { Sql } from './connection.ts';

/** Stored patterns whose descent may change together. */
export interface Family {
  readonly ids: readonly string[];
  readonly descent: KnownDescent;
}

/** What was read to plan events. */
export interface Known {
  readonly state: KnownState;
  /** The stored patterns whose descent the events may change. */
  readonly family: Family;
}

/**
 * Reads what has to be known to plan `events`. This takes one round trip, or two if an event may change the
 * descent of patterns that are stored.
 *
 * @throws PostgreSQL's error
 */
export async function readKnown(
  sql: Sql,
  tenant: string,
  { eventIds, keys, patternIds }: TrackNeeds,
  events: readonly TrackedEvent[],
): Promise<Known> {
  const ids = [...patternIds];
  const [row] = await sql<KnownRow[]>`
    SELECT
      (SELECT json_agg(event_id) FROM event_ids
       WHERE tenant = ${tenant} AND event_id = ANY(${[...eventIds]}::text[])) AS events,
      ${requestsOf(sql, tenant, keys)} AS requests,
      (SELECT json_agg(e.event_id) FROM json_to_recordset(${JSON.stringify(agedEvents(events))}::text::json)
         AS aged (at bigint, id text COLLATE "C")
       JOIN events e ON e.tenant = ${tenant} AND e.at = aged.at AND e.event_id = aged.id) AS aged,
      (SELECT json_agg(json_build_array(id, version, lineage_id, generation,
         coalesce(origin_at, first_seen_at), coalesce(origin_key, '')))
       FROM patterns WHERE tenant = ${tenant} AND id = ANY(${ids}::text[])) AS firsts,
      (SELECT json_agg(json_build_array(pattern_id, version, generation) ORDER BY at, version)
       FROM pattern_versions
       WHERE tenant = ${tenant} AND pattern_id = ANY(${ids}::text[])) AS further,
      (SELECT json_agg(DISTINCT parent_id) FROM pending_edges
       WHERE tenant = ${tenant} AND parent_id = ANY(${ids}::text[])) AS awaited,
      (SELECT json_agg(name) FROM (
         SELECT 'event ' || unnest(${[...eventIds]}::text[]) AS name
         UNION ALL SELECT 'pattern ' || unnest(${ids}::text[])) AS given
       WHERE EXISTS (SELECT FROM forgotten_lineage WHERE tenant = ${tenant}) AND EXISTS (
         SELECT FROM forgotten_lineage
         WHERE tenant = ${tenant} AND digest = sha256(convert_to(name, 'UTF8')))) AS forgotten`;
  const nodes = new Map<string, DescentNode>();
  const versions: KnownNode[] = [];
  for (const [patternId, version, lineageId, generation, originAt, originKey] of row?.firsts ??
    []) {
    nodes.set(patternId, { lineageId, generation, originAt, originKey });
    versions.push({ patternId, version, lineageId, generation, isFirst: true });
  }
  for (const [patternId, version, generation] of row?.further ?? []) {
    const lineageId = nodes.get(patternId)?.lineageId ?? patternId;
    versions.push({ patternId, version, lineageId, generation, isFirst: false });
  }
  const forgotten = new Set(row?.forgotten);
  const applied = new Set([...(row?.events ?? []), ...(row?.aged ?? [])]);
  for (const id of eventIds) if (forgotten.has(`event ${id}`)) applied.add(id);
  const awaited = new Set(row?.awaited);
  const moved = events.filter(({ eventId, patternId, at }) => {
    if (applied.has(eventId)) return false;
    const node = nodes.get(patternId);
    return node ? isEarlierOrigin({ at, key: eventId }, node) : awaited.has(patternId);
  });
  const roots = new Set(moved.map(({ patternId }) => patternId));
  const claims = roots.size > 0 ? await readFamily(sql, tenant, [...roots], nodes) : NO_CLAIMS;
  const family = familyOf(nodes, claims);
  return {
    state: {
      eventIds: applied,
      requests: new Map(Object.entries(row?.requests ?? {})),
      forgotten: new Set(ids.filter((id) => forgotten.has(`pattern ${id}`) && !nodes.has(id))),
      nodes: versions,
      descent: family.descent,
    },
    family,
  };
}

/** Reads what has to be known to delete patterns and origins: `roots`, and all that descends from them. */
export async function readDescendants(
  sql: Sql,
  tenant: string,
  roots: readonly string[],
): Promise<Family> {
  const nodes = new Map<string, DescentNode>();
  const claims = roots.length > 0 ? await readFamily(sql, tenant, roots, nodes) : NO_CLAIMS;
  return familyOf(nodes, claims);
}

// --- internal ---

interface KnownRow {
  readonly events: readonly string[] | null;
  readonly aged: readonly string[] | null;
  readonly requests: Readonly<Record<string, string>> | null;
  readonly firsts: readonly FirstColumns[] | null;
  readonly further: readonly (readonly [string, string, number])[] | null;
  readonly awaited: readonly string[] | null;
  /** "event ID" and "pattern ID" of what was deleted. */
  readonly forgotten: readonly string[] | null;
}

type FirstColumns = readonly [
  id: string,
  version: string,
  lineageId: string,
  generation: number,
  originAt: number,
  originKey: string,
];

/** Who had the keys before; looked for only where a request has one, which is seldom. */
function requestsOf(sql: Sql, tenant: string, keys: readonly string[]) {
  if (keys.length === 0) return sql`NULL::json`;
  return sql`(SELECT json_object_agg(event_id, request) FROM event_ids
    WHERE tenant = ${tenant} AND event_id = ANY(${[...keys]}::text[]) AND request IS NOT NULL)`;
}

/** Events so old that their ids may have been dropped. If such an event is kept, it is found by its time. */
function agedEvents(events: readonly TrackedEvent[]) {
  return events
    .filter(({ at, receivedAt }) => receivedAt - at > REMEMBERED_MS)
    .map(({ at, eventId }) => ({ at, id: eventId }));
}

const NO_CLAIMS: ReadonlyMap<string, readonly JudgedClaim[]> = new Map();

function familyOf(
  nodes: ReadonlyMap<string, DescentNode>,
  claims: ReadonlyMap<string, readonly JudgedClaim[]>,
): Family {
  const claimants = new Map<string, string[]>();
  for (const [id, own] of claims) {
    for (const { parentId } of own) {
      const others = claimants.get(parentId);
      if (others) others.push(id);
      else claimants.set(parentId, [id]);
    }
  }
  return {
    ids: [...claims.keys()].filter((id) => nodes.has(id)),
    descent: {
      node: (id) => nodes.get(id),
      claims: (id) => claims.get(id) ?? [],
      claimants: (id) => claimants.get(id) ?? [],
    },
  };
}

interface FamilyRow extends JudgedClaim {
  readonly childId: string;
}

/**
 * Reads the claims of `roots`, and of all patterns that claim them, directly or through others. The keys of the
 * map are the claiming patterns. Adds these patterns and their parents to `nodes`.
 */
async function readFamily(
  sql: Sql,
  tenant: string,
  roots: readonly string[],
  nodes: Map<string, DescentNode>,
): Promise<ReadonlyMap<string, readonly JudgedClaim[]>> {
  const [row] = await sql<{ claims: FamilyRow[]; nodes: (DescentNode & { id: string })[] }[]>`
    WITH RECURSIVE family (id) AS (
      SELECT unnest(${[...roots]}::text[]) COLLATE "C"
      UNION
      SELECT claimant.child_id FROM family CROSS JOIN LATERAL (
        SELECT child_id FROM lineage_edges
        WHERE tenant = ${tenant} AND parent_id = family.id AND position >= 0
        UNION ALL
        SELECT child_id FROM pending_edges WHERE tenant = ${tenant} AND parent_id = family.id
      ) AS claimant
    ), claims AS MATERIALIZED (
      SELECT claim.* FROM family CROSS JOIN LATERAL (
        SELECT child_id, parent_id, edge_type, transformation_type, created_at, position,
          true AS counts
        FROM lineage_edges WHERE tenant = ${tenant} AND child_id = family.id AND position >= 0
        UNION ALL
        SELECT child_id, parent_id, edge_type, transformation_type, created_at, position, false
        FROM pending_edges WHERE tenant = ${tenant} AND child_id = family.id
      ) AS claim
    )
    SELECT
      (SELECT coalesce(json_agg(json_build_object('childId', child_id, 'parentId', parent_id,
         'edgeType', edge_type, 'transformationType', transformation_type, 'at', created_at,
         'counts', counts) ORDER BY position, parent_id), '[]') FROM claims) AS claims,
      (SELECT coalesce(json_agg(json_build_object('id', id, 'originAt', coalesce(origin_at, first_seen_at),
         'originKey', coalesce(origin_key, ''), 'generation', generation,
         'lineageId', lineage_id)), '[]')
       FROM patterns WHERE tenant = ${tenant} AND id IN (
         SELECT id FROM family UNION SELECT parent_id FROM claims)) AS nodes`;
  for (const { id, ...node } of row?.nodes ?? []) nodes.set(id, node);
  const claims = new Map<string, JudgedClaim[]>(roots.map((id) => [id, []]));
  for (const { childId, ...claim } of row?.claims ?? []) {
    const own = claims.get(childId);
    if (own) own.push(claim);
    else claims.set(childId, [claim]);
  }
  return claims;
}
