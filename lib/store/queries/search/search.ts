import type { Database } from '../../database/database.ts';
import { Conditions } from '../conditions.ts';
import type { ListFilter } from '../conditions.ts';
import { SearchText } from './search-text.ts';
import type { TextHit } from './search-text.ts';
import { EVENT_COLUMNS, SearchableParts } from './searchable.ts';
import type { SearchableEvent, SearchablePart, SearchKind } from './searchable.ts';

/** What to search for, and among what. */
export interface SearchFilter extends ListFilter {
  readonly text: string;
  /** @default all */
  readonly kinds?: readonly SearchKind[] | undefined;
  /** The tool that ran, or wrote the code; any case. */
  readonly tool?: string | undefined;
  /** Only code in this language. */
  readonly language?: string | undefined;
  /** Only code in, and names of, files that this is true of. */
  readonly isFile?: ((path: string) => boolean) | undefined;
}

/** A place where a text was found. Times are milliseconds since 1970 UTC. */
export interface SearchHit {
  readonly kind: SearchKind;
  readonly patternId: string | null;
  readonly sessionId: string;
  readonly toolUseId: string | null;
  readonly toolName: string | null;
  /** The file of code, or the name that was found; null for other kinds. */
  readonly filePath: string | null;
  /** The line of the file at which the code was written, from 1; null if it is not known, and for other kinds. */
  readonly line: number | null;
  /** The line that holds the text, or its beginning. */
  readonly snippet: string;
  /** Where in the snippet the text stands, from 0. */
  readonly start: number;
  readonly length: number;
  readonly at: number;
  readonly projectRoot: string | null;
  readonly projectName: string | null;
}

/** What was found. */
export interface SearchResult {
  /** Whole words first, then the newest. */
  readonly hits: readonly SearchHit[];
  /** True if there may be more than were asked for. */
  readonly isCut: boolean;
  /** True if no text holds the whole of what was searched for, and these hold all of its words. */
  readonly isByWords: boolean;
  /** Events that the index does not know yet. They were searched as well, one by one. */
  readonly unindexed: number;
  /** Of these, the older ones that were not searched because there are too many. */
  readonly unsearched: number;
}

/** Finds a text of three characters or more in code, prompts, commands, errors and names of files. */
export function search(database: Database, filter: SearchFilter): SearchResult {
  const searching = new Searching(database, filter);
  const whole = searching.run(new SearchText(filter.text));
  if (whole.hits.length > 0 || !/\S\s+\S/.test(filter.text)) return whole;
  const words = new SearchText(filter.text, { isWords: true });
  if (!words.isLongEnough) return whole;
  return { ...searching.run(words), isByWords: true };
}

/** The id of the last event that the index has taken in; 0 for none. */
export function searchIndexedTo(database: Database): number {
  return Number(database.prepare('SELECT indexed_to FROM search_progress').pluck().get());
}

// --- internal ---

/** So many hits are put in order; of more, only the newest. */
const MOST_RANKED = 200;
/** So many events are searched one by one before the index has taken them in. */
const MOST_UNINDEXED = 20_000;
/** The longest snippet, in characters, and how much of it stands before the hit. */
const SNIPPET_CHARACTERS = 240;
const SNIPPET_BEFORE = 60;

interface RankedHit extends SearchHit {
  readonly isWord: boolean;
}

/** A place that a hit is shown at. */
interface Place {
  readonly sessionId: string;
  readonly toolUseId: string | null;
  readonly toolName: string | null;
  readonly filePath: string | null;
  readonly startLine: number | null;
  readonly at: number;
  readonly projectRoot: string | null;
  readonly projectName: string | null;
}

class Searching {
  readonly #database: Database;
  readonly #filter: SearchFilter;
  readonly #parts: SearchableParts;
  readonly #codePlace: Placing<{ id: string }>;
  readonly #eventPlace: Placing<{ id: number; tool: string }>;

  constructor(database: Database, filter: SearchFilter) {
    this.#database = database;
    this.#filter = filter;
    this.#parts = new SearchableParts(database);
    this.#codePlace = codePlaces(database, filter);
    this.#eventPlace = eventPlaces(database, filter);
  }

  run(text: SearchText): SearchResult {
    const { limit } = this.#filter;
    const most = limit === -1 ? Number.POSITIVE_INFINITY : Math.max(limit, MOST_RANKED);
    const hits: RankedHit[] = [];
    const seen = new Set<string>();
    const indexedTo = searchIndexedTo(this.#database);
    const count = this.#database.prepare<[number], number>(
      'SELECT count(*) FROM events WHERE id > ?',
    );
    const unindexed = count.pluck().get(indexedTo) ?? 0;
    for (const event of this.#candidates(text, indexedTo)) {
      for (const part of this.#parts.of(event)) {
        const hit = this.#hit(text, event, part, seen);
        if (hit) hits.push(hit);
      }
      if (hits.length > most) break;
    }
    hits.sort((one, other) => Number(other.isWord) - Number(one.isWord) || other.at - one.at);
    return {
      hits: (limit === -1 ? hits : hits.slice(0, limit)).map(({ isWord: _, ...hit }) => hit),
      isCut: limit !== -1 && hits.length > limit,
      isByWords: false,
      unindexed,
      unsearched: Math.max(0, unindexed - MOST_UNINDEXED),
    };
  }

