import * as z from 'zod';

/** The service's other replies. Times are ISO 8601 in UTC, durations in milliseconds. */

const uuid = z.uuid();
const time = z.iso.datetime();
const count = z.int().min(0);
const milliseconds = z.number().min(0);
const rate = z.number().min(0).max(1);

/** The usual reply to a request that failed. */
export const detailReplySchema = z.object({ detail: z.string() });

/** Reply with status 422, in the form of FastAPI. */
export const validationReplySchema = z.object({
  detail: z.array(
    z.object({
      type: z.string(),
      loc: z.array(z.union([z.string(), z.number()])),
      msg: z.string(),
      input: z.union([z.string(), z.number(), z.boolean(), z.null()]),
    }),
  ),
});

/** Reply to a valid request that could not be fulfilled, for example because the pattern is unknown. */
export const failureReplySchema = z.object({
  success: z.literal(false),
  error: z.string(),
  pattern_id: z.string().optional(),
  metadata: z.looseObject({ error_type: z.string() }),
  processing_time_ms: milliseconds,
});

/** Reply of `GET /stats`. */
export const statsReplySchema = z.object({
  success: z.literal(true),
  data: z.object({
    total_patterns: count,
    total_lineages: count,
    total_occurrences: count,
    total_edges: count,
    total_sessions: count,
    total_tool_calls: count,
    languages: z.array(z.object({ language: z.string(), patterns: count })),
    last_seen_at: time.nullable(),
  }),
  metadata: z.object({ processing_time_ms: milliseconds }),
});

const check = z.object({ is_valid: z.boolean(), problems: z.array(z.string()) });

/** Reply of `POST /validate`. */
export const validateReplySchema = z.object({
  success: z.literal(true),
  data: z.object({
    is_valid: z.boolean(),
    /** A check that the request did not ask for is null. */
    checks: z.object({
      lineage: check.nullable(),
      orphans: check.nullable(),
      analytics: check.nullable(),
    }),
    patterns_checked: count,
    edges_checked: count,
  }),
  metadata: z.object({ processing_time_ms: milliseconds }),
});

/** Reply of `POST /analytics/compute`, `GET /analytics/get` and `GET /analytics/{pattern_id}`. */
export const analyticsReplySchema = z.object({
  success: z.literal(true),
  pattern_id: z.string(),
  time_window: z.object({ start: time, end: time, type: z.string() }),
  usage_metrics: z.object({
    total_executions: count,
    executions_per_day: z.number(),
    executions_per_week: z.number(),
    unique_contexts: count,
    unique_users: count,
  }),
  success_metrics: z.object({
    success_rate: rate,
    error_rate: rate,
    avg_quality_score: rate,
    success_count: count,
    failure_count: count,
    rating_count: count,
  }),
  performance_metrics: z
    .object({
      avg_execution_time_ms: milliseconds,
      p95_execution_time_ms: milliseconds,
      p99_execution_time_ms: milliseconds,
    })
    .nullable(),
  trend_analysis: z
    .object({
      trend_type: z.enum(['growing', 'stable', 'declining', 'emerging', 'abandoned']),
      velocity: z.number(),
      growth_percentage: z.number().nullable(),
      confidence_score: rate,
    })
    .nullable(),
  usage_distribution: z
    .object({
      by_hour: z.array(count).length(24),
      by_weekday: z.array(count).length(7),
    })
    .nullable(),
  analytics_quality_score: rate,
  total_data_points: count,
  /** True if there were more data points than were read. */
  is_truncated: z.boolean(),
  computation_time_ms: milliseconds,
  processing_time_ms: milliseconds,
});

/** Reply of `POST /feedback/record` and `/feedback/submit`. */
export const feedbackRecordReplySchema = z.object({
  success: z.literal(true),
  feedback_id: z.string(),
  pattern_id: z.string(),
  recorded_at: time,
  processing_time_ms: milliseconds,
});

const measured = z.object({ samples: count, rate: rate.nullable() });

const improvement = z.object({
  improvement_id: uuid,
  type: z.string(),
  description: z.string(),
  metric: z.string(),
  confidence: rate,
  is_auto_applicable: z.boolean(),
  status: z.enum(['suggested', 'applied']),
});

