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
import type { Sql } from './connection.ts';

/** The columns of `StoredPattern`, from known_patterns `p`. */
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
      FROM known_patterns p LEFT JOIN pattern_code c ON c.tenant = p.tenant AND c.id = p.id
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

/** The repositories that the newest events tell of. */
export async function repositories(sql: Sql, tenant: string): Promise<Repository[]> {
  return await sql<Repository[]>`
    SELECT DISTINCT extra #>> '{repository,name}' AS name, extra #>> '{repository,root}' AS root
    FROM (
      SELECT extra FROM events WHERE tenant = ${tenant} ORDER BY number DESC LIMIT ${REPOSITORY_EVENTS}
    ) AS e
    WHERE jsonb_typeof(extra #> '{repository,name}') = 'string'
      AND jsonb_typeof(extra #> '{repository,root}') = 'string'
    ORDER BY name, root`;
}

/** A page of patterns, the newest first. */
export async function storedPatterns(
  sql: Sql,
  tenant: string,
  filter: PatternListFilter,
): Promise<StoredPattern[]> {
  const { limit, order, before, sessionId } = filter;
  if (order === 'last_seen' && sessionId === undefined) {
    const recent = await recentPatterns(sql, tenant, filter);
    if (recent.length >= limit) return recent.slice(0, limit);
  }
  const column = order === 'first_seen' ? sql`p.first_seen_at` : sql`p.last_seen_at`;
  const after = before ? sql`AND (${column}, p.id) < (${before.at}, ${before.id})` : sql``;
  // A session has few patterns. OFFSET 0 makes the planner look them up one by one and not read all.
  const written =
    sessionId === undefined
      ? sql`known_patterns p WHERE p.tenant = ${tenant}`
      : sql`(
          SELECT DISTINCT pattern_id FROM events
          WHERE tenant = ${tenant} AND session_id = ${sessionId} AND action IS NOT NULL
        ) AS written CROSS JOIN LATERAL (
          SELECT * FROM known_patterns WHERE tenant = ${tenant} AND id = written.pattern_id OFFSET 0
        ) AS p WHERE true`;
  return await sql<StoredPattern[]>`
    SELECT ${patternColumns(sql)} FROM ${written} ${after} ${ofKind(sql, filter)}
    ORDER BY ${column} DESC, p.id DESC LIMIT ${limit}`;
}

/** How much a tenant's store holds. */
export async function storeStats(sql: Sql, tenant: string): Promise<StoreStats> {
  const [totals, newest] = await Promise.all([
    sql<TotalRow[]>`
      SELECT name, sum(value)::bigint AS value FROM totals WHERE tenant = ${tenant} GROUP BY name`,
    sql<{ at: number | null }[]>`
      SELECT greatest(
        (SELECT max(at) FROM events WHERE tenant = ${tenant} AND event_type <> 'pattern_deprecated'),
        (SELECT max(first_seen_at) FROM patterns WHERE tenant = ${tenant})) AS at`,
  ]);
  return statsFrom(totals, newest[0]?.at ?? null);
}

// --- internal ---

/** How many of the newest events are looked at, at a time, for the patterns that were used last. */
const WALKED_EVENTS = [250, 1_000, 4_000, 16_000];

/**
 * The patterns that were used last, found by their events: no index has the time of a use, because every use
 * would have to rewrite it. Fewer than the limit if the newest events have no more, or are gone.
 */
async function recentPatterns(
  sql: Sql,
  tenant: string,
  filter: PatternListFilter,
): Promise<StoredPattern[]> {
  const found: StoredPattern[] = [];
  const met = new Set<string>();
  let place = filter.before;
  for (const most of WALKED_EVENTS) {
    const after = place
      ? sql`AND at <= ${place.at} AND (at, pattern_id) < (${place.at}, ${place.id})`
      : sql``;
    const walked = await sql<{ at: number; id: string }[]>`
      SELECT at, pattern_id AS id FROM events WHERE tenant = ${tenant} ${after}
      ORDER BY at DESC, pattern_id DESC LIMIT ${most}`;
    const usedAt = new Map<string, number>();
    for (const { at, id } of walked) {
      if (!met.has(id) && !usedAt.has(id)) usedAt.set(id, at);
    }
    for (const id of usedAt.keys()) met.add(id);
    const patterns = await sql<StoredPattern[]>`
      SELECT ${patternColumns(sql)} FROM known_patterns p
      WHERE p.tenant = ${tenant} AND p.id = ANY(${[...usedAt.keys()]}::text[]) ${ofKind(sql, filter)}`;
    const byId = new Map(patterns.map((pattern) => [pattern.id, pattern]));
    for (const [id, at] of usedAt) {
      const pattern = byId.get(id);
      if (pattern?.lastSeenAt === at) found.push(pattern);
    }
    place = walked.at(-1);
    if (found.length >= filter.limit || walked.length < most) break;
  }
  return found;
}

function ofKind(sql: Sql, { language, patternType }: PatternListFilter) {
  return sql`${language === undefined ? sql`` : sql`AND p.language = ${language}`}
    ${patternType === undefined ? sql`` : sql`AND p.pattern_type = ${patternType}`}`;
}
