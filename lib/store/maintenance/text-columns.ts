/** Columns of a table that may hold what somebody wrote. */
export interface TextColumns {
  readonly table: string;
  /** The table's primary key: rows are read in its order. */
  readonly key: readonly string[];
  readonly texts: readonly string[];
  /** Columns that hold a JSON object. */
  readonly objects?: readonly string[];
  /** Columns that hold a compressed text: see `unpackedText`. */
  readonly packed?: readonly string[];
  /** Columns that hold the JSON object of an event, packed or not: see `payloadText`. */
  readonly payloads?: readonly string[];
  /** Columns with ids, which redaction leaves as they are and a user may ask to forget. */
  readonly ids?: readonly string[];
  /** True if a rescan has a way of its own for this table. */
  readonly isApart?: boolean;
}

/**
 * Every column of tracker.db that may hold what somebody wrote: what `redact rescan` looks at, `forget` searches and
 * `privacy report` measures.
 */
export const TEXT_COLUMNS: readonly TextColumns[] = [
  {
    table: 'events',
    key: ['id'],
    texts: [],
    payloads: ['payload'],
    ids: ['session_id'],
    isApart: true,
  },
  { table: 'patterns', key: ['id'], texts: ['name', 'code'], isApart: true },
  { table: 'projects', key: ['id'], texts: ['root', 'name'], isApart: true },
  {
    table: 'redaction_counts',
    key: ['day', 'project', 'rule'],
    texts: ['project'],
    isApart: true,
  },
  { table: 'cache_entries', key: ['key'], texts: ['key', 'value'], isApart: true },
  {
    table: 'tool_calls',
    key: ['session_id', 'tool_use_id'],
    texts: ['tool_name', 'agent_type', 'summary', 'asked', 'error'],
    ids: ['session_id'],
  },
  {
    table: 'sessions',
    key: ['id'],
    texts: ['cwd', 'git_branch', 'transcript_path', 'model'],
    ids: ['id'],
  },
  { table: 'session_models', key: ['session_id', 'at'], texts: ['model'], ids: ['session_id'] },
  {
    table: 'subagents',
    key: ['session_id', 'agent_id'],
    texts: ['agent_type', 'model'],
    ids: ['session_id', 'agent_id', 'parent_agent_id'],
  },
  {
    table: 'message_usage',
    key: ['message_id'],
    texts: ['model'],
    ids: ['session_id', 'agent_id'],
  },
  { table: 'transcript_proofs', key: ['session_id'], texts: [], ids: ['session_id'] },
  {
    table: 'occurrences',
    key: ['event_id', 'ordinal'],
    texts: ['tool_name', 'file_path'],
    ids: ['session_id'],
  },
  {
    table: 'file_changes',
    key: ['event_id', 'file_path'],
    texts: ['file_path'],
    ids: ['session_id'],
  },
  { table: 'file_states', key: ['id'], texts: ['file_path'], packed: ['history'], isApart: true },
  {
    table: 'recent_changes',
    key: ['project_id', 'seq'],
    texts: [],
    packed: ['change'],
    isApart: true,
  },
  { table: 'pattern_versions', key: ['pattern_id', 'version'], texts: ['name', 'code'] },
  { table: 'deprecations', key: ['pattern_id'], texts: ['reason'] },
  { table: 'lineage_events', key: ['id'], texts: [], objects: ['extra'], ids: ['session_id'] },
  {
    table: 'feedback',
    key: ['pattern_id', 'id'],
    texts: ['comment'],
    objects: ['extra'],
    ids: ['session_id'],
  },
  { table: 'sinks', key: ['sink'], texts: ['last_error'] },
  { table: 'breakers', key: ['sink'], texts: [], objects: ['state'] },
  { table: 'breaker_transitions', key: ['id'], texts: ['reason'] },
  {
    table: 'outbox',
    key: ['id'],
    texts: ['last_error'],
    objects: ['body'],
    ids: ['session_id'],
  },
];
