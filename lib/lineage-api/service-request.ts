import * as z from 'zod';

/** Bodies and queries of requests to the service. Times are in days, rates from 0 to 1. */

const patternId = z.string().min(1).max(255);

/** Lengths of the time window of an analysis. */
export const TIME_WINDOWS = [
  'hourly',
  'daily',
  'weekly',
  'monthly',
  'quarterly',
  'yearly',
] as const;
/** One of {@link TIME_WINDOWS}. */
export type TimeWindowType = (typeof TIME_WINDOWS)[number];

/** Kinds of feedback that can be analysed. */
export const FEEDBACK_TYPES = ['performance', 'quality', 'usage', 'all'] as const;

/** A flag in a query; `isTrue` is its default. */
const flag = (isTrue: boolean) =>
  z.enum(['true', 'false', '1', '0']).default(isTrue ? 'true' : 'false');

/** True if a flag in a query is set. */
export function isSet(value: 'true' | 'false' | '1' | '0'): boolean {
  return value === 'true' || value === '1';
}

/** Body of `POST /lineage/track/batch`. Each event is checked by `lineageEventSchema` on its own. */
export const batchRequestSchema = z.looseObject({
  events: z.array(z.unknown()).max(100_000),
  batch_id: z.string().max(255).nullish(),
  processing_mode: z.enum(['parallel', 'sequential']).default('parallel'),
  sequential_processing: z.boolean().default(false),
  timeout_per_event: z.number().default(10),
});

/** Query of `GET /lineage/{pattern_id}`. */
export const lineageQuerySchema = z.object({
  query_type: z.enum(['ancestry', 'descendants']).default('ancestry'),
});

/** Orders of a list of patterns, each the newest first. Only `first_seen` stays while patterns are used. */
export const PATTERN_ORDERS = ['first_seen', 'last_seen'] as const;
/** One of {@link PATTERN_ORDERS}. */
export type PatternOrder = (typeof PATTERN_ORDERS)[number];

/** Query of `GET /lineage/query` and body of `POST /lineage/query`. */
export const patternListSchema = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(10),
  cursor: z.string().max(1_000).nullish(),
  order: z.enum(PATTERN_ORDERS).default('first_seen'),
  language: z.string().min(1).max(50).nullish(),
  pattern_type: z.string().min(1).max(100).nullish(),
  session_id: z.string().min(1).max(255).nullish(),
});
/** A checked request for a list of patterns. */
export type PatternListRequest = z.output<typeof patternListSchema>;

/** Body of `POST /search`. */
export const searchRequestSchema = z.looseObject({
  query: z.string().min(1).max(1_000),
  limit: z.number().int().min(1).max(100).default(10),
  pattern_types: z.array(z.string().max(100)).max(20).nullish(),
  language: z.string().min(1).max(50).nullish(),
  min_quality_score: z.number().min(0).max(1).nullish(),
  time_window_days: z.number().min(0).max(3_650).nullish(),
});

/** Body of `POST /similar`: code and its language, or the id of a pattern. */
export const similarRequestSchema = z
  .looseObject({
    code: z.string().min(1).max(200_000).nullish(),
    pattern_id: patternId.nullish(),
    /** What the code is written in; of a pattern it is known. */
    language: z.string().min(1).max(50).nullish(),
    /** The default is that of the commands, `LEAST_SCORE`. */
    min_score: z.number().min(0).max(1).default(0.64),
    limit: z.number().int().min(1).max(100).default(10),
  })
  .refine(({ code, pattern_id: id }) => ((code ?? '') === '') !== ((id ?? '') === ''), {
    path: ['code'],
    error: 'Give either code or pattern_id',
  });

/** Body of `POST /validate`. */
export const validateRequestSchema = z.looseObject({
  check_lineage: z.boolean().default(true),
  check_analytics: z.boolean().default(true),
  check_orphans: z.boolean().default(true),
  pattern_id: patternId.nullish(),
});