  /** The events that may hold it, newest first. */
  *#candidates(text: SearchText, indexedTo: number): Iterable<SearchableEvent> {
    yield* this.#database
      .prepare<[number, number], SearchableEvent>(
        `SELECT ${EVENT_COLUMNS} FROM events e WHERE e.id > ? ORDER BY e.id DESC LIMIT ?`,
      )
      .all(indexedTo, MOST_UNINDEXED);
    yield* this.#database
      .prepare<[string], SearchableEvent>(
        `SELECT ${EVENT_COLUMNS} FROM search_index JOIN events e ON e.id = search_index.rowid
         WHERE search_index MATCH ? ORDER BY search_index.rowid DESC`,
      )
      .iterate(text.match);
  }

  #hit(
    text: SearchText,
    event: SearchableEvent,
    part: SearchablePart,
    seen: Set<string>,
  ): RankedHit | undefined {
    const { kind, patternId } = part;
    const { kinds, isFile, language } = this.#filter;
    if (kinds && !kinds.includes(kind)) return undefined;
    if (kind !== 'pattern' && (language !== undefined || (isFile && kind !== 'path')))
      return undefined;
    const key = `${kind} ${patternId ?? (kind === 'path' ? part.text : (event.toolUseId ?? event.id))}`;
    if (seen.has(key)) return undefined;
    const found = text.find(part.text);
    if (!found) return undefined;
    const place =
      patternId === null ? this.#placeOf(event, part) : this.#codePlace({ id: patternId });
    if (!place) return undefined;
    seen.add(key);
    return { kind, patternId, ...hitAt(place, part.text, found) };
  }

  #placeOf(event: SearchableEvent, { kind, text, toolName }: SearchablePart): Place | undefined {
    const place = this.#eventPlace({ id: event.id, tool: toolName ?? '' });
    if (kind !== 'path' || !place) return place;
    return this.#filter.isFile?.(text) === false ? undefined : { ...place, filePath: text };
  }
}

type Placing<Row> = (row: Row) => Place | undefined;

/** Where a pattern was written last, of the places that the filter names. */
function codePlaces(database: Database, filter: SearchFilter): Placing<{ id: string }> {
  const where = new Conditions()
    .add('o.pattern_id = @id')
    .addFilter({ session: 'o.session_id', project: 'o.project_id', time: 'o.at' }, filter);
  const { tool, language, isFile } = filter;
  if (tool !== undefined) where.add('o.tool_name = @tool COLLATE NOCASE', { tool });
  if (language !== undefined) where.add('o.language = @language COLLATE NOCASE', { language });
  const select = database.prepare<[Record<string, string | number>], Place>(
    `SELECT o.session_id AS sessionId, o.tool_use_id AS toolUseId, o.tool_name AS toolName,
       o.file_path AS filePath, o.start_line AS startLine, o.at,
       project.root AS projectRoot, project.name AS projectName
     FROM occurrences o LEFT JOIN projects project ON project.id = o.project_id
     ${where.sql()} ORDER BY o.at DESC`,
  );
  return ({ id }) => {
    for (const place of select.iterate({ ...where.values, id })) {
      if (!isFile || (place.filePath !== null && isFile(place.filePath))) return place;
    }
    return undefined;
  };
}

/** The place of an event, if the filter names it. */
function eventPlaces(
  database: Database,
  filter: SearchFilter,
): Placing<{ id: number; tool: string }> {
  const where = new Conditions()
    .add('e.id = @id')
    .addFilter({ session: 'e.session_id', project: 's.project_id', time: 'e.received_at' }, filter);
  if (filter.tool !== undefined)
    where.add('@tool = @wanted COLLATE NOCASE', { wanted: filter.tool });
  const select = database.prepare<[Record<string, string | number>], Place>(
    `SELECT e.session_id AS sessionId, e.tool_use_id AS toolUseId, nullif(@tool, '') AS toolName,
       NULL AS filePath, NULL AS startLine, e.received_at AS at,
       project.root AS projectRoot, project.name AS projectName
     FROM events e LEFT JOIN sessions s ON s.id = e.session_id
     LEFT JOIN projects project ON project.id = s.project_id ${where.sql()}`,
  );
  return (row) => select.get({ ...where.values, ...row });
}

function hitAt(
  { startLine, ...place }: Place,
  text: string,
  { index, length, isWord }: TextHit,
): Omit<RankedHit, 'kind' | 'patternId'> {
  const lineStart = text.lastIndexOf('\n', index - 1) + 1;
  const lineEnd = text.indexOf('\n', index);
  const from = Math.max(lineStart, index - SNIPPET_BEFORE);
  const to = Math.min(lineEnd === -1 ? text.length : lineEnd, from + SNIPPET_CHARACTERS);
  const above = text.slice(0, lineStart).split('\n').length - 1;
  return {
    ...place,
    line: startLine === null ? null : startLine + above,
    snippet: text.slice(from, to),
    start: index - from,
    length: Math.min(length, to - index),
    isWord,
  };
}
