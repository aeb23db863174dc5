import type { Database } from '../../../store/database/database.ts';
import { deprecatedSql } from '../../../store/queries/deprecations.ts';
import { statsFrom } from '../rows/store-stats.ts';
import type { StoreStats, TotalRow } from '../rows/store-stats.ts';
import { REPOSITORY_EVENTS } from '../rows/repository.ts';
import type { Repository } from '../rows/repository.ts';
import { OCCURRENCES_SHOWN, VERSIONS_SHOWN } from '../rows/stored-pattern.ts';
import type {
  PatternListFilter,
  StoredOccurrence,
  StoredPattern,
  StoredPatternDetail,
  StoredVersion,
} from '../rows/stored-pattern.ts';
import { NO_ORDINAL } from '../../../pattern/occurrence-key.ts';

/** The columns of `StoredPattern`, from patterns `p` and its newest occurrence `o`. */
export const PATTERN_COLUMNS = `p.id, p.name, p.pattern_type AS patternType, p.version, p.language,
  p.lines, p.origin, p.generation, p.lineage_id AS lineageId, p.occurrences,
  p.first_seen_at AS firstSeenAt, p.last_seen_at AS lastSeenAt,
  ${deprecatedSql('p.id')} AS isDeprecated,
  nullif(o.file_path, '') AS filePath, nullif(o.session_id, '') AS sessionId`;

/** Joins `o`, the newest occurrence of each pattern `p`. */
export const NEWEST_OCCURRENCE = `LEFT JOIN occurrences o ON (o.event_id, o.ordinal) = (
  SELECT event_id, ordinal FROM occurrences WHERE pattern_id = p.id
  ORDER BY at DESC, event_id DESC, ordinal DESC LIMIT 1)`;

/** The id of the event that brought the occurrence `o`: the inverse of `occurrenceKey`. */
export const EVENT_ID = `CASE ordinal WHEN ${NO_ORDINAL} THEN o.event_id
  ELSE o.event_id || '-' || ordinal END`;

/** A row of `PATTERN_COLUMNS`. */
export type PatternRow = Omit<StoredPattern, 'isDeprecated'> & { readonly isDeprecated: number };

/** Turns SQLite's 0 or 1 into a boolean and leaves the other columns alone. */
export function readPattern<T extends { readonly isDeprecated: number }>(
  row: T,
): Omit<T, 'isDeprecated'> & { readonly isDeprecated: boolean } {
  return { ...row, isDeprecated: row.isDeprecated === 1 };
}

/** A pattern with its code, newest occurrences and later versions. */
export function patternDetail(database: Database, id: string): StoredPatternDetail | undefined {
  const row = database
    .prepare<[string], PatternRow & { readonly code: string }>(
      `SELECT ${PATTERN_COLUMNS}, p.code FROM patterns p ${NEWEST_OCCURRENCE} WHERE p.id = ?`,
    )
    .get(id);
  if (!row) return undefined;
  const recent = database
    .prepare<[string, number], StoredOccurrence>(
      `SELECT ${EVENT_ID} AS eventId, action, nullif(session_id, '') AS sessionId,
         tool_use_id AS toolUseId, nullif(tool_name, '') AS toolName,
         nullif(file_path, '') AS filePath, start_line AS startLine, end_line AS endLine, at
       FROM occurrences o WHERE pattern_id = ?
       ORDER BY at DESC, event_id DESC, ordinal DESC LIMIT ?`,
    )
    .all(id, OCCURRENCES_SHOWN);
  const furtherVersions = database
    .prepare<[string, number], StoredVersion>(
      `SELECT version, generation, name, code, at AS createdAt FROM pattern_versions
       WHERE pattern_id = ? ORDER BY at DESC, version DESC LIMIT ?`,
    )
    .all(id, VERSIONS_SHOWN);
  return { ...readPattern(row), recent, furtherVersions };
}

/** The repositories that the newest events tell of. */
export function repositories(database: Database): Repository[] {
  return database
    .prepare<[number], Repository>(
      `SELECT DISTINCT extra ->> '$.repository.name' AS name, extra ->> '$.repository.root' AS root
       FROM (SELECT extra FROM lineage_events ORDER BY id DESC LIMIT ?)
       WHERE json_type(extra, '$.repository.name') = 'text' AND json_type(extra, '$.repository.root') = 'text'
       ORDER BY name, root`,
    )
    .all(REPOSITORY_EVENTS);
}

/** A page of patterns, the newest first. */
export function storedPatterns(database: Database, filter: PatternListFilter): StoredPattern[] {
  const { limit, order, before, language, patternType, sessionId } = filter;
  const column = order === 'first_seen' ? 'p.first_seen_at' : 'p.last_seen_at';
  const conditions = ['1'];
  if (before) conditions.push(`(${column}, p.id) < (@at, @id)`);
  if (language !== undefined) conditions.push('p.language = @language');
  if (patternType !== undefined) conditions.push('p.pattern_type = @patternType');
  if (sessionId !== undefined) {
    conditions.push('p.id IN (SELECT pattern_id FROM occurrences WHERE session_id = @sessionId)');
  }
  return database
    .prepare<[Record<string, unknown>], PatternRow>(
      `SELECT ${PATTERN_COLUMNS} FROM patterns p ${NEWEST_OCCURRENCE}
       WHERE ${conditions.join(' AND ')} ORDER BY ${column} DESC, p.id DESC LIMIT @limit`,
    )
    .all({ limit, ...before, language, patternType, sessionId })
    .map(readPattern);
}

/** How much the database holds. */
export function storeStats(database: Database): StoreStats {
  const totals = database.prepare<[], TotalRow>('SELECT name, value FROM totals').all();
  const lastSeenAt = database
    .prepare<[], number | null>('SELECT max(last_seen_at) FROM patterns')
    .pluck()
    .get();
  return statsFrom(totals, lastSeenAt ?? null);
}
