import { evolutionReplySchema, lineageReplySchema } from '../../lineage-api/lineage-reply.ts';
import { failureReplySchema } from '../../lineage-api/service-reply.ts';
import { lineageQuerySchema } from '../../lineage-api/service-request.ts';
import type { EvolutionNode } from '../store/rows/evolution.ts';
import type { Relative, Relatives } from '../store/rows/relatives.ts';
import type { PatternNode } from '../store/rows/tracked-event.ts';
import { patternNotFound } from '../http/http-fault.ts';
import { lineageUuid, nodeId, uuidOf } from '../replies/node-id.ts';
import { ok, route } from '../http/route.ts';
import type { Route } from '../http/route.ts';
import { isoTime } from '../replies/iso-time.ts';

/** How far lineage is followed: 20 steps and 1,000 patterns, the limits of the older servers. */
const LIMITS = { depth: 20, rows: 1_000 } as const;

/** Routes for ancestors, descendants and the evolution of a pattern. */
export const lineageRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/lineage/{pattern_id}',
    tag: 'Lineage',
    summary: 'What a pattern came from, or what became of it',
    description: `Follows all generations, up to ${LIMITS.depth} steps and ${LIMITS.rows} patterns.`,
    scope: 'read',
    query: lineageQuerySchema,
    replies: { 200: lineageReplySchema, 404: failureReplySchema },
    async handle({ store, patternId, query, requestId, elapsedMs }) {
      const { query_type } = query;
      const found = await store.relatives(patternId, query_type, LIMITS);
      if (!found) throw patternNotFound(patternId, elapsedMs());
      const data = query_type === 'ancestry' ? ancestryData(found) : descendantsData(found);
      const metadata = {
        correlation_id: requestId,
        pattern_id: patternId,
        query_type,
        processing_time_ms: elapsedMs(),
      };
      return ok({ success: true, data, metadata });
    },
  }),
  route({
    method: 'GET',
    path: '/lineage/{pattern_id}/evolution',
    tag: 'Lineage',
    summary: 'Every version of a pattern and of its relatives, and how they are connected',
    scope: 'read',
    replies: { 200: evolutionReplySchema, 404: failureReplySchema },
    async handle({ store, patternId, requestId, elapsedMs }) {
      const found = await store.evolution(patternId, LIMITS);
      if (!found) throw patternNotFound(patternId, elapsedMs());
      const nodes = found.nodes.toSorted(byGeneration).map((node) => ({
        node_id: nodeId(node),
        pattern_id: node.patternId,
        pattern_name: node.name,
        pattern_type: node.patternType,
        version: node.version,
        generation: node.generation,
        created_at: isoTime(node.createdAt),
        metadata: {},
      }));
      const edges = found.edges.map(({ source, target, ...edge }) => ({
        edge_id: uuidOf(`edge\0${nodeId(source)}\0${nodeId(target)}\0${edge.edgeType}`),
        source_node_id: nodeId(source),
        target_node_id: nodeId(target),
        source_pattern_id: source.patternId,
        target_pattern_id: target.patternId,
        source_version: source.version,
        target_version: target.version,
        edge_type: edge.edgeType,
        transformation_type: edge.transformationType,
        edge_weight: 1,
        created_at: isoTime(edge.createdAt),
        metadata: {},
      }));
      edges.sort((a, b) => order(a.created_at, b.created_at) || order(a.edge_id, b.edge_id));
      return ok({
        success: true,
        data: {
          pattern_id: patternId,
          total_versions: nodes.length,
          evolution_nodes: nodes,
          evolution_edges: edges,
          is_truncated: found.isCut,
        },
        metadata: {
          correlation_id: requestId,
          processing_time_ms: elapsedMs(),
          total_nodes: nodes.length,
          total_edges: edges.length,
        },
      });
    },
  }),
];

// --- internal ---

// Stores return patterns of equal rank in any order; sorting gives clients the same reply each time.

function byGeneration(a: EvolutionNode, b: EvolutionNode): number {
  return (
    a.generation - b.generation || order(a.patternId, b.patternId) || order(a.version, b.version)
  );
}

function byDepth(a: Relative, b: Relative): number {
  return a.depth - b.depth || order(a.patternId, b.patternId) || order(a.version, b.version);
}

function order(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function ancestryData({ node, relatives, isCut }: Relatives) {
  const self = {
    ancestor_id: nodeId(node),
    ancestor_pattern_id: node.patternId,
    generation: node.generation,
    depth: 0,
    edge_type: null,
    transformation_type: null,
    created_at: isoTime(node.createdAt),
  };
  const ancestors = relatives.toSorted(byDepth).map((ancestor) => ({
    ancestor_id: nodeId(ancestor),
    ancestor_pattern_id: ancestor.patternId,
    pattern_name: ancestor.name,
    generation: ancestor.generation,
    depth: ancestor.depth,
    edge_type: ancestor.edgeType,
    transformation_type: ancestor.transformationType,
    created_at: isoTime(ancestor.createdAt),
  }));
  return {
    ...ownIds(node),
    ancestors: [self, ...ancestors],
    ancestry_depth: Math.max(0, ...relatives.map(({ depth }) => depth)),
    total_ancestors: ancestors.length,
    is_truncated: isCut,
  };
}

function descendantsData({ node, relatives, isCut }: Relatives) {
  const descendants = relatives.toSorted(byDepth).map((descendant) => ({
    descendant_id: nodeId(descendant),
    descendant_pattern_id: descendant.patternId,
    pattern_name: descendant.name,
    generation: descendant.generation,
    depth: descendant.depth,
    edge_type: descendant.edgeType,
    transformation_type: descendant.transformationType,
    created_at: isoTime(descendant.createdAt),
  }));
  return {
    ...ownIds(node),
    descendants,
    total_descendants: descendants.length,
    is_truncated: isCut,
  };
}

function ownIds(node: PatternNode) {
  return {
    pattern_id: node.patternId,
    pattern_node_id: nodeId(node),
    lineage_id: lineageUuid(node.lineageId),
  };
}
