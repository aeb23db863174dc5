import { isTooSmall, PATTERN_LINES } from '../../pattern/size.ts';
import type { Database } from '../database/database.ts';
import { Conditions } from './conditions.ts';
import type { ListFilter } from './conditions.ts';
import { countRows, MOST_COUNTED } from './listing.ts';

/** Which patterns {@link listPatterns} returns, and in which order. */
export interface PatternFilter extends ListFilter {
  readonly language?: string | undefined;
  /** Patterns that were written to one of these files only, as their absolute paths. */
  readonly files?: readonly string[] | undefined;
  readonly sort: 'recent' | 'used';
  /** Only what is large enough to be a pattern, or only what is not, by `isTooSmall`. @default both */
  readonly size?: 'large' | 'small' | undefined;
}

/** A pattern in a list. Times are milliseconds since 1970 UTC. */
export interface ListedPattern {
  readonly id: string;
  readonly name: string;
  readonly language: string;
  readonly lines: number;
  readonly origin: 'created' | 'modified';
  readonly generation: number;
  readonly lineageId: string;
  /** How often it was written, each place counted. */
  readonly occurrences: number;
  /** How often it was used: all places in one file that one call wrote it to, as by a replace_all, are one use. */
  readonly uses: number;
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
  /** The beginning of its code, from the first character that is not white space. */
  readonly head: string;
  /** This and the rest are from the newest occurrence that meets the filter; null when there is none. */
  readonly filePath: string | null;
  readonly startLine: number | null;
  readonly sessionId: string | null;
  readonly projectRoot: string | null;
  readonly projectName: string | null;
}

/** A pattern with all of its code, without a place: {@link occurrencesOf} lists those. */
export interface PatternWithCode extends Omit<
  ListedPattern,
  'head' | 'filePath' | 'startLine' | 'sessionId' | 'projectRoot' | 'projectName'
> {
  readonly code: string;
}

/** One place a pattern was written to. */
export interface PatternOccurrence {
  readonly action: 'created' | 'modified' | 'applied';
  readonly filePath: string;
  readonly startLine: number | null;
  readonly endLine: number | null;
  /** Which of these lines were new or changed, such as `3-5,9`; '' for none, null if it is not known. */
  readonly changedLines: string | null;
  /** What the call did with the code; only what is `authored` is Claude's own. */
  readonly authorship: 'authored' | 'moved' | 'copied' | 'restored' | 'formatted' | 'unknown';
  /** Which part of the changed lines is new and Claude's, from 0 to 1; null if it is not known. */
  readonly authoredShare: number | null;
  readonly language: string;
  readonly toolName: string;
  readonly toolUseId: string | null;
  readonly replacedId: string | null;
  readonly sessionId: string;
  readonly projectRoot: string | null;
  readonly projectName: string | null;
  readonly at: number;
}

/** The patterns that have an occurrence which meets the filter, newest or most used first. */
export function listPatterns(database: Database, filter: PatternFilter): ListedPattern[] {
  const { limit } = filter;
  if (limit !== -1 && hasManyPlaces(database, filter)) {
    const first = listFrom(database, filter, matching(database, filter, 'first'));
    if (first.length === limit) return first;
  }
  return listFrom(database, filter, matching(database, filter, 'all'));
}

/** How many patterns meet the filter, up to `MOST_COUNTED`. */
export function countPatterns(database: Database, filter: PatternFilter): number {
  const count = (which: 'first' | 'all') => {
    const { from, values } = matching(database, filter, which);
    // The order makes SQLite read an index in place of the table.
    return countRows(database, `${from} ORDER BY ${orderOf(filter)}`, values);
  };
  const most = hasManyPlaces(database, filter) ? count('first') : 0;
  return most === MOST_COUNTED ? most : count('all');
}

