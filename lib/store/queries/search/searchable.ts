import { typedPrompts } from '../authorship/prompts.ts';
import { indexLabels } from './index-label.ts';
import { payloadField } from '../../database/payload/payload-field.ts';
import type { Database } from '../../database/database.ts';

/** What can be found: code, what a person typed, what Claude ran, what it was told, and files. */
export const SEARCH_KINDS = ['pattern', 'prompt', 'command', 'error', 'path'] as const;

/** One of {@link SEARCH_KINDS}. */
export type SearchKind = (typeof SEARCH_KINDS)[number];

/** An event whose texts can be searched. Times are milliseconds since 1970 UTC. */
export interface SearchableEvent {
  readonly id: number;
  readonly eventId: string;
  readonly name: string;
  readonly sessionId: string;
  readonly toolUseId: string | null;
  readonly at: number;
}

/** One text of an event. */
export interface SearchablePart {
  readonly kind: SearchKind;
  readonly text: string;
  /** Null, like the rest, where the text is of another kind. */
  readonly patternId: string | null;
  readonly toolName: string | null;
  /** Of the pattern. */
  readonly language: string | null;
  /** Of the file that it was written to: not that of the pattern, if another one was written to first. */
  readonly writtenIn: string | null;
}

/** The columns of a `SearchableEvent`, for a query on `events e`. */
export const EVENT_COLUMNS = `e.id, e.event_id AS eventId, e.name, e.session_id AS sessionId,
  e.tool_use_id AS toolUseId, e.received_at AS at`;

/**
 * Reads what of an event can be searched, as it is stored now: its code apart from the rest. The index is made of it, and
 * each hit is looked up in it.
 */
export class SearchableParts {
  readonly #prompt;
  readonly #call;
  readonly #code;
  readonly #first;
  readonly #written;
  readonly #paths;

  constructor(database: Database) {
    this.#prompt = database
      .prepare<[number], string | null>(`SELECT prompt FROM (${typedPrompts('id = ?')})`)
      .pluck();
    this.#call = database.prepare<[number], CallTexts>(
      `SELECT call.tool_name AS toolName, call.summary, call.asked, call.error, call.started_at AS startedAt,
         CASE WHEN call.summary NOT GLOB '/*' THEN ${payloadField('e.payload', 'tool_input.command')} END AS command
       FROM events e JOIN tool_calls call
         ON call.session_id = e.session_id AND call.tool_use_id = e.tool_use_id WHERE e.id = ?`,
    );
    this.#code = database.prepare<[string], SearchablePart>(
      `SELECT 'pattern' AS kind, p.code AS text, o.pattern_id AS patternId, o.tool_name AS toolName, p.language, o.language AS writtenIn
       FROM occurrences o JOIN patterns p ON p.id = o.pattern_id WHERE o.event_id = ?`,
    );
    this.#first = database.prepare<[string], SearchableEvent>(
      `SELECT ${EVENT_COLUMNS} FROM events e WHERE e.event_id =
         (SELECT event_id FROM occurrences WHERE pattern_id = ? ORDER BY at, event_id LIMIT 1)`,
    );
    this.#written = database.prepare<[string], { language: string; tool: string }>(
      'SELECT DISTINCT language, tool_name AS tool FROM occurrences WHERE pattern_id = ?',
    );
    this.#paths = database
      .prepare<[string, string], string>(
        `SELECT file_path FROM occurrences WHERE event_id = ?
         UNION SELECT file_path FROM file_changes WHERE event_id = ?`,
      )
      .pluck();
  }

  /** The code that it wrote. */
  code({ eventId }: SearchableEvent): SearchablePart[] {
    return this.#code.all(eventId);
  }

  /** The event that wrote the code first: of code that was written again, only that one is in the index. */
  firstEvent({ patternId }: SearchablePart): SearchableEvent | undefined {
    return patternId === null ? undefined : this.#first.get(patternId);
  }

  /** What the index is to say of texts beside what stands in them: of code, also how it was written again. */
  labels(parts: readonly SearchablePart[]): ReadonlySet<string> {
    return new Set(
      parts
        .flatMap(({ patternId, toolName }) =>
          patternId === null ? { tool: toolName } : this.#written.all(patternId),
        )
        .flatMap(indexLabels),
    );
  }

  /** All but code. */
  rest(event: SearchableEvent): SearchablePart[] {
    if (event.name === 'UserPromptSubmit') {
      return partsOf('prompt', [this.#prompt.get(event.id)], null);
    }
    const call = this.#call.get(event.id);
    const toolName = call?.toolName ?? null;
    const ran = call ? ranTexts(call, event.name) : [];
    const commands = ran.filter((text) => !isPath(text));
    const paths = this.#paths.all(event.eventId, event.eventId);
    return [
      ...partsOf('command', commands, toolName),
      ...partsOf('error', event.name === 'PreToolUse' ? [] : [call?.error], toolName),
      ...partsOf('path', [...ran.filter(isPath), ...paths], toolName),
    ];
  }
}

/** The row of the index for the code of an event, or for its other texts: the newest events have the largest ones. */
export function indexRow({ id }: Pick<SearchableEvent, 'id'>, part: 'code' | 'rest'): number {
  return id * 2 + (part === 'code' ? 1 : 0);
}

// --- internal ---

interface CallTexts {
  readonly toolName: string;
  readonly summary: string;
  readonly asked: string | null;
  readonly error: string | null;
  readonly startedAt: number | null;
  readonly command: string | null;
}

/** What ran, once a call: with its first event, and again if another hook has changed it since. */
function ranTexts({ command, summary, asked, startedAt }: CallTexts, eventName: string): string[] {
  const isNew = eventName === 'PreToolUse' || startedAt === null || asked !== null;
  return isNew ? [command ?? summary] : [];
}

function partsOf(
  kind: SearchKind,
  texts: readonly (string | null | undefined)[],
  toolName: string | null,
): SearchablePart[] {
  return [...new Set(texts)].flatMap((text) =>
    text ? [{ kind, text, patternId: null, toolName, language: null, writtenIn: null }] : [],
  );
}

function isPath(text: string): boolean {
  return /^\/\S/.test(text) && !text.includes('\n');
}
