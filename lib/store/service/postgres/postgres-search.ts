import { LOOKED_THROUGH } from '../pattern-store.ts';
import type { FoundPattern, SearchQuery } from '../pattern-store.ts';
import type { Sql } from './postgres-connection.ts';
import { patternColumns } from './postgres-queries.ts';
import { INDEXED_CHARACTERS, searchCondition } from './postgres-text.ts';

/** Last seen first: those that hold the words, or if there are none, those of the newest that hold parts. */
export async function searchPatterns(
  sql: Sql,
  tenant: string,
  query: SearchQuery,
): Promise<FoundPattern[]> {
  const words = await byWords(sql, tenant, query);
  return words.length > 0 ? words : byParts(sql, tenant, query);
}

// --- internal ---

/** Patterns that are looked through in any case: about 2 ms. */
const SAMPLE = 500;
/** At most so many patterns are looked through: about 20 ms. */
const MOST_NEWEST = 5_000;

interface Search {
  readonly sql: Sql;
  readonly tenant: string;
  readonly query: SearchQuery;
  readonly condition: string;
}

/**
 * A frequent word is found soon by looking through the newest patterns, a rare one by the index of words;
 * which of the two it is, the newest 500 patterns tell. So the time depends neither on the number of
 * patterns nor on the planner's luck with words.
 */
async function byWords(sql: Sql, tenant: string, query: SearchQuery): Promise<FoundPattern[]> {
  const condition = searchCondition(tenant, query.words);
  if (condition === undefined) return [];
  const search = { sql, tenant, query, condition };
  const sample = await amongNewest(search, SAMPLE);
  if (sample.found.length >= query.limit || sample.isAll) return sample.found;
  // As frequent as in the sample, so many patterns hold enough of them, to be sure twice as many.
  const needed = (2 * SAMPLE * query.limit) / sample.found.length;
  if (needed <= MOST_NEWEST) {
    const more = await amongNewest(search, Math.ceil(needed));
    if (more.found.length >= query.limit || more.isAll) return more.found;
  }
  return byIndex(search);
}

/** Those of the newest `count` patterns. */
async function amongNewest(
  { sql, tenant, query, condition }: Search,
  count: number,
): Promise<{ readonly found: FoundPattern[]; readonly isAll: boolean }> {
  const rows = await sql<(FoundPattern & { number: number })[]>`
    WITH p AS MATERIALIZED (
      SELECT p.* FROM patterns p WHERE p.tenant = ${tenant} ${filters(sql, query)}
      ORDER BY p.last_seen_at DESC, p.id DESC LIMIT ${count}
    )
    SELECT ${patternColumns(sql)}, left(c.code, 300) AS head
    FROM p CROSS JOIN LATERAL (
      SELECT code FROM pattern_code c
      WHERE c.tenant = p.tenant AND c.id = p.id AND c.words @@ ${condition}::tsquery OFFSET 0
    ) AS c
    ORDER BY p.last_seen_at DESC, p.id DESC LIMIT ${query.limit}`;
  const [beyond] =
    rows.length >= query.limit
      ? []
      : await sql`
          SELECT 1 FROM patterns p WHERE p.tenant = ${tenant} ${filters(sql, query)}
          ORDER BY p.last_seen_at DESC, p.id DESC OFFSET ${count} LIMIT 1`;
  return { found: [...rows], isAll: beyond === undefined };
}

async function byIndex({ sql, tenant, query, condition }: Search): Promise<FoundPattern[]> {
  return await sql<FoundPattern[]>`
    WITH c AS MATERIALIZED (
      SELECT tenant, id FROM pattern_code
      WHERE words @@ ${condition}::tsquery AND tenant = ${tenant}
    ), found AS (
      SELECT p.* FROM c JOIN patterns p ON p.tenant = c.tenant AND p.id = c.id
      WHERE true ${filters(sql, query)}
      ORDER BY p.last_seen_at DESC, p.id DESC LIMIT ${query.limit}
    )
    SELECT ${patternColumns(sql)}, left(code.code, 300) AS head
    FROM found p JOIN pattern_code code ON code.tenant = p.tenant AND code.id = p.id
    ORDER BY p.last_seen_at DESC, p.id DESC`;
}

async function byParts(sql: Sql, tenant: string, query: SearchQuery): Promise<FoundPattern[]> {
  const parts = query.words.filter((word) => word.trim() !== '');
  if (parts.length === 0) return [];
  return await sql<FoundPattern[]>`
    SELECT ${patternColumns(sql)}, left(c.code, 300) AS head
    FROM (
      SELECT * FROM patterns WHERE tenant = ${tenant}
      ORDER BY last_seen_at DESC, id DESC LIMIT ${LOOKED_THROUGH}
    ) AS p CROSS JOIN LATERAL (
      SELECT code FROM pattern_code c
      WHERE c.tenant = p.tenant AND c.id = p.id AND (
        SELECT bool_and(strpos(text, lower(part)) > 0)
        FROM unnest(${parts}::text[]) AS part,
          lower(p.name || chr(10) || left(code, ${INDEXED_CHARACTERS})) AS text
      )
      OFFSET 0
    ) AS c
    WHERE true ${filters(sql, query)}
    ORDER BY p.last_seen_at DESC, p.id DESC LIMIT ${query.limit}`;
}

function filters(sql: Sql, { patternTypes, language, since }: SearchQuery) {
  return [
    language === undefined ? sql`` : sql`AND p.language = ${language}`,
    since === undefined ? sql`` : sql`AND p.last_seen_at >= ${since}`,
    patternTypes === undefined ? sql`` : sql`AND p.pattern_type = ANY(${[...patternTypes]}::text[])`,
  ];
}
