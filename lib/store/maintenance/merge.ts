import type { Database } from '../database/database.ts';
import { COUNTED_SINCE_KEY, RESCAN_KEY, REWRITTEN_KEY, UNWIPED_KEY } from '../database/meta.ts';
import { removeReturned } from './forget/removal.ts';
import { mergePatterns } from './merge-patterns.ts';
import { mergeStates } from './states/merge-states.ts';
import { DERIVED_TABLES, tableShapes } from './schema-shape.ts';
import type { TableShape } from './schema-shape.ts';
import { LATEST_DEPRECATION } from '../writers/deprecations.ts';

/**
 * Adds everything that a later tracker.db at `laterPath` has to an older one, open as `database`, in one
 * transaction. Both have to be of the present schema, and no other process may write to them. What both
 * have, such as a session that went on, becomes one. Merging the same file again changes nothing.
 *
 * @throws SQLite's error
 */
export function mergeLater(database: Database, laterPath: string): void {
  database.prepare<[string]>('ATTACH ? AS later').run(laterPath);
  try {
    database
      .transaction(() => {
        // If they share an event, the later one has been merged into this one before.
        const isDisjoint =
          database
            .prepare('SELECT 1 FROM main.events JOIN later.events USING (event_id) LIMIT 1')
            .get() === undefined;
        const shapes = tableShapes(database).filter(({ name }) => !DERIVED_TABLES.has(name));
        const order = ({ name }: TableShape) => (name === 'projects' ? 0 : 1); // other tables refer to projects
        mergePatterns(database);
        for (const shape of shapes.toSorted((a, b) => order(a) - order(b))) {
          const rule = RULES[shape.name];
          database.exec(rule ? rule(isDisjoint, shape) : missingRows(shape));
        }
        mergeStates(database, OWN_PROJECT);
        removeReturned(database);
      })
      .immediate();
  } finally {
    database.exec('DETACH later');
  }
}

// --- internal ---

type Rule = (isDisjoint: boolean, shape: TableShape) => string;