/** Every file that a pattern was written to, in alphabetical order. Seeks from one to the next in an index. */
export function allFiles(database: Database): string[] {
  return database
    .prepare<[], string>(
      `WITH RECURSIVE files (path) AS (
         SELECT min(file_path) FROM occurrences
         UNION ALL
         SELECT (SELECT min(file_path) FROM occurrences WHERE file_path > files.path)
         FROM files WHERE files.path IS NOT NULL)
       SELECT path FROM files WHERE path IS NOT NULL`,
    )
    .pluck()
    .all();
}

/** The patterns whose id begins with `prefix`, that very id first, then the newest; at most `limit`. */
export function patternsByPrefix(
  database: Database,
  prefix: string,
  limit: number,
): Pick<ListedPattern, 'id' | 'name' | 'language' | 'lastSeenAt'>[] {
  const where = new Conditions().addPrefix('id', 'prefix', prefix);
  return database
    .prepare<
      [Record<string, string | number>],
      Pick<ListedPattern, 'id' | 'name' | 'language' | 'lastSeenAt'>
    >(
      `SELECT id, name, language, last_seen_at AS lastSeenAt FROM patterns ${where.sql()}
       ORDER BY id = @prefix DESC, last_seen_at DESC LIMIT @limit`,
    )
    .all({ ...where.values, limit });
}

/** One pattern by its whole id; undefined when it is not known. */
export function patternById(database: Database, id: string): PatternWithCode | undefined {
  return database
    .prepare<[string], PatternWithCode>(`SELECT ${COLUMNS}, p.code FROM patterns p WHERE p.id = ?`)
    .get(id);
}

/** Where a pattern was written, newest first, at most `limit` places. */
export function occurrencesOf(
  database: Database,
  patternId: string,
  limit: number,
  offset: number = 0,
): PatternOccurrence[] {
  return database
    .prepare<[string, number, number], PatternOccurrence>(
      `SELECT o.action, o.file_path AS filePath, o.start_line AS startLine, o.end_line AS endLine,
         o.changed_lines AS changedLines, o.authorship, o.authored_share AS authoredShare,
         o.language, o.tool_name AS toolName, o.tool_use_id AS toolUseId,
         o.replaced_id AS replacedId, o.session_id AS sessionId,
         project.root AS projectRoot, project.name AS projectName, o.at
       FROM occurrences o LEFT JOIN projects project ON project.id = o.project_id
       WHERE o.pattern_id = ? ORDER BY o.at DESC, o.event_id, o.ordinal LIMIT ? OFFSET ?`,
    )
    .all(patternId, limit, offset);
}

// --- internal ---

/** The name of {@link isTooSmall} in SQL. */
const IS_SMALL = 'is_too_small';

const COLUMNS = `p.id, p.name, p.language, p.lines, p.origin, p.generation,
  p.lineage_id AS lineageId, p.occurrences, p.first_seen_at AS firstSeenAt,
  p.last_seen_at AS lastSeenAt,
  p.occurrences - (SELECT count(*) - count(DISTINCT event_id || ' ' || file_path)
    FROM occurrences WHERE pattern_id = p.id) AS uses`;

/** The patterns of fewer occurrences are looked up. */
const FEW_OCCURRENCES = 1_000;
/** With this many or more, some of the first patterns in the order of the list are likely to match. */
const MANY_OCCURRENCES = 20_000;
/** This many patterns are tried before those of a place with many occurrences are collected. */
const FIRST_PATTERNS = 20_000;

const ORDER: Readonly<Record<PatternFilter['sort'], readonly string[]>> = {
  recent: ['last_seen_at'],
  used: ['occurrences', 'last_seen_at'],
};

const orderOf = ({ sort }: PatternFilter) =>
  ORDER[sort].map((column) => `p.${column} DESC`).join(', ');

/** SQL from `FROM` on, and the values it binds. */
interface Source {
  readonly from: string;
  readonly values: Readonly<Record<string, string | number>>;
}

