import { analyticsReplySchema } from '../../lineage-api/service-reply.ts';
import {
  analyticsGetSchema,
  analyticsQuerySchema,
  analyticsRequestSchema,
  isSet,
} from '../../lineage-api/service-request.ts';
import type { TimeWindowType } from '../../lineage-api/service-request.ts';
import { analyse } from '../analysis/analytics.ts';
import { okReply, route } from '../http/route.ts';
import type { Call, Reply, Route } from '../http/route.ts';
import { noActivity } from '../store/rows/pattern-activity.ts';
import { timeWindow } from '../analysis/time-window.ts';
import { isoTime } from '../../base/clock.ts';

const common = {
  tag: 'Analytics',
  summary: 'How a pattern is used, how well it does, and its trend',
  description:
    'Computed at every request from the stored uses and feedback. Rates are 0 to 1, and 0 where their counts are. ' +
    'A pattern that is not known has no uses.',
  scope: 'read',
  replies: { 200: analyticsReplySchema },
} as const;

/** Routes for the analytics of one pattern, by POST or by GET, with the same options. */
export const analyticsRoutes: readonly Route[] = [
  route({
    ...common,
    method: 'POST',
    path: '/analytics/compute',
    body: analyticsRequestSchema,
    handle: (call) =>
      compute(call, {
        patternId: call.body.pattern_id,
        type: call.body.time_window_type,
        days: call.body.time_window_days,
        withPerformance: call.body.include_performance,
        withTrends: call.body.include_trends,
        withDistribution: call.body.include_distribution,
      }),
  }),
  route({
    ...common,
    method: 'GET',
    path: '/analytics/get',
    query: analyticsGetSchema,
    handle: (call) => compute(call, queried(call.query.pattern_id, call.query)),
  }),
  route({
    ...common,
    method: 'GET',
    path: '/analytics/{pattern_id}',
    query: analyticsQuerySchema,
    handle: (call) => compute(call, queried(call.patternId, call.query)),
  }),
];

// --- internal ---

/** What a caller wants computed, from either kind of request. */
interface Wanted {
  readonly patternId: string;
  readonly type: TimeWindowType;
  readonly days: number | null | undefined;
  readonly withPerformance: boolean;
  readonly withTrends: boolean;
  readonly withDistribution: boolean;
}

function queried(patternId: string, query: ReturnType<typeof analyticsQuerySchema.parse>): Wanted {
  return {
    patternId,
    type: query.time_window,
    days: query.time_window_days,
    withPerformance: isSet(query.include_performance),
    withTrends: isSet(query.include_trends),
    withDistribution: isSet(query.include_distribution),
  };
}

async function compute({ store, service, elapsedMs }: Call, wanted: Wanted): Promise<Reply> {
  const { patternId } = wanted;
  const window = timeWindow(wanted.type, wanted.days, service.clock());
  const found = await store.activity(patternId, window.from, window.to);
  const activity = found ?? noActivity(patternId);
  const begun = service.monotonic();
  const { usage, success, performance, trend, distribution, quality, dataPoints } = analyse(
    activity,
    window,
  );
  return okReply({
    success: true,
    pattern_id: patternId,
    time_window: { start: isoTime(window.from), end: isoTime(window.to), type: window.type },
    usage_metrics: usage,
    success_metrics: success,
    performance_metrics: wanted.withPerformance ? performance : null,
    trend_analysis: wanted.withTrends ? trend : null,
    usage_distribution: wanted.withDistribution ? distribution : null,
    analytics_quality_score: quality,
    total_data_points: dataPoints,
    is_truncated: activity.isCut,
    computation_time_ms: service.monotonic() - begun,
    processing_time_ms: elapsedMs(),
  });
}