/** Reply of `POST /feedback/analyze`. */
export const feedbackAnalyzeReplySchema = z.object({
  success: z.literal(true),
  /** The same in the words of the older servers. */
  data: z.object({
    pattern_id: z.string(),
    feedback_collected: count,
    executions_analyzed: count,
    improvements_identified: count,
    improvements_validated: count,
    improvements_applied: count,
    improvements_rejected: count,
    statistically_significant: z.boolean(),
    improvement_opportunities: z.array(improvement),
  }),
  metadata: z.object({ processing_time_ms: milliseconds }),
  pattern_id: z.string(),
  feedback_type: z.string(),
  time_window: z.object({ start: time, end: time, days: z.number() }),
  samples: count,
  parent_pattern_id: z.string().nullable(),
  findings: z.array(
    z.object({
      metric: z.string(),
      against: z.enum(['first_half', 'parent']),
      baseline: measured,
      current: measured,
      difference: z.number(),
      z_score: z.number(),
      p_value: rate,
      is_significant: z.boolean(),
      has_enough_samples: z.boolean(),
    }),
  ),
  improvements: z.array(improvement),
  improvements_identified: count,
  /** How many this request applied. */
  improvements_applied: count,
  is_truncated: z.boolean(),
  processing_time_ms: milliseconds,
});

/** Reply of `POST /feedback/apply`. */
export const feedbackApplyReplySchema = z.object({
  success: z.literal(true),
  pattern_id: z.string(),
  improvements_applied: count,
  improvement_ids: z.array(z.string()),
  forced: z.boolean(),
  processing_time_ms: milliseconds,
  message: z.string(),
});

/** Reply of `GET /executions/logs`. */
export const executionLogsReplySchema = z.object({
  success: z.literal(true),
  executions: z.array(
    z.object({
      session_id: z.string(),
      correlation_id: z.string(),
      tool_name: z.string(),
      agent_name: z.string().nullable(),
      summary: z.string(),
      status: z.string(),
      error: z.string().nullable(),
      started_at: time.nullable(),
      completed_at: time.nullable(),
      duration_ms: z.number().nullable(),
      created_at: time,
    }),
  ),
  count,
  timestamp: time,
  query_duration_ms: milliseconds,
});

/** Reply of `GET /executions/summary`. */
export const executionSummaryReplySchema = z.object({
  success: z.literal(true),
  summary: z.array(
    z.object({
      agent_name: z.string().nullable(),
      tool_name: z.string(),
      total_executions: count,
      failed_executions: count,
      success_rate: rate.nullable(),
      avg_duration_ms: z.number().nullable(),
      max_duration_ms: z.number().nullable(),
      last_execution_at: time,
    }),
  ),
  timestamp: time,
  query_duration_ms: milliseconds,
});

const component = z.enum(['operational', 'database_unavailable']);

/** Reply of `GET /health` below the API's prefix. */
export const apiHealthReplySchema = z.object({
  status: z.enum(['healthy', 'degraded']),
  components: z.object({
    lineage_tracker: component,
    usage_analytics: component,
    feedback_orchestrator: component,
  }),
  /** Only for callers that are allowed to see it. */
  performance: z
    .object({
      database_pool: z.record(z.string(), z.number()).optional(),
      rate_limiting: z.object({
        current_window_requests: count,
        max_requests_per_window: count,
        window_seconds: z.number(),
      }),
      ingest_queue_events: count,
    })
    .optional(),
  detail: z.string().optional(),
  timestamp: time,
  response_time_ms: milliseconds,
});

/** Reply of `GET /health` outside the API's prefix. */
export const healthReplySchema = z.object({
  status: z.enum(['healthy', 'unhealthy']),
  service_version: z.string().optional(),
  store: z.string().optional(),
  error: z.string().optional(),
});

/** Reply of `GET /health/live`. */
export const liveReplySchema = z.object({ status: z.literal('alive') });

/** Reply of `GET /health/ready`. */
export const readyReplySchema = z.object({
  status: z.enum(['ready', 'read_only', 'store_unavailable', 'stopping']),
});

/** Reply of `DELETE /patterns` and `DELETE /patterns/{pattern_id}`. */
export const forgetReplySchema = z.object({
  success: z.literal(true),
  data: z.object({
    removed: z.object({
      patterns: count,
      versions: count,
      events: count,
      occurrences: count,
      edges: count,
      feedback: count,
      improvements: count,
      executions: count,
      sessions: count,
    }),
    /** False when the time of a request was over; the same request again does the rest. */
    is_complete: z.boolean(),
  }),
  metadata: z.object({ dry_run: z.boolean(), processing_time_ms: milliseconds }),
});

/** Reply of `GET /audit`. */
export const auditReplySchema = z.object({
  success: z.literal(true),
  data: z.object({
    entries: z.array(
      z.object({
        id: count,
        at: time,
        action: z.string(),
        token_id: z.string().nullable(),
        token_name: z.string().nullable(),
        address: z.string().nullable(),
        route: z.string().nullable(),
        subject: z.string().nullable(),
        count,
        detail: z.looseObject({}).nullable(),
      }),
    ),
    count,
    next_cursor: z.string().nullable(),
  }),
  metadata: z.object({ processing_time_ms: milliseconds }),
});
