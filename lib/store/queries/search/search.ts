import type { Database } from '../../database/database.ts';
import { Conditions, TEST_SESSION_PREFIX } from '../conditions.ts';
import { indexLabels } from './index-label.ts';
import { fewCodeEvents, fewEventIds } from './few-named.ts';
import { codePlaces, namedOccurrences } from './code-places.ts';
import type { CodeFilter, Place, Placing } from './code-places.ts';
import { SearchText } from './search-text.ts';
import type { TextHit } from './search-text.ts';
import { EVENT_COLUMNS, indexRow, SEARCH_KINDS, SearchableParts } from './searchable.ts';
import type { SearchableEvent, SearchablePart, SearchKind } from './searchable.ts';

/** What to search for, and among what. */
export interface SearchFilter extends CodeFilter {
  readonly text: string;
  /** @default all */
  readonly kinds?: readonly SearchKind[] | undefined;
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
  if (whole.hits.length > 0 || !/\s/.test(filter.text)) return whole;
  const words = new SearchText(filter.text, { isWords: true });
  if (!words.isLongEnough) return whole;
  return { ...searching.run(words), isByWords: true };
}

/** The id of the last event that the index has taken in; 0 for none. */
export function searchIndexedTo(database: Database): number {
  return Number(database.prepare('SELECT indexed_to FROM search_progress').pluck().get());
}

// --- internal ---

/** So many times the hits that are shown are put in order; of more, only the newest. */
const RANKED = 2;
/** So many events are searched one by one before the index has taken them in. */
const MOST_UNINDEXED = 20_000;
/** The longest snippet, in characters, and how much of it stands before the hit. */
const SNIPPET_CHARACTERS = 240;
const SNIPPET_BEFORE = 60;

/** An event, and those of its texts that may hold what is searched for. */
interface Candidate {
  readonly event: SearchableEvent;
  readonly parts: readonly SearchablePart[];
}

/** What was found, before it is known where it is shown. */
interface Found {
  readonly event: SearchableEvent;
  readonly part: SearchablePart;
  readonly hit: TextHit;
  /** Undefined until it is looked up, which only a filter needs of all that is found. */
  readonly place: Place | undefined;
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
    const { limit, offset = 0 } = this.#filter;
    const ranked = limit === -1 ? Number.POSITIVE_INFINITY : limit * RANKED;
    // Each part is put in order for itself, so that a hit stands on one page, whichever pages are asked for.
    const most = limit === -1 ? ranked : Math.ceil((offset + limit) / ranked) * ranked;
    const all: Found[] = [];
    const seen = new Set<string>();
    const indexedTo = searchIndexedTo(this.#database);
    const count = this.#database.prepare<[number], number>(
      'SELECT count(*) FROM events WHERE id > ?',
    );
    const unindexed = count.pluck().get(indexedTo) ?? 0;
    for (const { event, parts } of this.#candidates(text, indexedTo)) {
      for (const part of parts) {
        const found = this.#find(text, event, part, seen);
        if (found) all.push(found);
      }
      if (all.length > most) break;
    }
    const ordered = inParts(all, ranked).flatMap((part) =>
      part.toSorted((one, other) => Number(other.hit.isWord) - Number(one.hit.isWord)),
    );
    const end = limit === -1 ? ordered.length : offset + limit;
    const shown = ordered.slice(offset, end);
    return {
      hits: shown.flatMap((found) => this.#hit(found) ?? []),
      isCut: all.length > end,
      isByWords: false,
      unindexed,
      unsearched: Math.max(0, unindexed - MOST_UNINDEXED),
    };
  }

