import * as z from 'zod';
import { EDGE_TYPES, TRANSFORMATION_TYPES } from './lineage-terms.ts';

/** The service's replies about lineage. Times are ISO 8601 in UTC, durations in milliseconds. */

const uuid = z.uuid();
const time = z.iso.datetime();
const count = z.int().min(0);
const milliseconds = z.number().min(0);
const edgeType = z.enum(EDGE_TYPES);
const transformation = z.enum(TRANSFORMATION_TYPES).nullable();
const metadata = z.looseObject({ processing_time_ms: milliseconds });

/** What became of one event; the optional keys depend on its kind and on the outcome. */
const trackData = z.object({
  lineage_id: uuid,
  pattern_node_id: uuid,
  event_id: z.string(),
  pattern_id: z.string(),
  pattern_name: z.string().optional(),
  parent_node_ids: z.array(uuid).optional(),
  parent_count: count.optional(),
  generation: z.int().min(1).optional(),
  created_at: time.optional(),
  timestamp: time.optional(),
  deprecated: z.boolean().optional(),
  status: z.literal('already_exists').optional(),
  message: z.string().optional(),
});

const trackMetadata = z.object({
  correlation_id: z.string(),
  operation: z.string(),
  duration_ms: milliseconds,
  pattern_id: z.string(),
  processing_time_ms: milliseconds,
  error_type: z.string().optional(),
});

/** Reply of `POST /lineage/track`. */
export const trackReplySchema = z.object({
  success: z.literal(true),
  data: trackData,
  metadata: trackMetadata,
});

/** Reply of `POST /lineage/track/batch`. */
export const batchReplySchema = z.object({
  success: z.boolean(),
  batch_id: z.string().nullable(),
  batch_summary: z.object({
    total_events: count,
    successful_events: count,
    failed_events: count,
    handled_duplicates: count,
    processing_mode: z.string(),
    requested_processing_mode: z.string(),
  }),
  successful_results: z.array(
    z.object({
      event_index: count,
      data: trackData,
      metadata: trackMetadata,
      pattern_id: z.string(),
    }),
  ),
  failed_results: z
    .array(
      z.object({
        event_index: count,
        error: z.string(),
        metadata: trackMetadata,
        pattern_id: z.string(),
      }),
    )
    .nullable(),
  metadata: z.object({
    processing_time_ms: milliseconds,
    average_time_per_event: milliseconds,
    /** By how many percent the batch was faster than requests of 50 ms each; negative when it was slower. */
    batch_efficiency_gain: z.number(),
  }),
});

const ancestry = z.object({
  pattern_id: z.string(),
  pattern_node_id: uuid,
  lineage_id: uuid,
  /** The pattern itself comes first. */
  ancestors: z.array(
    z.object({
      ancestor_id: uuid,
      ancestor_pattern_id: z.string(),
      pattern_name: z.string().optional(),
      generation: z.int(),
      depth: count,
      edge_type: edgeType.nullable(),
      transformation_type: transformation,
      created_at: time,
    }),
  ),
  ancestry_depth: count,
  /** Without the pattern itself. */
  total_ancestors: count,
  is_truncated: z.boolean(),
});

const descendants = z.object({
  pattern_id: z.string(),
  pattern_node_id: uuid,
  lineage_id: uuid,
  /** All generations, nearest first. */
  descendants: z.array(
    z.object({
      descendant_id: uuid,
      descendant_pattern_id: z.string(),
      pattern_name: z.string(),
      generation: z.int(),
      depth: count,
      edge_type: edgeType,
      transformation_type: transformation,
      created_at: time,
    }),
  ),
  total_descendants: count,
  is_truncated: z.boolean(),
});

/** Reply of `GET /lineage/{pattern_id}`. */
export const lineageReplySchema = z.object({
  success: z.literal(true),
  data: z.union([ancestry, descendants]),
  metadata,
});

/** Reply of `GET /lineage/{pattern_id}/evolution`. */
export const evolutionReplySchema = z.object({
  success: z.literal(true),
  data: z.object({
    pattern_id: z.string(),
    total_versions: count,
    evolution_nodes: z.array(
      z.object({
        node_id: uuid,
        pattern_id: z.string(),
        pattern_name: z.string(),
        pattern_type: z.string(),
        version: z.string(),
        generation: z.int(),
        created_at: time,
        metadata: z.looseObject({}),
      }),
    ),
    evolution_edges: z.array(
      z.object({
        edge_id: uuid,
        source_node_id: uuid,
        target_node_id: uuid,
        source_pattern_id: z.string(),
        target_pattern_id: z.string(),
        source_version: z.string(),
        target_version: z.string(),
        edge_type: edgeType,
        transformation_type: transformation,
        edge_weight: z.number(),
        created_at: time,
        metadata: z.looseObject({}),
      }),
    ),
    is_truncated: z.boolean(),
  }),
  metadata,
});

const pattern = z.object({
  pattern_id: z.string(),
  pattern_node_id: uuid,
  pattern_name: z.string(),
  pattern_type: z.string(),
  pattern_version: z.string(),
  language: z.string(),
  file_path: z.string().nullable(),
  session_id: z.string().nullable(),
  lines: count,
  generation: z.int(),
  lineage_id: uuid,
  occurrences: count,
  first_seen_at: time,
  last_seen_at: time,
  is_deprecated: z.boolean(),
});

/** Reply of `GET` and `POST /lineage/query`. */
export const patternListReplySchema = z.object({
  success: z.literal(true),
  data: z.object({
    patterns: z.array(pattern),
    count,
    /** Null on the last page. */
    next_cursor: z.string().nullable(),
  }),
  metadata,
});

/** Reply of `GET /patterns/{pattern_id}`. */
export const patternReplySchema = z.object({
  success: z.literal(true),
  data: pattern.extend({
    code: z.string(),
    /** Its latest occurrences, newest first, at most 20. */
    recent_occurrences: z.array(
      z.object({
        action: z.enum(['created', 'modified', 'applied']),
        session_id: z.string().nullable(),
        tool_use_id: z.string().nullable(),
        tool_name: z.string().nullable(),
        file_path: z.string().nullable(),
        start_line: count.nullable(),
        end_line: count.nullable(),
        at: time,
      }),
    ),
    /** Its versions after the first, newest first, at most 20. */
    further_versions: z.array(
      z.object({
        pattern_node_id: uuid,
        pattern_version: z.string(),
        pattern_name: z.string(),
        generation: z.int(),
        code: z.string(),
        created_at: time,
      }),
    ),
  }),
  metadata,
});

/** Reply of `POST /search`. */
export const searchReplySchema = z.object({
  success: z.literal(true),
  data: z.object({
    patterns: z.array(
      pattern.extend({
        /** The first 300 characters of its code. */
        code_preview: z.string(),
        /** Mean rating over the last year, 0 to 1; only if the request set `min_quality_score`. */
        quality_score: z.number().optional(),
      }),
    ),
    count,
  }),
  metadata,
});

/** Reply of `POST /similar`. */
export const similarReplySchema = z.object({
  success: z.literal(true),
  data: z.object({
    patterns: z.array(
      pattern.extend({
        /** How much both have in common, 0 to 1: 0.9 if only names differ. */
        score: z.number(),
        /** The first 300 characters of its code. */
        code_preview: z.string(),
      }),
    ),
    count,
  }),
  metadata,
});