function listFrom(
  database: Database,
  filter: PatternFilter,
  { from, values }: Source,
): ListedPattern[] {
  const ids = database
    .prepare<[Record<string, string | number>], string>(
      `SELECT p.id ${from} ORDER BY ${orderOf(filter)}, p.id LIMIT @limit OFFSET @offset`,
    )
    .pluck();
  const { limit, offset = 0 } = filter;
  const patternOf = detailed(database, filter);
  if (filter.sort === 'recent') return ids.all({ ...values, limit, offset }).map(patternOf);
  // A pattern is used less often than it occurs if one call wrote it to several places of a file. Few are.
  const most = limit === -1 ? -1 : offset + limit;
  for (let few = most * 4; ; few *= 16) {
    const isAll = most === -1;
    const found = ids.all({ ...values, limit: isAll ? -1 : few, offset: 0 });
    const { best, isComplete } = mostUsed(found, patternOf, most);
    if (isComplete || isAll || found.length < few) return best.slice(offset);
  }
}

/**
 * The most used of patterns, the last written of those used alike first, and whether no pattern that follows can be among
 * them. Their ids come by the number of occurrences, which is never less than that of uses, and then by time.
 */
function mostUsed(
  ids: readonly string[],
  patternOf: (id: string) => ListedPattern,
  limit: number,
): { readonly best: ListedPattern[]; readonly isComplete: boolean } {
  const most = limit === -1 ? Number.POSITIVE_INFINITY : limit;
  let best: ListedPattern[] = [];
  for (const id of ids) {
    const pattern = patternOf(id);
    const last = best.length < most ? undefined : best.at(-1);
    if (last && !isMoreUsed({ ...pattern, uses: pattern.occurrences }, last)) {
      return { best, isComplete: true };
    }
    if (last && !isMoreUsed(pattern, last)) continue;
    const place = best.findLastIndex((other) => !isMoreUsed(pattern, other)) + 1;
    best = best.toSpliced(place, 0, pattern).slice(0, most);
  }
  return { best, isComplete: false };
}

function isMoreUsed(one: ListedPattern, other: ListedPattern): boolean {
  return one.uses === other.uses ? one.lastSeenAt > other.lastSeenAt : one.uses > other.uses;
}

/**
 * The patterns that meet a filter, all or some of the first ones. Of a pattern, this reads what the indexes by time and by
 * use have, so that no code is read for those that a list passes over.
 */
function matching(database: Database, filter: PatternFilter, which: 'first' | 'all'): Source {
  defineSize(database, filter);
  const where = ofPattern(filter);
  if (which === 'first') addFirst(where, filter);
  else if (needsPlace(filter)) addCandidates(database, where, filter);
  const placed = occurrenceOf(filter);
  const isPlaced = `EXISTS (SELECT 1 FROM occurrences x ${placed.sql()})`;
  // A pattern recorded through the library has no occurrence; it is listed unless a place is asked for.
  where.add(
    needsPlace(filter)
      ? isPlaced
      : `${isPlaced} OR NOT EXISTS (SELECT 1 FROM occurrences WHERE pattern_id = p.id)`,
  );
  return { from: `FROM patterns p ${where.sql()}`, values: { ...placed.values, ...where.values } };
}

/** Reads a pattern that meets a filter by its id, with the newest occurrence that meets it. */
function detailed(database: Database, filter: PatternFilter): (id: string) => ListedPattern {
  const placed = occurrenceOf(filter);
  const statement = database.prepare<[Record<string, string | number>], ListedPattern>(
    `SELECT ${COLUMNS}, substr(ltrim(p.code, ' ' || char(9, 10, 13)), 1, 300) AS head,
       o.file_path AS filePath, o.start_line AS startLine, o.session_id AS sessionId,
       project.root AS projectRoot, project.name AS projectName
     FROM patterns p
     LEFT JOIN occurrences o ON (o.event_id, o.ordinal) = (
       SELECT x.event_id, x.ordinal FROM occurrences x ${placed.sql()} ORDER BY x.at DESC LIMIT 1)
     LEFT JOIN projects project ON project.id = o.project_id
     WHERE p.id = @id`,
  );
  return (id) => statement.get({ ...placed.values, id }) as ListedPattern;
}

