import type { Database } from '../../database/database.ts';
import { noteUnwiped } from '../../database/meta.ts';
import { clearSearchIndex } from '../search-index.ts';
import { NO_ORDINAL } from '../../../pattern/occurrence-key.ts';
import { ForgottenMarks } from '../../writers/forgotten-marks.ts';
import { copyTest } from './code-copies.ts';
import { isOfWholeSessions } from './criteria.ts';
import type { ForgetCriteria } from './criteria.ts';
import { removeParents, removePatterns } from './pattern-removal.ts';
import { CHOSEN, choose, chooseReturned, defineHolds, wholeSessions } from './selection.ts';
import { removeStates } from '../states/state-removal.ts';
import { formsOf, holderOf } from './text-forms.ts';

/** Rows that were removed, by kind; for a preview, rows that would be. */
export interface ErasedRows {
  readonly events: number;
  /** Those of the events that are prompts. */
  readonly prompts: number;
  readonly toolCalls: number;
  readonly sessions: number;
  readonly patterns: number;
  /** Patterns that stay because they were also written elsewhere, and lost some of their occurrences. */
  readonly keptPatterns: number;
  readonly occurrences: number;
  /** States of files that went, or lost text. */
  readonly fileStates: number;
  /** Payloads of events that stay, which held the code of a pattern that is forgotten. */
  readonly payloads: number;
}

/** What the outbox has to know of rows that were removed. */
export interface RemovedKeys {
  readonly patternIds: readonly string[];
  /** Ids of lineage events, as sinks know them. */
  readonly eventIds: readonly string[];
  readonly calls: readonly { readonly sessionId: string; readonly toolUseId: string }[];
  /** Sessions of which nothing is left. */
  readonly sessionIds: readonly string[];
  /** Tells whether a text names a session or a project that is forgotten as a whole. */
  readonly names: (text: string) => boolean;
  /** Tells whether another text has to go, too. */
  readonly holds: ((text: string) => boolean) | undefined;
}

/** What is called while rows are removed, in the same transaction. */
export interface RemovalSteps {
  /** Called when the rows are chosen and still there. */
  readonly onChosen?: (() => void) | undefined;
  /** Called when they are gone. */
  readonly onRemoved?: ((keys: RemovedKeys) => void) | undefined;
}

/**
 * Removes from a database what the criteria choose, and everything that follows from it. What stays is as if
 * the rest had never been recorded: counts are right, and lineage follows the rule book. Call it in a
 * transaction.
 *
 * @throws SQLite's error
 */
export function removeChosen(
  database: Database,
  criteria: ForgetCriteria,
  { onChosen, onRemoved }: RemovalSteps = {},
): ErasedRows {
  choose(database, criteria);
  onChosen?.();
  remember(database, criteria);
  return removeRows(database, criteria, onRemoved);
}

/** Removes again what was forgotten before and has come back with another database. Call it in a transaction. */
export function removeReturned(database: Database): void {
  if (database.prepare('SELECT 1 FROM forgotten LIMIT 1').get() === undefined) return;
  chooseReturned(database);
  removeRows(database, {}, undefined);
}

// --- internal ---

const PROMPTS = `event_id IN (SELECT event_id FROM events WHERE name = 'UserPromptSubmit')`;

/** Removes the rows of {@link CHOSEN} and what follows from them. */
function removeRows(
  database: Database,
  criteria: Omit<ForgetCriteria, 'at'>,
  onRemoved: RemovalSteps['onRemoved'],
): ErasedRows {
  const shows = criteria.pattern === undefined ? undefined : codeTest(database, criteria.pattern);
  const payloads = shows ? clearCode(database, shows) : 0;
  const holds = textTest(criteria.match, shows);
  const eventsChosen = chosenEvents(database);
  const events = countOf(database, CHOSEN.events);
  const prompts = countOf(database, CHOSEN.events, PROMPTS);
  const occurrences = countOf(database, CHOSEN.occurrences);
  const eventIds = occurrenceIds(database);
  const calls = database
    .prepare<[], { sessionId: string; toolUseId: string }>(
      `SELECT session_id AS sessionId, tool_use_id AS toolUseId FROM ${CHOSEN.calls}`,
    )
    .all();
  const whole = wholeSessions(database, criteria);
  const names = whole.length > 0 ? [...whole, ...(criteria.projects ?? [])] : [];
  noteUnwiped(database);
  clearSearchIndex(database);
  deductPrompts(database);
  database.exec(`
    DELETE FROM events WHERE event_id IN (SELECT event_id FROM ${CHOSEN.events});
    DELETE FROM file_changes WHERE event_id IN (SELECT event_id FROM ${CHOSEN.events});
    DELETE FROM tool_calls WHERE (session_id, tool_use_id) IN (SELECT session_id, tool_use_id FROM ${CHOSEN.calls});
    DELETE FROM occurrences WHERE (event_id, ordinal) IN (SELECT event_id, ordinal FROM ${CHOSEN.occurrences});
  `);
  removeParents(database, CHOSEN.occurrences);
  const roots = isOfWholeSessions(criteria) ? (criteria.projects ?? []) : [];
  const written = writtenFiles(database);
  removeFileChanges(database, [...written, ...(criteria.files ?? [])], roots);
  const isGone = goneTest(criteria.files ?? [], roots);
  const fileStates = removeStates(database, { events: eventsChosen, written, isGone, holds });
  const patternIds = removePatterns(database);
  const sessionIds = removeSessions(database);
  if (criteria.match !== undefined) clearWords(database, criteria.match);
  for (const name of names) clearFaults(database, name);
  database.exec('DELETE FROM cache_entries'); // answers of the server may hold any pattern
  onRemoved?.({
    patternIds,
    eventIds,
    calls,
    sessionIds,
    names: holderOf(names.flatMap(formsOf)),
    holds: criteria.match === undefined ? undefined : holderOf(formsOf(criteria.match)),
  });
  return {
    events,
    prompts,
    toolCalls: calls.length,
    sessions: sessionIds.length,
    patterns: patternIds.length,
    keptPatterns: countOf(database, CHOSEN.patterns),
    occurrences,
    fileStates,
    payloads,
  };
}

