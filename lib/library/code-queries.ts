import { languageNamed, languageOf, UNKNOWN_LANGUAGE } from '../pattern/language.ts';
import type { Database } from '../store/database/database.ts';
import { search } from '../store/queries/search/search.ts';
import { findSimilar } from '../store/queries/search/similar.ts';
import { checkSimilarQuery, checkTextQuery } from './code-query.ts';
import type { FoundText, SimilarCode, SimilarQuery, TextQuery } from './code-query.ts';

/** Finds a text in what was recorded on this machine; whole words first, then the newest. @throws TrackerError E_ARGUMENT */
export function foundTexts(database: Database, query: TextQuery): FoundText[] {
  const { kinds, ...filter } = checkTextQuery(query);
  const { hits } = search(database, { ...filter, kinds: [...new Set(kinds)] });
  return hits.map(
    ({ kind, patternId, sessionId, toolUseId, filePath, line, snippet, at }): FoundText => ({
      kind,
      patternId,
      sessionId,
      toolUseId,
      filePath,
      line,
      snippet,
      at: new Date(at).toISOString(),
    }),
  );
}

/** Finds the code that is most similar to a code. @throws TrackerError E_ARGUMENT */
export function similarCode(database: Database, query: SimilarQuery): SimilarCode[] {
  const { code, language, filePath, minScore, limit } = checkSimilarQuery(query);
  const codeLanguage =
    language === undefined
      ? filePath === undefined
        ? UNKNOWN_LANGUAGE
        : languageOf(filePath, code)
      : languageNamed(language);
  const { hits } = findSimilar(database, { code, codeLanguage, least: minScore, limit });
  return hits.map(({ patternId, score, code: text, language: own, ...place }): SimilarCode => ({
    patternId,
    score,
    code: text,
    language: own,
    filePath: place.filePath,
    line: place.startLine,
    sessionId: place.sessionId,
  }));
}