/** Makes {@link isTooSmall} known to SQL. */
function defineSize(database: Database, { size }: PatternFilter): void {
  if (size === undefined) return;
  const options = { deterministic: true, directOnly: true };
  database.function(IS_SMALL, options, (code, lines) =>
    Number(isTooSmall(String(code), Number(lines))),
  );
}

function needsPlace({ projectIds, session, files }: PatternFilter): boolean {
  return [projectIds, session, files].some((given) => given !== undefined);
}

/** What the filter asks of an occurrence `x` of a pattern `p`. */
function occurrenceOf(filter: PatternFilter): Conditions {
  return placedBy(filter, true).add('x.pattern_id = p.id');
}

/**
 * What the filter asks of an occurrence `x`. One that is of a known pattern is found by a single place, never by trying
 * many, from which the plus sign keeps SQLite.
 */
function placedBy(filter: PatternFilter, ofPattern: boolean): Conditions {
  const { files, projectIds } = filter;
  const plus = (places: readonly unknown[] | undefined) =>
    ofPattern && places?.length !== 1 ? '+' : '';
  const project = `${plus(projectIds)}x.project_id`;
  const where = new Conditions().addFilter(
    { session: 'x.session_id', project, time: 'x.at' },
    filter,
  );
  if (files) {
    where.add(`${plus(files)}x.file_path IN (SELECT value FROM json_each(@files))`, {
      files: JSON.stringify(files),
    });
  }
  return where;
}

/** What the filter asks of a pattern `p`; what needs its code comes last. */
function ofPattern({ since, until, language, size }: PatternFilter): Conditions {
  const where = new Conditions();
  if (since !== undefined) where.add('p.last_seen_at >= @since', { since });
  if (until !== undefined) where.add('p.first_seen_at < @until', { until });
  if (language !== undefined) {
    where.add('p.language = @language COLLATE NOCASE', { language });
  }
  const isSmall = `${IS_SMALL}(p.code, p.lines)`;
  if (size === 'large') where.add(`p.lines >= ${PATTERN_LINES} OR NOT ${isSmall}`);
  if (size === 'small') where.add(`p.lines < ${PATTERN_LINES}`).add(isSmall);
  return where;
}

/** Narrows the patterns to the first ones in the order of the list. */
function addFirst(where: Conditions, filter: PatternFilter): void {
  const columns = ORDER[filter.sort].map((column) => `p.${column}`).join(', ');
  where.add(`(${columns}) >= (SELECT ${columns} FROM patterns p
    ORDER BY ${orderOf(filter)} LIMIT 1 OFFSET ${FIRST_PATTERNS})`);
}

/**
 * Narrows the patterns to those of some occurrences, which an index has without reading them. Else a place that was
 * written to little, or long ago, would cost a look at the occurrences of every other pattern.
 */
function addCandidates(database: Database, where: Conditions, filter: PatternFilter): void {
  const { from, values } = placeOf(filter);
  const isFew = countRows(database, from, values, FEW_OCCURRENCES) < FEW_OCCURRENCES;
  // The plus sign keeps SQLite from looking up each of many, only to sort them by time afterwards.
  where.add(`${isFew ? '' : '+'}p.id IN (SELECT x.pattern_id ${from})`, values);
}

function hasManyPlaces(database: Database, filter: PatternFilter): boolean {
  if (!needsPlace(filter)) return false;
  const { from, values } = placeOf(filter);
  return countRows(database, from, values, MANY_OCCURRENCES) === MANY_OCCURRENCES;
}

/** The occurrences in the narrowest place that was asked for. No index has more than one place. */
function placeOf({ session, files, projectIds, since, until }: PatternFilter): Source {
  const place =
    session !== undefined ? { session } : files !== undefined ? { files } : { projectIds };
  // What `capture-test` recorded is little, and is left out later.
  const placed = placedBy({ ...NO_FILTER, ...place, since, until }, false);
  return { from: `FROM occurrences x ${placed.sql()}`, values: placed.values };
}

const NO_FILTER: PatternFilter = { sort: 'recent', limit: -1, withTests: true };