/** How each table is merged whose rows both may have, or are changed; the others use `missingRows`. */
const RULES: Readonly<Record<string, Rule>> = {
  patterns: () => '', // see merge-patterns.ts
  pending_edges: () => '',
  lineage_edges: (_, shape) => missingRows(shape, 'row.position < 0'), // a further version's; mergePatterns draws the others
  occurrences: (_, shape) =>
    missingRows(shape, 'true', {
      project_id: OWN_PROJECT,
      // Only the origin of a pattern tells how it came to be.
      action: `CASE WHEN row.action = 'applied' OR EXISTS (SELECT 1 FROM main.occurrences AS first
          WHERE first.pattern_id = row.pattern_id AND first.action != 'applied')
        THEN 'applied'
        ELSE (SELECT origin FROM main.patterns AS own WHERE own.id = row.pattern_id) END`,
    }),
  // Of an occurrence that both have, the parents belong together.
  occurrence_parents: (_, shape) =>
    missingRows(
      shape,
      `NOT EXISTS (SELECT 1 FROM main.occurrence_parents AS own
        WHERE own.event_id = row.event_id AND own.ordinal = row.ordinal)`,
    ),
  file_states: () => '', // see merge-states.ts
  recent_changes: () => '',
  sessions: (
    isDisjoint,
    shape,
  ) => `${missingRows(shape, 'true', { project_id: OWN_PROJECT }, 'INSERT')}
    ON CONFLICT (id) DO UPDATE SET
      started_at = min(started_at, excluded.started_at),
      ended_at = CASE WHEN excluded.last_event_at >= last_event_at
        THEN excluded.ended_at ELSE ended_at END,
      last_event_at = max(last_event_at, excluded.last_event_at),
      source = coalesce(source, excluded.source),
      end_reason = coalesce(excluded.end_reason, end_reason),
      cwd = coalesce(cwd, excluded.cwd),
      project_id = coalesce(project_id, excluded.project_id),
      git_branch = coalesce(git_branch, excluded.git_branch),
      transcript_path = coalesce(excluded.transcript_path, transcript_path),
      model = coalesce(excluded.model, model),
      waiting_at = coalesce(max(waiting_at, excluded.waiting_at), waiting_at, excluded.waiting_at),
      failed_turns = ${isDisjoint ? 'failed_turns + excluded.failed_turns' : 'max(failed_turns, excluded.failed_turns)'},
      prompts = ${isDisjoint ? 'prompts + excluded.prompts' : 'max(prompts, excluded.prompts)'}`,
  subagents: (_, shape) => `${missingRows(shape, 'true', {}, 'INSERT')}
    ON CONFLICT (session_id, agent_id) DO UPDATE SET
      agent_type = coalesce(agent_type, excluded.agent_type),
      started_at = coalesce(started_at, excluded.started_at),
      ended_at = coalesce(excluded.ended_at, ended_at)`,
  // A call may have begun in one database and ended in the other.
  tool_calls: (_, shape) => `${missingRows(shape, 'true', {}, 'INSERT')}
    ON CONFLICT (session_id, tool_use_id) DO UPDATE SET
      agent_id = coalesce(agent_id, excluded.agent_id),
      input_digest = coalesce(input_digest, excluded.input_digest),
      outcome = CASE WHEN excluded.certainty >= certainty THEN excluded.outcome ELSE outcome END,
      error = CASE WHEN excluded.certainty >= certainty THEN excluded.error ELSE error END,
      asked = coalesce(asked, excluded.asked, CASE
        WHEN summary IN ('', excluded.summary) OR excluded.summary = ''
          OR (certainty = 2) = (excluded.certainty = 2) THEN NULL
        WHEN certainty = 2 AND excluded.started_at IS NOT NULL THEN excluded.summary
        WHEN excluded.certainty = 2 AND started_at IS NOT NULL THEN summary END),
      summary = CASE WHEN excluded.summary != '' AND (summary = '' OR excluded.certainty = 2)
        THEN excluded.summary ELSE summary END,
      certainty = max(certainty, excluded.certainty),
      started_at = coalesce(started_at, excluded.started_at),
      ended_at = coalesce(excluded.ended_at, ended_at),
      duration_ms = coalesce(excluded.duration_ms, duration_ms,
        max(0, coalesce(excluded.ended_at, ended_at) - coalesce(started_at, excluded.started_at))),
      at = coalesce(started_at, excluded.started_at, at),
      lines_added = coalesce(excluded.lines_added, lines_added),
      lines_removed = coalesce(excluded.lines_removed, lines_removed)`,
  deprecations: (_, shape) => `${missingRows(shape, 'true', {}, 'INSERT')} ${LATEST_DEPRECATION}`,
  // The later database knows the present state of the sinks.
  sinks: (_, shape) => missingRows(shape, 'true', {}, 'INSERT OR REPLACE'),
  breakers: (_, shape) => missingRows(shape, 'true', {}, 'INSERT OR REPLACE'),
  metrics: (isDisjoint, shape) => added(shape, 'scope, name', isDisjoint),
  delivery_totals: (isDisjoint, shape) => added(shape, 'slot, scope, name', isDisjoint),
  counters: (isDisjoint, shape) => added(shape, 'name', isDisjoint),
  redaction_counts: (isDisjoint, shape) =>
    added(shape, 'day, project, rule', isDisjoint, ['count', 'left_out']),
  // One key holds the id of an event, and events get other ids here; the others are about the file itself.
  // If the older database got its counts only now, with the present schema, the later one had them before.
  meta: (_, shape) =>
    `${missingRows(
      shape,
      `row.key NOT IN ('payloads_pruned_to', '${UNWIPED_KEY}', '${REWRITTEN_KEY}')`,
      {},
      'INSERT',
    )} ON CONFLICT (key) DO UPDATE SET value = min(CAST(value AS INTEGER), CAST(excluded.value AS INTEGER))
      WHERE key = '${COUNTED_SINCE_KEY}';
    DELETE FROM main.meta WHERE key = '${RESCAN_KEY}'`, // rows have come that it would pass over
};

const OWN_PROJECT = `(SELECT own.id FROM later.projects AS theirs
  JOIN main.projects AS own ON own.root = theirs.root WHERE theirs.id = row.project_id)`;

/** Adds the totals of two databases; if both counted the same events, keeps the larger total. */
function added(
  shape: TableShape,
  key: string,
  isDisjoint: boolean,
  totals: readonly string[] = ['value'],
): string {
  const sets = totals.map((total) =>
    isDisjoint
      ? `${total} = ${total} + excluded.${total}`
      : `${total} = max(${total}, excluded.${total})`,
  );
  return `${missingRows(shape, 'true', {}, 'INSERT')} ON CONFLICT (${key}) DO UPDATE SET ${sets.join(', ')}`;
}

/**
 * SQL that inserts the rows whose key is missing. Row ids that only number the rows are assigned again,
 * after the present ones and in the same order, because events and outbox are read in the order of their ids.
 */
function missingRows(
  { name, columns, rowidColumn, keyedOrder, indexes }: TableShape,
  condition = 'true',
  values: Readonly<Record<string, string>> = {},
  verb = 'INSERT OR IGNORE',
): string {
  const names = columns.map((column) => column.name).filter((column) => column !== rowidColumn);
  const selected = names.map((column) => values[column] ?? `row."${column}"`);
  const hasKey = keyedOrder !== undefined || indexes.some(({ isUnique }) => isUnique);
  const isSame = names.map((column) => `own."${column}" IS row."${column}"`).join(' AND ');
  const isNew = hasKey
    ? 'true'
    : `NOT EXISTS (SELECT 1 FROM main."${name}" AS own WHERE ${isSame})`;
  return `${verb} INTO main."${name}" (${names.map((column) => `"${column}"`).join(', ')})
    SELECT ${selected.join(', ')} FROM later."${name}" AS row WHERE ${condition} AND ${isNew}
    ${keyedOrder === undefined ? 'ORDER BY row.rowid' : ''}`;
}