function countOf(database: Database, table: string, condition = 'true'): number {
  return Number(
    database.prepare(`SELECT count(*) FROM ${table} WHERE ${condition}`).pluck().get() ?? 0,
  );
}

/** Keeps what was chosen from coming back. */
function remember(database: Database, criteria: ForgetCriteria): void {
  const forgotten = new ForgottenMarks(database);
  const ids = database
    .prepare<[], string>(
      `SELECT event_id FROM ${CHOSEN.events} UNION SELECT event_id FROM ${CHOSEN.occurrences}`,
    )
    .pluck()
    .all();
  for (const id of ids) forgotten.addEvent(id);
  const turns = database
    .prepare<[], [string, string, number]>(
      `SELECT session_id, name, received_at FROM events
       WHERE tool_use_id IS NULL AND event_id IN (SELECT event_id FROM ${CHOSEN.events})`,
    )
    .raw()
    .all();
  for (const turn of turns) forgotten.addTurn(...turn);
  for (const id of wholeSessions(database, criteria)) forgotten.addSession(id, criteria.at);
}

/** The ids under which sinks know the occurrences: a courier's has an ordinal, others' do not. */
function occurrenceIds(database: Database): string[] {
  return database
    .prepare<[], [string, number]>(`SELECT event_id, ordinal FROM ${CHOSEN.occurrences}`)
    .raw()
    .all()
    .flatMap(([id, ordinal]) => (ordinal === NO_ORDINAL ? [id] : [`${id}-${ordinal}`, id]));
}

function chosenEvents(database: Database): Set<string> {
  return new Set(
    database
      .prepare<[], string>(
        `SELECT event_id FROM ${CHOSEN.events} UNION SELECT event_id FROM ${CHOSEN.occurrences}`,
      )
      .pluck()
      .all(),
  );
}

function writtenFiles(database: Database): Set<string> {
  return new Set(
    database.prepare<[], string>(`SELECT file_path FROM ${CHOSEN.occurrences}`).pluck().all(),
  );
}

function removeFileChanges(
  database: Database,
  files: readonly string[],
  roots: readonly string[],
): void {
  database
    .prepare<[{ files: string; roots: string }]>(
      `DELETE FROM file_changes WHERE file_path IN (SELECT value FROM json_each(@files))
         OR EXISTS (SELECT 1 FROM json_each(@roots) root
           WHERE substr(file_path, 1, length(root.value) + 1) = root.value || '/')`,
    )
    .run({ files: JSON.stringify(files), roots: JSON.stringify(roots) });
}

/** Tells of a file whether it was asked for, or lies in a project of which nothing stays. */
function goneTest(files: readonly string[], roots: readonly string[]): (path: string) => boolean {
  const named = new Set(files);
  return (path) => named.has(path) || roots.some((root) => path.startsWith(`${root}/`));
}

/** Tells of a text that stands anywhere whether it has to go for what is in it. */
function textTest(
  match: string | undefined,
  shows: ((payload: string) => boolean) | undefined,
): ((text: string) => boolean) | undefined {
  if (match === undefined && shows === undefined) return undefined;
  const holds = match === undefined ? undefined : holderOf(formsOf(match));
  return (text) => holds?.(text) === true || shows?.(JSON.stringify(text)) === true;
}

