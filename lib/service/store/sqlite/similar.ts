import type { Database } from '../../../store/database/database.ts';
import { findSimilar } from '../../../store/queries/search/similar.ts';
import type { LikePattern, LikenessQuery } from '../rows/pattern-likeness.ts';
import { HEAD_CHARACTERS } from '../rows/pattern-search.ts';
import { NEWEST_OCCURRENCE, PATTERN_COLUMNS, readPattern } from './patterns.ts';
import type { PatternRow } from './patterns.ts';

/** The patterns that are most similar to a code, the most similar first. Only what `SearchIndex` has indexed is found. */
export function similarPatterns(database: Database, query: LikenessQuery): LikePattern[] {
  const { code, language, except, least, limit } = query;
  const { hits } = findSimilar(database, {
    code,
    codeLanguage: language,
    except,
    least,
    limit,
    withTests: true,
  });
  const read = database.prepare<[string], PatternRow>(
    `SELECT ${PATTERN_COLUMNS} FROM patterns p ${NEWEST_OCCURRENCE} WHERE p.id = ?`,
  );
  return hits.flatMap(({ patternId, score, code: found }) => {
    const row = read.get(patternId);
    return row ? [{ ...readPattern(row), head: found.slice(0, HEAD_CHARACTERS), score }] : [];
  });
}
