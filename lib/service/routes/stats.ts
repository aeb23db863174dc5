import {
  failureReplySchema,
  statsReplySchema,
  validateReplySchema,
} from '../../lineage-api/service-reply.ts';
import { validateRequestSchema } from '../../lineage-api/service-request.ts';
import type { PatternStore } from '../store/pattern-store.ts';
import { patternNotFound } from '../http/http-fault.ts';
import { okReply, route } from '../http/route.ts';
import type { Route } from '../http/route.ts';
import { isoTime } from '../../base/clock.ts';

/** Routes that count what is stored and check that it is consistent. */
export const statsRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/stats',
    tag: 'Patterns',
    summary: 'Count patterns, lineages, occurrences, edges, sessions and tool calls',
    scope: 'read',
    replies: { 200: statsReplySchema },
    async handle({ store, elapsedMs }) {
      const stats = await store.stats();
      const data = {
        total_patterns: stats.patterns,
        total_lineages: stats.lineages,
        total_occurrences: stats.occurrences,
        total_edges: stats.edges,
        total_sessions: stats.sessions,
        total_tool_calls: stats.toolCalls,
        languages: stats.languages,
        last_seen_at: stats.lastSeenAt === null ? null : isoTime(stats.lastSeenAt),
      };
      return okReply({ success: true, data, metadata: { processing_time_ms: elapsedMs() } });
    },
  }),
  route({
    method: 'POST',
    path: '/validate',
    tag: 'Patterns',
    summary: 'Check that the stored data is consistent',
    description:
      'Checks one pattern with its edges; without `pattern_id`, the newest 10,000 patterns.',
    scope: 'read',
    body: validateRequestSchema,
    replies: { 200: validateReplySchema, 404: failureReplySchema },
    async handle({ store, body, elapsedMs }) {
      const patternId = body.pattern_id ?? undefined;
      const report = await store.integrity(patternId);
      if (patternId !== undefined && report.patternsChecked === 0) {
        throw patternNotFound(patternId, elapsedMs());
      }
      const checks = {
        lineage: body.check_lineage
          ? checked([
              ...report.brokenEdges.map(
                ({ childId, parentId }) => `edge from ${parentId} to ${childId}: one is not there`,
              ),
              ...report.wrongGenerations.map((id) => `${id}: generation not above its parents'`),
            ])
          : null,
        orphans: body.check_orphans
          ? checked(report.orphans.map((id) => `${id}: modified from something, and has no parent`))
          : null,
        analytics: body.check_analytics ? checked(await countProblems(store, patternId)) : null,
      };
      const all = [checks.lineage, checks.orphans, checks.analytics];
      return okReply({
        success: true,
        data: {
          is_valid: all.every((check) => check?.is_valid !== false),
          checks,
          patterns_checked: report.patternsChecked,
          edges_checked: report.edgesChecked,
        },
        metadata: { processing_time_ms: elapsedMs() },
      });
    },
  }),
];

// --- internal ---

function checked(problems: readonly string[]) {
  return { is_valid: problems.length === 0, problems };
}

/** Describes counts and times that contradict each other; analytics rest on them. */
async function countProblems(store: PatternStore, id: string | undefined): Promise<string[]> {
  if (id === undefined) {
    const { patterns, lineages } = await store.stats();
    return lineages > patterns ? [`${lineages} lineages of ${patterns} patterns`] : [];
  }
  const pattern = await store.pattern(id);
  if (!pattern) return [];
  const problems = [];
  if (pattern.recent.length > pattern.occurrences) {
    problems.push(`${id}: ${pattern.occurrences} occurrences, and more are listed`);
  }
  if (pattern.firstSeenAt > pattern.lastSeenAt) problems.push(`${id}: last seen before first seen`);
  return problems;
}
