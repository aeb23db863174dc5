import type { JsonObject } from '../../base/json.ts';

/** Columns of a table that may hold what somebody wrote. */
export interface TextColumns {
  readonly table: string;
  /** The table's primary key: rows are read in its order. */
  readonly key: readonly string[];
  readonly texts: readonly string[];
  /** Columns that hold a JSON object. */
  readonly objects?: readonly string[];
}

/** Everything that redaction looks at, beside events and patterns. */
export const TEXT_COLUMNS: readonly TextColumns[] = [
  { table: 'tool_calls', key: ['session_id', 'tool_use_id'], texts: ['summary', 'error'] },
  { table: 'sessions', key: ['id'], texts: ['git_branch'] },
  { table: 'subagents', key: ['session_id', 'agent_id'], texts: ['agent_type'] },
  { table: 'occurrences', key: ['event_id', 'ordinal'], texts: ['file_path'] },
  { table: 'live_fragments', key: ['file_path', 'seq'], texts: ['file_path', 'text'] },
  { table: 'pattern_versions', key: ['pattern_id', 'version'], texts: ['name', 'code'] },
  { table: 'deprecations', key: ['pattern_id'], texts: ['reason'] },
  { table: 'lineage_events', key: ['id'], texts: [], objects: ['extra'] },
  { table: 'feedback', key: ['pattern_id', 'id'], texts: ['comment'], objects: ['extra'] },
  { table: 'sinks', key: ['sink'], texts: ['last_error'] },
  { table: 'breakers', key: ['sink'], texts: [], objects: ['state'] },
  { table: 'breaker_transitions', key: ['id'], texts: ['reason'] },
  { table: 'outbox', key: ['id'], texts: ['last_error'], objects: ['body'] },
];

/** The ids among the members of an object. */
export function idsIn(object: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(object).filter(
      ([key, value]) => key.endsWith('_id') && typeof value === 'string',
    ),
  );
}
