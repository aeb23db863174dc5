import * as z from 'zod';
import { EDGE_TYPES, LINEAGE_EVENT_TYPES, TRANSFORMATION_TYPES } from './lineage-terms.ts';

/** The service looks up each parent, so without a limit one event could keep it busy. */
const MOST_PARENTS = 100;

/** How many parents an event needs at least; other events need none. */
const FEWEST_PARENTS: Readonly<Partial<Record<(typeof LINEAGE_EVENT_TYPES)[number], number>>> = {
  pattern_modified: 1,
  pattern_forked: 1,
  pattern_merged: 2,
};

/**
 * The body of `POST /lineage/track`, and an element of a batch. Unknown keys are kept. The limits on
 * lengths are those of the server's columns.
 */
export const lineageEventSchema = z
  .looseObject({
    /** Our addition to the API: an event is applied once, however often it is sent. */
    event_id: z.string().min(1).max(255).optional(),
    event_type: z.enum(LINEAGE_EVENT_TYPES),
    pattern_id: z.string().min(1).max(255),
    pattern_name: z.string().max(255).default(''),
    pattern_type: z.string().max(100).default('code'),
    pattern_version: z.string().max(50).default('1.0.0'),
    tool_name: z.string().nullish(),
    file_path: z.string().nullish(),
    language: z.string().max(50).nullable().default('python'),
    pattern_data: z.record(z.string(), z.unknown()).default({}),
    parent_pattern_ids: z.array(z.string().min(1).max(255)).max(MOST_PARENTS).default([]),
    edge_type: z.enum(EDGE_TYPES).nullish(),
    transformation_type: z.enum(TRANSFORMATION_TYPES).nullish(),
    reason: z.string().nullish(),
    triggered_by: z.string().default('api'),
  })
  .superRefine((event, context) => {
    const { event_type: type, pattern_data, parent_pattern_ids: parents } = event;
    if (type === 'pattern_created' && Object.keys(pattern_data).length === 0) {
      context.addIssue({
        code: 'custom',
        path: ['pattern_data'],
        message: `${type} needs pattern_data`,
      });
    }
    const fewest = FEWEST_PARENTS[type] ?? 0;
    if (parents.length < fewest) {
      const message = `${type} needs ${fewest === 1 ? 'a parent' : `${fewest} parents`}`;
      context.addIssue({ code: 'custom', path: ['parent_pattern_ids'], message });
    }
  });

/** An event as a client sends it, before the schema fills in defaults. */
export type LineageEvent = z.input<typeof lineageEventSchema>;
