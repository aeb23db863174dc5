import * as z from 'zod';

/** What a client may ask the service for: bodies and queries. Times are days; rates 0 to 1. */

const patternId = z.string().min(1).max(255);

export const TIME_WINDOWS = [
  'hourly',
  'daily',
  'weekly',
  'monthly',
  'quarterly',
  'yearly',
] as const;
export type TimeWindowType = (typeof TIME_WINDOWS)[number];

export const FEEDBACK_TYPES = ['performance', 'quality', 'usage', 'all'] as const;

/** A flag in a query. */
const flag = (isTrue: boolean) =>
  z.enum(['true', 'false', '1', '0']).default(isTrue ? 'true' : 'false');

/** Whether a flag of a query is set. */
export function isSet(value: 'true' | 'false' | '1' | '0'): boolean {
  return value === 'true' || value === '1';
}

/** `POST /lineage/track/batch`; its events are each a `lineageEventSchema`. */
export const batchRequestSchema = z.looseObject({
  events: z.array(z.unknown()).max(100_000),
  batch_id: z.string().max(255).nullish(),
  processing_mode: z.enum(['parallel', 'sequential']).default('parallel'),
  sequential_processing: z.boolean().default(false),
  timeout_per_event: z.number().default(10),
});

export const lineageQuerySchema = z.object({
  query_type: z.enum(['ancestry', 'descendants']).default('ancestry'),
});

export const patternListSchema = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(10),
  cursor: z.string().max(1_000).nullish(),
  language: z.string().min(1).max(50).nullish(),
  pattern_type: z.string().min(1).max(100).nullish(),
  session_id: z.string().min(1).max(255).nullish(),
});
export type PatternListRequest = z.output<typeof patternListSchema>;

export const searchRequestSchema = z.looseObject({
  query: z.string().min(1).max(1_000),
  limit: z.number().int().min(1).max(100).default(10),
  pattern_types: z.array(z.string().max(100)).max(20).nullish(),
  language: z.string().min(1).max(50).nullish(),
  min_quality_score: z.number().min(0).max(1).nullish(),
  time_window_days: z.number().min(0).max(3_650).nullish(),
});

export const validateRequestSchema = z.looseObject({
  check_lineage: z.boolean().default(true),
  check_analytics: z.boolean().default(true),
  check_orphans: z.boolean().default(true),
  pattern_id: patternId.nullish(),
});

export const analyticsRequestSchema = z.looseObject({
  pattern_id: patternId,
  time_window_type: z.enum(TIME_WINDOWS).default('weekly'),
  include_performance: z.boolean().default(true),
  include_trends: z.boolean().default(true),
  include_distribution: z.boolean().default(false),
  /** Instead of the type's own length. */
  time_window_days: z.number().int().min(1).max(3_650).nullish(),
});

export const analyticsQuerySchema = z.object({
  time_window: z.enum(TIME_WINDOWS).default('weekly'),
  include_performance: flag(true),
  include_trends: flag(true),
  include_distribution: flag(false),
  time_window_days: z.coerce.number().int().min(1).max(3_650).optional(),
});

/** `GET /analytics/get`, which a client of the same API sends. */
export const analyticsGetSchema = analyticsQuerySchema.extend({ pattern_id: patternId });

export const feedbackRecordSchema = z.looseObject({
  pattern_id: patternId,
  /** Recording it again under the same id changes nothing. */
  feedback_id: z.string().min(1).max(255).nullish(),
  feedback_type: z.string().min(1).max(50).default('performance'),
  success: z.boolean().nullish(),
  rating: z.number().min(0).max(1).nullish(),
  execution_time_ms: z.number().min(0).max(1e12).nullish(),
  session_id: z.string().max(255).nullish(),
  comment: z.string().max(10_000).nullish(),
});

export const feedbackAnalyzeSchema = z.looseObject({
  pattern_id: patternId,
  feedback_type: z.enum(FEEDBACK_TYPES).default('performance'),
  time_window_days: z.number().int().min(1).max(90).default(7),
  auto_apply_threshold: z.number().min(0).max(1).default(0.95),
  min_sample_size: z.number().int().min(10).max(1_000_000).default(30),
  significance_level: z.number().min(0.001).max(0.1).default(0.05),
  enable_ab_testing: z.boolean().default(true),
});
export type FeedbackAnalyzeRequest = z.output<typeof feedbackAnalyzeSchema>;

export const feedbackApplySchema = z.object({
  pattern_id: patternId,
  improvement_ids: z.array(z.string().min(1).max(255)).min(1).max(100),
  force: flag(false),
});

export const executionLogsSchema = z.object({
  correlation_id: z.string().min(1).max(255).optional(),
  session_id: z.string().min(1).max(255).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const executionSummarySchema = z.object({
  agent_name: z.string().min(1).max(255).optional(),
});
