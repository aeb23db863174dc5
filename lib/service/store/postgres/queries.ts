import { MAX_USES } from '../rows/pattern-activity.ts';
import { OCCURRENCES_SHOWN, VERSIONS_SHOWN } from '../rows/stored-pattern.ts';
import type { Feedback, PatternActivity, PatternUse } from '../rows/pattern-activity.ts';
import type { StoreStats } from '../rows/store-stats.ts';
import type {
  StoredPatternDetail,
  PatternListFilter,
  StoredOccurrence,
  StoredPattern,
  StoredVersion,
} from '../rows/stored-pattern.ts';
import type { Sql } from './connection.ts';

/** The columns of `StoredPattern`, of patterns `p`. */
export function patternColumns(sql: Sql) {
  return sql`p.id, p.name, p.pattern_type AS "patternType", p.version, p.language, p.lines, p.origin,
    p.generation, p.lineage_id AS "lineageId", p.occurrences, p.first_seen_at AS "firstSeenAt",
    p.last_seen_at AS "lastSeenAt", p.deprecated_at IS NOT NULL AS "isDeprecated",
    p.file_path AS "filePath", p.session_id AS "sessionId"`;
}

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

/** Last seen first. */
export async function storedPatterns(
  sql: Sql,
  tenant: string,
  { limit, before, language, patternType, sessionId }: PatternListFilter,
): Promise<StoredPattern[]> {
  const conditions = [
    before ? sql`AND (p.last_seen_at, p.id) < (${before.lastSeenAt}, ${before.id})` : sql``,
    language === undefined ? sql`` : sql`AND p.language = ${language}`,
    patternType === undefined ? sql`` : sql`AND p.pattern_type = ${patternType}`,
  ];
  // Those of a session are few and found one by one (OFFSET 0), or the planner might read all patterns.
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
    ORDER BY p.last_seen_at DESC, p.id DESC LIMIT ${limit}`;
}

export async function storeStats(sql: Sql, tenant: string): Promise<StoreStats> {
  const [rows, newest] = await Promise.all([
    sql<{ name: string; value: number }[]>`
      SELECT name, sum(value)::bigint AS value FROM totals WHERE tenant = ${tenant} GROUP BY name`,
    sql<{ at: number | null }[]>`
      SELECT max(last_seen_at) AS at FROM patterns WHERE tenant = ${tenant}`,
  ]);
  const total = (name: string) => rows.find((row) => row.name === name)?.value ?? 0;
  const languages = rows
    .filter(({ name, value }) => name.startsWith(LANGUAGE) && value > 0)
    .map(({ name, value }) => ({ language: name.slice(LANGUAGE.length), patterns: value }))
    .toSorted((a, b) => b.patterns - a.patterns || (a.language < b.language ? -1 : 1));
  return {
    patterns: total('patterns'),
    lineages: total('lineages'),
    occurrences: total('occurrences'),
    edges: total('edges'),
    sessions: total('sessions'),
    toolCalls: total('tool_calls'),
    languages: languages.slice(0, MAX_LANGUAGES),
    lastSeenAt: newest[0]?.at ?? null,
  };
}

/** What was done with a pattern from `from` to before `to`. */
export async function patternActivity(
  sql: Sql,
  tenant: string,
  id: string,
  from: number,
  to: number,
): Promise<PatternActivity | undefined> {
  const [patterns, uses, feedback] = await Promise.all([
    sql<StoredPattern[]>`
      SELECT ${patternColumns(sql)} FROM patterns p WHERE p.tenant = ${tenant} AND p.id = ${id}`,
    sql<PatternUse[]>`
      SELECT at, session_id AS "sessionId", file_path AS "filePath", machine,
        duration_ms AS "durationMs"
      FROM events WHERE tenant = ${tenant} AND pattern_id = ${id} AND action IS NOT NULL
        AND at >= ${from} AND at < ${to}
      ORDER BY at DESC LIMIT ${MAX_USES + 1}`,
    sql<Feedback[]>`
      SELECT id, pattern_id AS "patternId", feedback_type AS "feedbackType",
        is_success AS "isSuccess", rating, execution_time_ms AS "executionTimeMs",
        session_id AS "sessionId", comment, at, extra
      FROM feedback WHERE tenant = ${tenant} AND pattern_id = ${id} AND at >= ${from} AND at < ${to}
      ORDER BY at DESC LIMIT ${MAX_USES + 1}`,
  ]);
  const [pattern] = patterns;
  return (
    pattern && {
      pattern,
      uses: uses.slice(0, MAX_USES),
      feedback: feedback.slice(0, MAX_USES),
      isCut: uses.length > MAX_USES || feedback.length > MAX_USES,
    }
  );
}

// --- internal ---

const LANGUAGE = 'language:';
const MAX_LANGUAGES = 20;