/** Body of `POST /analytics/compute`. */
export const analyticsRequestSchema = z.looseObject({
  pattern_id: patternId,
  time_window_type: z.enum(TIME_WINDOWS).default('weekly'),
  include_performance: z.boolean().default(true),
  include_trends: z.boolean().default(true),
  include_distribution: z.boolean().default(false),
  /** Replaces the length that `time_window_type` stands for. */
  time_window_days: z.number().int().min(1).max(3_650).nullish(),
});

/** Query of `GET /analytics/{pattern_id}`. */
export const analyticsQuerySchema = z.object({
  time_window: z.enum(TIME_WINDOWS).default('weekly'),
  include_performance: flag(true),
  include_trends: flag(true),
  include_distribution: flag(false),
  time_window_days: z.coerce.number().int().min(1).max(3_650).optional(),
});

/** Query of `GET /analytics/get`, which other clients of the same API use. */
export const analyticsGetSchema = analyticsQuerySchema.extend({ pattern_id: patternId });

/** Body of `POST /feedback/record` and `/feedback/submit`. */
export const feedbackRecordSchema = z.looseObject({
  pattern_id: patternId,
  /** Recording the same id again changes nothing. */
  feedback_id: z.string().min(1).max(255).nullish(),
  feedback_type: z.string().min(1).max(50).default('performance'),
  success: z.boolean().nullish(),
  rating: z.number().min(0).max(1).nullish(),
  execution_time_ms: z.number().min(0).max(1e12).nullish(),
  session_id: z.string().max(255).nullish(),
  comment: z.string().max(10_000).nullish(),
});

/** Body of `POST /feedback/analyze`. */
export const feedbackAnalyzeSchema = z.looseObject({
  pattern_id: patternId,
  feedback_type: z.enum(FEEDBACK_TYPES).default('performance'),
  time_window_days: z.number().int().min(1).max(90).default(7),
  auto_apply_threshold: z.number().min(0).max(1).default(0.95),
  min_sample_size: z.number().int().min(10).max(1_000_000).default(30),
  significance_level: z.number().min(0.001).max(0.1).default(0.05),
  enable_ab_testing: z.boolean().default(true),
});
/** A checked request for an analysis of feedback. */
export type FeedbackAnalyzeRequest = z.output<typeof feedbackAnalyzeSchema>;

/** Query of `POST /feedback/apply`. */
export const feedbackApplySchema = z.object({
  pattern_id: patternId,
  improvement_ids: z.array(z.string().min(1).max(255)).min(1).max(100),
  force: flag(false),
});

/** Query of `GET /executions/logs`. */
export const executionLogsSchema = z.object({
  correlation_id: z.string().min(1).max(255).optional(),
  session_id: z.string().min(1).max(255).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

/** Query of `GET /executions/summary`. */
export const executionSummarySchema = z.object({
  agent_name: z.string().min(1).max(255).optional(),
});

/** Query of `DELETE /patterns/{pattern_id}`. An unknown key is refused, because a slip would delete more. */
export const forgetPatternSchema = z.strictObject({ dry_run: flag(false) });

/** Query of `DELETE /patterns`: what to delete is what matches all that is named. */
export const forgetSchema = z
  .strictObject({
    session: z.string().min(1).max(255).optional(),
    machine: z.string().min(1).max(1_000).optional(),
    before: z.iso.datetime({ offset: true }).optional(),
    all: z.enum(['true']).optional(),
    dry_run: flag(false),
  })
  .refine(
    ({ session, machine, before, all }) => {
      const isNarrowed = [session, machine, before].some((value) => value !== undefined);
      return isNarrowed !== (all !== undefined);
    },
    { error: 'Give session, machine or before, or all=true alone' },
  );

/** What the audit log tells of: `token_refused` is a token that does not open what was asked for. */
export const AUDIT_ACTIONS = [
  'token_created',
  'token_revoked',
  'token_refused',
  'deleted',
  'retention_set',
  'read',
  'lost',
] as const;
/** One of {@link AUDIT_ACTIONS}. */
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** Query of `GET /audit`. */
export const auditQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.coerce.number().int().min(1).optional(),
  action: z.enum(AUDIT_ACTIONS).optional(),
  since: z.iso.datetime({ offset: true }).optional(),
});
