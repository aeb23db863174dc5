import type { Database } from '../database/database.ts';
import { Conditions } from './conditions.ts';
import type { ListFilter } from './conditions.ts';

/** Which patterns {@link listPatterns} returns, and in which order. */
export interface PatternFilter extends ListFilter {
  readonly language?: string | undefined;
  readonly sort: 'recent' | 'used';
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
  readonly occurrences: number;
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
  const inner = new Conditions()
    .add('x.pattern_id = p.id')
    .addFilter({ session: 'x.session_id', project: 'x.project_id', time: 'x.at' }, filter);
  const outer = new Conditions();
  const needsPlace = filter.projectIds !== undefined || filter.session !== undefined;
  // A pattern recorded through the library has no occurrence; it is listed unless a place is asked for.
  outer.add(
    needsPlace
      ? 'o.event_id IS NOT NULL'
      : 'o.event_id IS NOT NULL OR NOT EXISTS (SELECT 1 FROM occurrences WHERE pattern_id = p.id)',
  );
  if (filter.since !== undefined) outer.add('p.last_seen_at >= @since', { since: filter.since });
  if (filter.until !== undefined) {
    outer.add('o.event_id IS NOT NULL OR p.first_seen_at < @until', { until: filter.until });
  }
  if (filter.language !== undefined) {
    outer.add('p.language = @language COLLATE NOCASE', { language: filter.language });
  }
  const order =
    filter.sort === 'used' ? 'p.occurrences DESC, p.last_seen_at DESC' : 'p.last_seen_at DESC';
  return database
    .prepare<[Record<string, string | number>], ListedPattern>(
      `SELECT ${COLUMNS}, substr(ltrim(p.code, ' ' || char(9, 10, 13)), 1, 300) AS head,
         o.file_path AS filePath, o.start_line AS startLine, o.session_id AS sessionId,
         project.root AS projectRoot, project.name AS projectName
       FROM patterns p
       LEFT JOIN occurrences o ON (o.event_id, o.ordinal) = (
         SELECT x.event_id, x.ordinal FROM occurrences x ${inner.sql()} ORDER BY x.at DESC LIMIT 1)
       LEFT JOIN projects project ON project.id = o.project_id
       ${outer.sql()} ORDER BY ${order}, p.id LIMIT @limit`,
    )
    .all({ ...inner.values, ...outer.values, limit: filter.limit });
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
         o.language, o.tool_name AS toolName, o.tool_use_id AS toolUseId,
         o.replaced_id AS replacedId, o.session_id AS sessionId,
         project.root AS projectRoot, project.name AS projectName, o.at
       FROM occurrences o LEFT JOIN projects project ON project.id = o.project_id
       WHERE o.pattern_id = ? ORDER BY o.at DESC, o.event_id, o.ordinal LIMIT ?`,
    )
    .all(patternId, limit);
}

// --- internal ---

const COLUMNS = `p.id, p.name, p.language, p.lines, p.origin, p.generation,
  p.lineage_id AS lineageId, p.occurrences, p.first_seen_at AS firstSeenAt,
  p.last_seen_at AS lastSeenAt`;