/** A test of payloads for the code of a pattern or a part of it; undefined for code that tells nothing. */
function codeTest(database: Database, id: string): ((payload: string) => boolean) | undefined {
  const code = database
    .prepare<[string], string>('SELECT code FROM patterns WHERE id = ?')
    .pluck()
    .get(id);
  if (code === undefined || code.trim().length < LEAST_CODE) return undefined;
  const holds = holderOf(formsOf(code.trim()));
  const shows = copyTest(code);
  return (payload) => holds(payload) || shows(payload);
}

/** Removes the payloads of other events that show the code of a pattern or a part of it, such as those that read it. */
function clearCode(database: Database, shows: (payload: string) => boolean): number {
  database.function('forget_shows', (payload: unknown) =>
    typeof payload === 'string' && shows(payload) ? 1 : 0,
  );
  return database
    .prepare(
      `UPDATE events SET payload = NULL WHERE forget_shows(payload_text(payload))
         AND event_id NOT IN (SELECT event_id FROM ${CHOSEN.events})`,
    )
    .run().changes;
}

/** Shorter code, such as `}`, is in many texts and tells nothing. In characters. */
const LEAST_CODE = 16;

function deductPrompts(database: Database): void {
  database.exec(`UPDATE sessions SET prompts = max(0, sessions.prompts - gone.prompts)
    FROM (SELECT session_id, count(*) AS prompts FROM ${CHOSEN.events} WHERE ${PROMPTS} GROUP BY session_id) gone
    WHERE sessions.id = gone.session_id`);
}

/** Removes the sessions of which nothing is left, and sets the times of the others. */
function removeSessions(database: Database): string[] {
  const touched = `SELECT id FROM ${CHOSEN.sessions}`;
  const left = (table: string) =>
    `id NOT IN (SELECT session_id FROM ${table} WHERE session_id IN (${touched}))`;
  const removed = database
    .prepare<[], string>(
      `DELETE FROM sessions WHERE id IN (${touched})
         AND ${['events', 'tool_calls', 'occurrences'].map(left).join(' AND ')} RETURNING id`,
    )
    .pluck()
    .all();
  const ids = JSON.stringify(removed);
  for (const table of [
    'subagents',
    'session_models',
    'message_usage',
    'transcript_proofs',
    'file_changes',
    'lineage_events',
    'feedback',
  ]) {
    database
      .prepare<[string]>(
        `DELETE FROM ${table} WHERE session_id IN (SELECT value FROM json_each(?))`,
      )
      .run(ids);
  }
  database.exec(`
    UPDATE sessions SET started_at = row.first, last_event_at = row.last
    FROM (SELECT session_id, min(received_at) AS first, max(received_at) AS last FROM events
          WHERE session_id IN (${touched}) GROUP BY session_id) row
    WHERE sessions.id = row.session_id;
    DELETE FROM projects WHERE id NOT IN (SELECT project_id FROM sessions WHERE project_id IS NOT NULL)
      AND id NOT IN (SELECT project_id FROM occurrences WHERE project_id IS NOT NULL);
    DELETE FROM redaction_counts WHERE project != '' AND project NOT IN (SELECT root FROM projects);
    UPDATE file_states SET project_id = NULL WHERE project_id NOT IN (SELECT id FROM projects);
    DELETE FROM recent_changes WHERE project_id != 0 AND project_id NOT IN (SELECT id FROM projects)`);
  return removed;
}

/** Removes a text from where it stands beside the rows that are chosen. */
function clearWords(database: Database, match: string): void {
  clearFaults(database, match);
  database.exec(`
    UPDATE deprecations SET reason = NULL WHERE forget_holds(reason);
    DELETE FROM file_changes WHERE forget_holds(file_path);
    UPDATE sessions SET model = NULL WHERE forget_holds(model);
    UPDATE tool_calls SET agent_type = NULL WHERE agent_type IS NOT NULL AND forget_holds(agent_type);
    DELETE FROM session_models WHERE forget_holds(model);
    DELETE FROM message_usage WHERE forget_holds(model) OR forget_holds(agent_id);
    DELETE FROM subagents WHERE forget_holds(agent_type) OR forget_holds(agent_id)
      OR forget_holds(parent_agent_id) OR forget_holds(model);
    DELETE FROM lineage_events WHERE forget_holds(extra);
    DELETE FROM feedback WHERE forget_holds(comment) OR forget_holds(extra)`);
}

/** Removes a text from what is kept of faults of the sinks: their messages are other programs'. */
function clearFaults(database: Database, text: string): void {
  defineHolds(database, text);
  database.exec(`
    UPDATE sinks SET last_error = NULL WHERE forget_holds(last_error);
    DELETE FROM breaker_transitions WHERE forget_holds(reason);
    DELETE FROM breakers WHERE forget_holds(state)`);
}
