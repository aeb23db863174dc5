import { isTooSmall, PATTERN_LINES } from '../../pattern/size.ts';
import type { Database } from '../database/database.ts';
import { Conditions } from './conditions.ts';
import type { ListFilter } from './conditions.ts';
import { countRows } from './listing.ts';

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
  const { from, values } = matching(database, filter);
  const isByUse = filter.sort === 'used';
  const order = isByUse ? 'p.occurrences DESC, p.last_seen_at DESC' : 'p.last_seen_at DESC';
  const statement = database.prepare<[Record<string, string | number>], ListedPattern>(
    `SELECT ${COLUMNS}, substr(ltrim(p.code, ' ' || char(9, 10, 13)), 1, 300) AS head,
       o.file_path AS filePath, o.start_line AS startLine, o.session_id AS sessionId,
       project.root AS projectRoot, project.name AS projectName
     ${from} ORDER BY ${order}, p.id LIMIT @limit`,
  );
  return isByUse
    ? mostUsed(statement.iterate({ ...values, limit: -1 }), filter.limit)
    : statement.all({ ...values, limit: filter.limit });
}

/** How many patterns meet the filter, up to `MOST_COUNTED`. */
export function countPatterns(database: Database, filter: PatternFilter): number {
  if (!needsPlace(filter)) {
    const { from, values } = matching(database, filter);
    return countRows(database, from, values);
  }
  defineSize(database, filter);
  const placed = placedBy(filter);
  const where = ofPattern(filter);
  return countRows(
    database,
    `FROM (SELECT DISTINCT x.pattern_id AS id FROM occurrences x ${placed.sql()}) one
     JOIN patterns p ON p.id = one.id ${where.sql()}`,
    { ...placed.values, ...where.values },
  );
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
): PatternOccurrence[] {
  return database
    .prepare<[string, number], PatternOccurrence>(
      `SELECT o.action, o.file_path AS filePath, o.start_line AS startLine, o.end_line AS endLine,
         o.changed_lines AS changedLines, o.authorship, o.authored_share AS authoredShare,
         o.language, o.tool_name AS toolName, o.tool_use_id AS toolUseId,
         o.replaced_id AS replacedId, o.session_id AS sessionId,
         project.root AS projectRoot, project.name AS projectName, o.at
       FROM occurrences o LEFT JOIN projects project ON project.id = o.project_id
       WHERE o.pattern_id = ? ORDER BY o.at DESC, o.event_id, o.ordinal LIMIT ?`,
    )
    .all(patternId, limit);
}

// --- internal ---

/** The name of {@link isTooSmall} in SQL. */
const IS_SMALL = 'is_too_small';

const COLUMNS = `p.id, p.name, p.language, p.lines, p.origin, p.generation,
  p.lineage_id AS lineageId, p.occurrences, p.first_seen_at AS firstSeenAt,
  p.last_seen_at AS lastSeenAt,
  p.occurrences - (SELECT count(*) - count(DISTINCT event_id || ' ' || file_path)
    FROM occurrences WHERE pattern_id = p.id) AS uses`;

/** The patterns of up to this many occurrences are looked up. */
const FEW_OCCURRENCES = 1_000;
/** With this many or more, the newest patterns are likely enough to match. */
const MANY_OCCURRENCES = 20_000;

/**
 * The most used of patterns, the last written of those used alike first. They come by the number of occurrences, which
 * is never less than that of uses: so it is known early that no other one can follow.
 */
function mostUsed(patterns: Iterable<ListedPattern>, limit: number): ListedPattern[] {
  const most = limit === -1 ? Number.POSITIVE_INFINITY : limit;
  let best: ListedPattern[] = [];
  for (const pattern of patterns) {
    const last = best.length < most ? undefined : best.at(-1);
    if (last && pattern.occurrences < last.uses) break;
    if (last && !isMoreUsed(pattern, last)) continue;
    const place = best.findLastIndex((other) => !isMoreUsed(pattern, other)) + 1;
    best = best.toSpliced(place, 0, pattern).slice(0, most);
  }
  return best;
}

function isMoreUsed(one: ListedPattern, other: ListedPattern): boolean {
  return one.uses === other.uses ? one.lastSeenAt > other.lastSeenAt : one.uses > other.uses;
}

/** The patterns that meet a filter: SQL from `FROM` on, and the values it binds. */
function matching(database: Database, filter: PatternFilter) {
  defineSize(database, filter);
  const placed = placedBy(filter);
  const where = ofPattern(filter);
  if (needsPlace(filter)) {
    addCandidates(database, where, placed);
    where.add('o.event_id IS NOT NULL');
  } else {
    // A pattern recorded through the library has no occurrence; it is listed unless a place is asked for.
    where.add(
      'o.event_id IS NOT NULL OR NOT EXISTS (SELECT 1 FROM occurrences WHERE pattern_id = p.id)',
    );
  }
  const own = placedBy(filter).add('x.pattern_id = p.id');
  const from = `FROM patterns p
    LEFT JOIN occurrences o ON (o.event_id, o.ordinal) = (
      SELECT x.event_id, x.ordinal FROM occurrences x ${own.sql()} ORDER BY x.at DESC LIMIT 1)
    LEFT JOIN projects project ON project.id = o.project_id
    ${where.sql()}`;
  return { from, values: { ...placed.values, ...where.values } };
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

/** What the filter asks of an occurrence `x`. */
function placedBy(filter: PatternFilter): Conditions {
  const where = new Conditions().addFilter(
    { session: 'x.session_id', project: 'x.project_id', time: 'x.at' },
    filter,
  );
  if (filter.files) {
    where.add('x.file_path IN (SELECT value FROM json_each(@files))', {
      files: JSON.stringify(filter.files),
    });
  }
  return where;
}

/** What the filter asks of a pattern `p`. */
function ofPattern({ since, until, language, size }: PatternFilter): Conditions {
  const where = new Conditions();
  if (size === 'large')
    where.add(`p.lines >= ${PATTERN_LINES} OR NOT ${IS_SMALL}(p.code, p.lines)`);
  if (size === 'small') where.add(`p.lines < ${PATTERN_LINES} AND ${IS_SMALL}(p.code, p.lines)`);
  if (since !== undefined) where.add('p.last_seen_at >= @since', { since });
  if (until !== undefined) where.add('p.first_seen_at < @until', { until });
  if (language !== undefined) {
    where.add('p.language = @language COLLATE NOCASE', { language });
  }
  return where;
}

/**
 * Narrows the patterns to those of some occurrences, which an index finds. Else a place that little was written to
 * would cost a look at the occurrences of every newer pattern.
 */
function addCandidates(database: Database, where: Conditions, placed: Conditions): void {
  const from = `FROM occurrences x ${placed.sql()}`;
  const found = countRows(database, from, placed.values, MANY_OCCURRENCES);
  if (found === MANY_OCCURRENCES) return;
  // The plus sign keeps SQLite from looking up each of them, only to sort them by time afterwards.
  where.add(`${found > FEW_OCCURRENCES ? '+' : ''}p.id IN (SELECT x.pattern_id ${from})`);
}
