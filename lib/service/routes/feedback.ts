import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../../base/json.ts';
import {
  failureReplySchema,
  feedbackAnalyzeReplySchema,
  feedbackApplyReplySchema,
  feedbackRecordReplySchema,
} from '../../lineage-api/service-reply.ts';
import {
  feedbackAnalyzeSchema,
  feedbackApplySchema,
  feedbackRecordSchema,
  isSet,
} from '../../lineage-api/service-request.ts';
import type { FeedbackAnalyzeRequest } from '../../lineage-api/service-request.ts';
import type { PatternStore } from '../store/pattern-store.ts';
import { noActivity } from '../store/rows/pattern-activity.ts';
import type { PatternActivity } from '../store/rows/pattern-activity.ts';
import { analyseFeedback } from '../analysis/feedback-analysis.ts';
import type { Improvement } from '../analysis/feedback-analysis.ts';
import { patternNotFound, reusedKeyFault } from '../http/http-fault.ts';
import { okReply, route } from '../http/route.ts';
import type { Call, Reply, Route } from '../http/route.ts';
import { timeWindow } from '../analysis/time-window.ts';
import type { TimeWindow } from '../analysis/time-window.ts';
import { isoTime } from '../../base/clock.ts';

const record = {
  method: 'POST',
  tag: 'Feedback',
  summary: 'Record how well a pattern did',
  scope: 'write',
  body: feedbackRecordSchema,
  replies: { 200: feedbackRecordReplySchema, 404: failureReplySchema },
} as const;

/** Routes that record feedback, analyse it, and note improvements as applied. */
export const feedbackRoutes: readonly Route[] = [
  route({ ...record, path: '/feedback/record', handle: recordFeedback }),
  route({ ...record, path: '/feedback/submit', handle: recordFeedback }),
  route({
    method: 'POST',
    path: '/feedback/analyze',
    tag: 'Feedback',
    summary: 'Test whether a pattern has become better or worse, and suggest what to do',
    description: `Compares the second half of the window with the first, and with \`enable_ab_testing\` the pattern with
its parent, by two-proportion z-tests. An improvement is suggested when the difference is significant and both samples
reach \`min_sample_size\`. It is noted as applied when its confidence reaches \`auto_apply_threshold\`.`,
    scope: 'write', // an analysis may note improvements as applied
    body: feedbackAnalyzeSchema,
    replies: { 200: feedbackAnalyzeReplySchema },
    handle: analyze,
  }),
  route({
    method: 'POST',
    path: '/feedback/apply',
    tag: 'Feedback',
    summary: 'Note that improvements have been applied',
    description:
      'The caller names the improvements. One that was noted before stays noted. The pattern need not be known: ' +
      'its events may still wait on a machine.',
    scope: 'write',
    query: feedbackApplySchema,
    replies: { 200: feedbackApplyReplySchema },
    async handle({ store, service, query, elapsedMs }) {
      const { pattern_id: patternId } = query;
      const forced = isSet(query.force);
      const ids = [...new Set(query.improvement_ids)];
      await applyAll(store, patternId, ids, service.clock(), forced);
      return okReply({
        success: true,
        pattern_id: patternId,
        improvements_applied: ids.length,
        improvement_ids: ids,
        forced,
        processing_time_ms: elapsedMs(),
        message: `${ids.length} of ${ids.length} improvements are noted as applied`,
      });
    },
  }),
];

// --- internal ---

type RecordCall = Call<unknown, ReturnType<typeof feedbackRecordSchema.parse>>;

