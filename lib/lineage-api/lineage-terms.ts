/** Kinds of lineage events, in the order of the API. */
export const LINEAGE_EVENT_TYPES = [
  'pattern_created',
  'pattern_modified',
  'pattern_merged',
  'pattern_applied',
  'pattern_deprecated',
  'pattern_forked',
  'pattern_validated',
] as const;

/** How two patterns of a lineage can be related. */
export const EDGE_TYPES = [
  'derived_from',
  'modified_from',
  'merged_from',
  'replaced_by',
  'inspired_by',
  'deprecated_by',
] as const;

/** Kinds of change that can turn a pattern into its child. */
export const TRANSFORMATION_TYPES = [
  'refactor',
  'enhancement',
  'bugfix',
  'merge',
  'optimization',
  'simplification',
] as const;

/** One of {@link LINEAGE_EVENT_TYPES}. */
export type LineageEventType = (typeof LINEAGE_EVENT_TYPES)[number];
/** One of {@link EDGE_TYPES}. */
export type EdgeType = (typeof EDGE_TYPES)[number];
/** One of {@link TRANSFORMATION_TYPES}. */
export type TransformationType = (typeof TRANSFORMATION_TYPES)[number];
