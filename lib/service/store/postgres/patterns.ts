import { statsFrom } from '../rows/store-stats.ts';
import type { StoreStats, TotalRow } from '../rows/store-stats.ts';
import { OCCURRENCES_SHOWN, VERSIONS_SHOWN } from '../rows/stored-pattern.ts';
import type {
  PatternListFilter,
  StoredOccurrence,
  StoredPattern,
  StoredPatternDetail,
  StoredVersion,
} from '../rows/stored-pattern.ts';
import type { Sql } from './connection.ts';

/** The columns of `StoredPattern`, from patterns `p`. */
export function patternColumns(sql: Sql) {
  return sql`p.id, p.name, p.pattern_type AS "patternType", p.version, p.language, p.lines, p.origin,
    p.generation, p.lineage_id AS "lineageId", p.occurrences, p.first_seen_at AS "firstSeenAt",
    p.last_seen_at AS "lastSeenAt", p.deprecated_at IS NOT NULL AS "isDeprecated",
    p.file_path AS "filePath", p.session_id AS "sessionId"`;
}

/** A pattern with its code, newest occurrences and later versions. */
export async function patternDetail(
  sql: Sql,
  tenant: string,
  id: string,
): Promise<StoredPatternDetail | undefined> {
  const [patterns, recent, furtherVersions] = await Promise.all([
    sql<(StoredPattern & { code: string })[]>`
      SELECT ${patternColumns(sql)}, coalesce(c.code, '') AS code
      FROM patterns p LEFT JOIN pattern_code c ON c.tenant = p.tenant AND c.id = p.id
      WHERE p.tenant = ${tenant} AND p.id = ${id}`,
    sql<StoredOccurrence[]>`
      SELECT event_id AS "eventId", action, session_id AS "sessionId",
        tool_use_id AS "toolUseId", tool_name AS "toolName", file_path AS "filePath",
        start_line AS "startLine", end_line AS "endLine", at
      FROM events WHERE tenant = ${tenant} AND pattern_id = ${id} AND action IS NOT NULL
      ORDER BY at DESC, event_id DESC LIMIT ${OCCURRENCES_SHOWN}`,
    sql<StoredVersion[]>`
      SELECT version, generation, name, code, at AS "createdAt" FROM pattern_versions
      WHERE tenant = ${tenant} AND pattern_id = ${id}
      ORDER BY at DESC, version DESC LIMIT ${VERSIONS_SHOWN}`,
  ]);
  const [pattern] = patterns;
  return pattern && { ...pattern, recent: [...recent], furtherVersions: [...furtherVersions] };
}

/** A page of patterns, the newest first. */
export async function storedPatterns(
  sql: Sql,
  tenant: string,
  { limit, order, before, language, patternType, sessionId }: PatternListFilter,
): Promise<StoredPattern[]> {
  const column = order === 'first_seen' ? sql`p.first_seen_at` : sql`p.last_seen_at`;
  const conditions = [
    before ? sql`AND (${column}, p.id) < (${before.at}, ${before.id})` : sql``,
    language === undefined ? sql`` : sql`AND p.language = ${language}`,
    patternType === undefined ? sql`` : sql`AND p.pattern_type = ${patternType}`,
  ];
  // A session has few patterns. OFFSET 0 makes the planner look them up one by one and not read all.
  const written =
    sessionId === undefined
      ? sql`patterns p WHERE p.tenant = ${tenant}`
      : sql`(
          SELECT DISTINCT pattern_id FROM events
          WHERE tenant = ${tenant} AND session_id = ${sessionId} AND action IS NOT NULL
        ) AS written CROSS JOIN LATERAL (
          SELECT * FROM patterns WHERE tenant = ${tenant} AND id = written.pattern_id OFFSET 0
        ) AS p WHERE true`;
  return await sql<StoredPattern[]>`
    SELECT ${patternColumns(sql)} FROM ${written} ${conditions}
    ORDER BY ${column} DESC, p.id DESC LIMIT ${limit}`;
}

/** How much a tenant's store holds. */
export async function storeStats(sql: Sql, tenant: string): Promise<StoreStats> {
  const [totals, newest] = await Promise.all([
    sql<TotalRow[]>`
      SELECT name, sum(value)::bigint AS value FROM totals WHERE tenant = ${tenant} GROUP BY name`,
    sql<{ at: number | null }[]>`
      SELECT max(last_seen_at) AS at FROM patterns WHERE tenant = ${tenant}`,
  ]);
  return statsFrom(totals, newest[0]?.at ?? null);
}