async function recordFeedback(call: RecordCall): Promise<Reply> {
  const { store, service, body, elapsedMs } = call;
  const {
    pattern_id: patternId,
    feedback_id,
    feedback_type: feedbackType,
    success,
    rating,
    execution_time_ms,
    session_id,
    comment,
    ...extra
  } = body;
  await requirePattern(store, patternId, elapsedMs);
  const at = service.clock();
  const { redactor } = service;
  const clean = (text: string) => redactor?.redactText(text).text ?? text;
  const id = clean(feedback_id ?? call.idempotencyKey ?? randomUUID());
  const further = extra as JsonObject;
  const isKept = await store.recordFeedback({
    id,
    patternId,
    feedbackType: clean(feedbackType),
    isSuccess: success ?? null,
    rating: rating ?? null,
    executionTimeMs: execution_time_ms ?? null,
    sessionId: typeof session_id === 'string' ? clean(session_id) : null,
    comment: typeof comment === 'string' ? clean(comment) : null,
    at,
    extra: redactor?.redactPayload(further).payload ?? further,
  });
  if (!isKept && feedback_id === undefined && call.idempotencyKey !== undefined)
    throw reusedKeyFault();
  return okReply({
    success: true,
    feedback_id: id,
    pattern_id: patternId,
    recorded_at: isoTime(at),
    processing_time_ms: elapsedMs(),
  });
}

async function analyze(call: Call<unknown, FeedbackAnalyzeRequest>): Promise<Reply> {
  const { store, service, body, elapsedMs } = call;
  const { pattern_id: patternId, time_window_days: days } = body;
  const now = service.clock();
  const window = timeWindow('weekly', days, now);
  const found = await store.activity(patternId, window.from, window.to);
  const activity = found ?? noActivity(patternId);
  const parent = body.enable_ab_testing ? await parentOf(store, patternId, window) : undefined;
  const { samples, findings, improvements } = analyseFeedback(activity, parent, window, body);
  const known = await store.appliedImprovements(patternId);
  const appliedBefore = new Set(known.map(({ improvementId }) => improvementId));
  const toApply = improvements
    .filter((found) => found.is_auto_applicable && !appliedBefore.has(found.improvement_id))
    .map(({ improvement_id }) => improvement_id);
  if (toApply.length > 0) await applyAll(store, patternId, toApply, now, false);
  const applied = new Set([...appliedBefore, ...toApply]);
  const status = ({ improvement_id: id }: Improvement) =>
    applied.has(id) ? 'applied' : 'suggested';
  const opportunities = improvements.map((one) => ({ ...one, status: status(one) }));
  return okReply({
    success: true,
    // Where clients of the older servers look. An improvement is suggested only if it is significant.
    data: {
      pattern_id: patternId,
      feedback_collected: activity.feedback.length,
      executions_analyzed: activity.uses.length,
      improvements_identified: improvements.length,
      improvements_validated: improvements.length,
      improvements_applied: toApply.length,
      improvements_rejected: 0,
      statistically_significant: findings.some((finding) => finding.is_significant),
      improvement_opportunities: opportunities,
    },
    metadata: { processing_time_ms: elapsedMs() },
    pattern_id: patternId,
    feedback_type: body.feedback_type,
    time_window: { start: isoTime(window.from), end: isoTime(window.to), days },
    samples,
    parent_pattern_id: parent?.pattern.id ?? null,
    findings,
    improvements: opportunities,
    improvements_identified: improvements.length,
    improvements_applied: toApply.length,
    is_truncated: activity.isCut || parent?.isCut === true,
    processing_time_ms: elapsedMs(),
  });
}

/** The activity of the pattern's first parent; undefined for a pattern without one. */
async function parentOf(
  store: PatternStore,
  patternId: string,
  window: TimeWindow,
): Promise<PatternActivity | undefined> {
  const found = await store.relatives(patternId, 'ancestry', { depth: 1, rows: 1 });
  const parent = found?.relatives[0];
  // The parent may be another version of the same pattern, which has no activity of its own.
  if (!parent || parent.patternId === patternId) return undefined;
  return store.activity(parent.patternId, window.from, window.to);
}

async function requirePattern(
  store: PatternStore,
  patternId: string,
  elapsedMs: () => number,
): Promise<void> {
  if (!(await store.pattern(patternId))) throw patternNotFound(patternId, elapsedMs());
}

function applyAll(
  store: PatternStore,
  patternId: string,
  ids: readonly string[],
  at: number,
  isForced: boolean,
): Promise<void> {
  return store.applyImprovements(
    ids.map((improvementId) => ({ improvementId, patternId, isForced, at })),
  );
}
