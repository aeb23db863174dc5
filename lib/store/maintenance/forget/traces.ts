import { asString, isJsonObject } from '../../../base/json.ts';
import type { Json } from '../../../base/json.ts';
import type { Database } from '../../database/database.ts';
import { isOfWholeSessions } from './criteria.ts';
import type { ForgetCriteria } from './criteria.ts';
import { CHOSEN, wholeSessions } from './selection.ts';
import { someText } from './text-forms.ts';

/** A shorter text may stand anywhere by chance, in bytes. */
const LEAST_BYTES = 16;
/** The part of a long text that is searched for, in characters. */
const TRACE_CHARACTERS = 48;
/** The most texts that are searched for. */
const MOST_TRACES = 48;
/** The most paths of files among them. */
const MOST_FILES = 8;
/** The rows of each kind that texts are taken from, spread over all. */
const ROWS = 16;

/**
 * Texts by which to find out whether anything is left of what was chosen: the text that the user named, else
 * pieces of the code, prompts, inputs and outputs that are about to go. Call it before the rows are removed.
 */
export function tracesOf(database: Database, criteria: ForgetCriteria): string[] {
  const { match, files = [], projects = [] } = criteria;
  if (match !== undefined) return [match];
  const traces = new Set<string>(files.slice(0, MOST_FILES));
  if (isOfWholeSessions(criteria)) {
    const sessions = wholeSessions(database, criteria).slice(0, ROWS);
    for (const name of [...projects, ...sessions]) traces.add(name);
  }
  const take = (texts: readonly string[]) => {
    for (const text of texts) {
      const trace = traceOf(text);
      if (trace !== undefined && traces.size < MOST_TRACES) traces.add(trace);
    }
  };
  const codes = spread(
    database,
    'patterns',
    'code',
    // Code that was written elsewhere, too, stays.
    `id IN (SELECT id FROM ${CHOSEN.patterns}) AND NOT EXISTS (
        SELECT 1 FROM occurrences kept WHERE kept.pattern_id = patterns.id
          AND (kept.event_id, kept.ordinal) NOT IN (SELECT event_id, ordinal FROM ${CHOSEN.occurrences}))`,
  );
  // Whoever read the one pattern that is meant may have seen any part of it.
  take(criteria.pattern === undefined ? codes : codes.flatMap(linesFrom));
  const payloads = spread(
    database,
    'events',
    'payload_text(payload)',
    `payload IS NOT NULL AND event_id IN (SELECT event_id FROM ${CHOSEN.events})`,
  );
  take(payloads.flatMap(longestOf));
  take(
    spread(
      database,
      'tool_calls',
      'error',
      `error IS NOT NULL AND (session_id, tool_use_id) IN (SELECT session_id, tool_use_id FROM ${CHOSEN.calls})`,
    ),
  );
  return [...traces];
}

// --- internal ---

function spread(database: Database, table: string, column: string, condition: string): string[] {
  return database
    .prepare<[], string>(
      `SELECT text FROM (SELECT ${column} AS text, row_number() OVER () AS n, count(*) OVER () AS total
         FROM ${table} WHERE ${condition})
       WHERE n % max(1, total / ${ROWS}) = 0 LIMIT ${ROWS}`,
    )
    .pluck()
    .all();
}

/** Members that say what an event is about; the others are alike in all events of a session. */
const TELLING = ['prompt', 'tool_input', 'tool_response', 'error', 'last_assistant_message'];

/** The longest text of a payload. */
function longestOf(payload: string): string[] {
  const value: unknown = JSON.parse(payload);
  if (!isJsonObject(value)) return [];
  let longest = '';
  for (const name of TELLING) {
    someText((value[name] ?? null) as Json, (text) => {
      if (text.length > longest.length) longest = text;
      return false;
    });
  }
  return [asString(longest) ?? ''];
}

/** The longest line of each third of a text: lines are found where others stand between them, or numbers. */
function linesFrom(code: string): string[] {
  const lines = code.split('\n');
  const third = Math.ceil(lines.length / 3);
  return [0, 1, 2].map((n) =>
    lines.slice(n * third, (n + 1) * third).reduce((a, b) => (b.length > a.length ? b : a), ''),
  );
}

/** A piece from the middle of a text; undefined if the text says too little. */
function traceOf(text: string): string | undefined {
  const trimmed = text.trim();
  const start = Math.max(0, Math.floor((trimmed.length - TRACE_CHARACTERS) / 2));
  // A cut through a surrogate pair would find nothing.
  const piece = trimmed
    .slice(start, start + TRACE_CHARACTERS)
    .replace(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/g, '');
  return Buffer.byteLength(piece) >= LEAST_BYTES ? piece : undefined;
}