  /** What may hold it, of the newest event first. */
  *#candidates(text: SearchText, indexedTo: number): Iterable<Candidate> {
    const { kinds = SEARCH_KINDS, language } = this.#filter;
    const isForCode = kinds.includes('pattern');
    const isForRest = language === undefined && kinds.some((kind) => kind !== 'pattern');
    const unindexed = this.#database
      .prepare<[number, number], SearchableEvent>(
        `SELECT ${EVENT_COLUMNS} FROM events e WHERE e.id > ? ORDER BY e.id DESC LIMIT ?`,
      )
      .all(indexedTo, MOST_UNINDEXED);
    for (const event of unindexed) {
      const code = isForCode ? this.#parts.code(event) : [];
      yield { event, parts: isForRest ? [...code, ...this.#parts.rest(event)] : code };
    }
    const few = isForCode
      ? fewCodeEvents(this.#database, this.#filter, text, indexedTo)?.values()
      : [].values();
    let code = few?.next().value;
    const isIndexed = text.match !== '' && (isForRest || few === undefined);
    for (const event of isIndexed ? this.#indexed(text, { isForRest, isForCode: !few }) : []) {
      for (; code && code.id >= event.id; code = few?.next().value)
        yield { event: code, parts: this.#parts.code(code) };
      const isRest = event.row === indexRow(event, 'rest');
      yield { event, parts: isRest ? this.#parts.rest(event) : this.#parts.code(event) };
    }
    for (; code; code = few?.next().value) yield { event: code, parts: this.#parts.code(code) };
  }

  /** What the index names for a text, the newest event first. */
  #indexed(
    text: SearchText,
    { isForRest, isForCode }: { readonly isForRest: boolean; readonly isForCode: boolean },
  ): Iterable<SearchableEvent & { row: number }> {
    // Most of what the index names does not hold the text, or is not meant: SQLite reads it without giving it to us.
    const holds = text.condition('p.code');
    const isNamed = namedOccurrences(this.#filter);
    // Code that was written before a time was first written before it, too: that is told without reading the code.
    const isEarly = this.#filter.until === undefined ? '' : 'AND wrote.at < @until';
    const code = `EXISTS (SELECT 1 FROM occurrences wrote JOIN patterns p ON p.id = wrote.pattern_id
      WHERE wrote.event_id = e.event_id ${isEarly} AND ${holds.sql} AND EXISTS (
        SELECT 1 FROM occurrences o ${isNamed.add('o.pattern_id = p.id').sql()}))`;
    const kinds = [
      ...(isForRest ? ['search_index.rowid % 2 = 0'] : []),
      ...(isForCode ? [`(search_index.rowid % 2 = 1 AND ${code})`] : []),
    ];
    const where = new Conditions().add(kinds.join(' OR '), isForCode ? isNamed.values : {});
    const ids = isForCode ? undefined : fewEventIds(this.#database, this.#filter);
    if (ids) {
      const { first, last } = ids;
      const rows = { firstRow: first * 2, lastRow: last * 2 };
      where.add('search_index.rowid BETWEEN @firstRow AND @lastRow', rows);
    }
    const select = this.#database.prepare<unknown[], SearchableEvent & { row: number }>(
      `SELECT search_index.rowid AS "row", ${EVENT_COLUMNS}
       FROM search_index JOIN events e ON e.id = search_index.rowid / 2
       ${where.sql()} AND search_index MATCH ? ORDER BY search_index.rowid DESC`,
    );
    const labels = indexLabels(this.#filter).map((label) => `"${label}"`);
    const match = [text.match, ...labels].join(' AND ');
    return select.iterate(...(isForCode ? holds.values : []), match, where.values);
  }

  #find(
    text: SearchText,
    event: SearchableEvent,
    part: SearchablePart,
    seen: Set<string>,
  ): Found | undefined {
    const { kind, patternId } = part;
    const { kinds, isFile } = this.#filter;
    if (kinds && !kinds.includes(kind)) return undefined;
    if (isFile !== undefined && kind !== 'path' && kind !== 'pattern') return undefined;
    const key = `${kind} ${patternId ?? (kind === 'path' ? part.text : (event.toolUseId ?? event.id))}`;
    if (seen.has(key)) return undefined;
    const hit = text.find(part.text);
    if (!hit) return undefined;
    const place = this.#isFiltered(event) ? this.#placeOf(event, part) : undefined;
    if (this.#isFiltered(event) && !place) return undefined;
    seen.add(key);
    return { event, part, hit, place };
  }

  #isFiltered({ sessionId }: SearchableEvent): boolean {
    const { projectIds, session, since, until, tool, language, isFile, withTests } = this.#filter;
    const filters = [projectIds, session, since, until, tool, language, isFile];
    return (
      filters.some((value) => value !== undefined) ||
      (!withTests && sessionId.startsWith(TEST_SESSION_PREFIX))
    );
  }

  #hit({ event, part, hit, place }: Found): SearchHit | undefined {
    const shown = place ?? this.#placeOf(event, part);
    const { kind, patternId, text } = part;
    return shown && { kind, patternId, ...hitAt(shown, text, hit) };
  }

  #placeOf(event: SearchableEvent, { kind, patternId, text, toolName }: SearchablePart) {
    if (patternId !== null) return this.#codePlace({ id: patternId });
    const place = this.#eventPlace({ id: event.id, tool: toolName ?? '' });
    if (kind !== 'path' || !place) return place;
    return this.#filter.isFile?.(text) === false ? undefined : { ...place, filePath: text };
  }
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

function inParts<T>(items: readonly T[], length: number): T[][] {
  const parts: T[][] = [];
  for (let from = 0; from < items.length; from += length)
    parts.push(items.slice(from, from + length));
  return parts;
}

function hitAt(
  { startLine, ...place }: Place,
  text: string,
  { index, length }: TextHit,
): Omit<SearchHit, 'kind' | 'patternId'> {
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
  };
}
