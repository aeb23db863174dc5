import { setImmediate } from 'node:timers/promises';
import { codeLikeness, shapeOf } from '../../../pattern/likeness/shape.ts';
import type { LikePattern, LikenessQuery } from '../rows/pattern-likeness.ts';
import { HEAD_CHARACTERS, LOOKED_THROUGH } from '../rows/pattern-search.ts';
import type { StoredPattern } from '../rows/stored-pattern.ts';
import type { Sql } from './connection.ts';
import { patternColumns } from './patterns.ts';

/**
 * The patterns that are most similar to a code, the most similar first, of the newest `LOOKED_THROUGH`: these are compared
 * one by one, because there is no index of similar code here.
 */
export async function similarPatterns(
  sql: Sql,
  tenant: string,
  { code, language, except, least, limit }: LikenessQuery,
): Promise<LikePattern[]> {
  const shape = shapeOf(code, language);
  if (shape.raw.length === 0) return [];
  const newest = await sql<{ id: string; code: string; language: string }[]>`
    SELECT c.id, left(c.code, ${MOST_CHARACTERS}) AS code, p.language
    FROM (SELECT * FROM pattern_code WHERE tenant = ${tenant} ORDER BY number DESC LIMIT ${LOOKED_THROUGH}) AS c
    CROSS JOIN LATERAL (SELECT language FROM patterns WHERE tenant = c.tenant AND id = c.id OFFSET 0) AS p`;
  const found: { id: string; score: number; head: string }[] = [];
  for (const [index, row] of newest.entries()) {
    if (index % AT_ONCE === AT_ONCE - 1) await setImmediate(); // others want to be answered, too
    if (row.id === except) continue;
    const score = codeLikeness(shape, shapeOf(row.code, row.language));
    if (score >= least) found.push({ id: row.id, score, head: row.code.slice(0, HEAD_CHARACTERS) });
  }
  const best = found.toSorted((one, other) => other.score - one.score).slice(0, limit);
  const patterns = await sql<StoredPattern[]>`
    SELECT ${patternColumns(sql)} FROM known_patterns p
    WHERE p.tenant = ${tenant} AND p.id = ANY(${best.map(({ id }) => id)}::text[])`;
  const byId = new Map(patterns.map((pattern) => [pattern.id, pattern]));
  return best.flatMap(({ id, score, head }) => {
    const pattern = byId.get(id);
    return pattern ? [{ ...pattern, head, score }] : [];
  });
}

// --- internal ---

/** Longer code is compared by its beginning. */
const MOST_CHARACTERS = 20_000;
/** So many patterns are compared in one go: about 5 ms. */
const AT_ONCE = 50;
