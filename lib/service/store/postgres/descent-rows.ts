import type { TrackPlan } from '../track-plan.ts';
import type { Family } from './known.ts';

/** The patterns whose descent the plan rests on, as they were read. */
export function nodeRows(
  { descents }: Pick<TrackPlan, 'descents'>,
  { ids: family, descent }: Family,
) {
  const ids = new Set(family);
  for (const { after } of descents) for (const { parentId } of after.claims) ids.add(parentId);
  const added = new Set(descents.flatMap(({ before, after }) => (before ? [] : after.id)));
  return [...ids].flatMap((id) => {
    const node = descent.node(id);
    if (!node && added.has(id)) return [];
    return {
      id,
      origin_at: node?.originAt ?? null,
      generation: node?.generation ?? null,
      lineage_id: node?.lineageId ?? null,
    };
  });
}

/** What changes in the descent of stored patterns. */
export function descentRows({ descents }: Pick<TrackPlan, 'descents'>) {
  return descents.flatMap(({ before, after, isRedrawn }) => {
    if (!before) return [];
    return {
      id: after.id,
      is_redrawn: isRedrawn,
      is_origin_new: before.originAt !== after.originAt || before.originKey !== after.originKey,
      origin: after.origin,
      generation: after.generation,
      lineage_id: after.lineageId,
      origin_at: after.originAt,
      origin_key: after.originKey,
    };
  });
}

/** The edges that a plan draws, those that count and those that do not. */
export function edgeRows({ descents, versionEdges }: Pick<TrackPlan, 'descents' | 'versionEdges'>) {
  const claimed = descents.flatMap(({ after, isRedrawn }) =>
    (isRedrawn ? after.claims : []).map((claim, position) => ({
      ...claim,
      childId: after.id,
      position,
    })),
  );
  const kept = new Set(claimed.map(({ childId, parentId }) => JSON.stringify([childId, parentId])));
  const met = new Set<string>();
  const drawn = versionEdges.filter(({ childId, parentId }) => {
    const key = JSON.stringify([childId, parentId]);
    if (kept.has(key) || met.has(key)) return false; // one statement cannot write a row twice
    met.add(key);
    return true;
  });
  return [
    ...claimed,
    ...drawn.map((edge) => ({ ...edge, position: VERSION_EDGE, counts: true })),
  ].map((edge) => ({
    child_id: edge.childId,
    parent_id: edge.parentId,
    edge_type: edge.edgeType,
    transformation_type: edge.transformationType,
    created_at: edge.at,
    position: edge.position,
    counts: edge.counts,
  }));
}

// --- internal ---

/** The position of an edge from a further version, which is no claim of the pattern's origin. */
const VERSION_EDGE = -1;
