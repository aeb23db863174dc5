import {
  HEAD_CHARACTERS,
  INDEXED_CHARACTERS,
  LOOKED_THROUGH,
  searchedParts,
} from '../rows/pattern-search.ts';
import type { FoundPattern, SearchQuery } from '../rows/pattern-search.ts';
import type { Sql } from './connection.ts';
import { patternColumns } from './patterns.ts';
import { searchCondition } from './text/words.ts';

/**
 * Patterns that contain the words or, if none does, those of the newest that contain them as parts. Those
 * that became known last come first.
 */
export async function searchPatterns(
  sql: Sql,
  tenant: string,
  query: SearchQuery,
): Promise<FoundPattern[]> {
  const words = await byWords(sql, tenant, query);
  return words.length > 0 ? words : byParts(sql, tenant, query);
}

// --- internal ---

/**
 * The newest patterns that are scanned for a limit of one. Among n patterns the index of words finds up to
 * `n * limit / looked`: with the square root of the limit both ways take about as long at a million.
 */
const LOOKED_AT = 700;

/**
 * Scanning the newest patterns finds a frequent word soon, and the index of words finds a rare one soon. A
 * word that the scan does not find often enough is rare, so the index takes over: neither way grows much with
 * the number of patterns, and nothing depends on the planner's guess at how frequent a word is.
 */
async function byWords(sql: Sql, tenant: string, query: SearchQuery): Promise<FoundPattern[]> {
  const condition = searchCondition(tenant, query);
  if (condition === undefined) return [];
  const { limit } = query;
  const looked = Math.ceil(LOOKED_AT * Math.sqrt(limit));
  const newest = await sql<FoundPattern[]>`
    ${found(sql)} FROM (
      SELECT * FROM (
        SELECT * FROM pattern_code WHERE tenant = ${tenant} ORDER BY number DESC LIMIT ${looked}
      ) AS c
      WHERE words @@ ${condition}::tsquery ${seenSince(sql, query)} LIMIT ${limit}
    ) AS c ${itsPattern(sql)} ORDER BY c.number DESC`;
  if (newest.length >= limit) return [...newest];
  return await sql<FoundPattern[]>`
    ${found(sql)} FROM (
      SELECT * FROM (
        SELECT tenant, id, number FROM pattern_code
        WHERE words @@ ${condition}::tsquery AND tenant = ${tenant} OFFSET 0
      ) AS c
      WHERE true ${seenSince(sql, query)} ORDER BY number DESC LIMIT ${limit}
    ) AS hit JOIN pattern_code c ON c.tenant = hit.tenant AND c.id = hit.id
    ${itsPattern(sql)} ORDER BY c.number DESC`;
}

async function byParts(sql: Sql, tenant: string, query: SearchQuery): Promise<FoundPattern[]> {
  const parts = searchedParts(query);
  if (parts.length === 0) return [];
  const { language, patternTypes, limit } = query;
  return await sql<FoundPattern[]>`
    ${found(sql)} FROM (
      SELECT *, lower((name || chr(10) || CASE WHEN octet_length(code) <= ${INDEXED_CHARACTERS}
        THEN code ELSE left(code, ${INDEXED_CHARACTERS}) END) COLLATE "C") AS text
      FROM pattern_code WHERE tenant = ${tenant} ORDER BY number DESC LIMIT ${LOOKED_THROUGH}
    ) AS c ${itsPattern(sql)}
    WHERE ${parts.map((part) => sql`strpos(c.text, lower(${part}::text COLLATE "C")) > 0 AND`)} true
      ${language === undefined ? sql`` : sql`AND p.language = ${language}`}
      ${patternTypes === undefined ? sql`` : sql`AND p.pattern_type = ANY(${[...patternTypes]}::text[])`}
      ${seenSince(sql, query)}
    ORDER BY c.number DESC LIMIT ${limit}`;
}

function found(sql: Sql) {
  return sql`SELECT ${patternColumns(sql)}, left(c.code, ${HEAD_CHARACTERS}) AS head`;
}

/** Joins the pattern of the code `c`, looked up one by one (OFFSET 0). */
function itsPattern(sql: Sql) {
  return sql`CROSS JOIN LATERAL (
    SELECT * FROM known_patterns WHERE tenant = c.tenant AND id = c.id OFFSET 0) AS p`;
}

function seenSince(sql: Sql, { since }: SearchQuery) {
  if (since === undefined) return sql``;
  return sql`AND EXISTS (
    SELECT FROM known_patterns WHERE tenant = c.tenant AND id = c.id AND last_seen_at >= ${since})`;
}
