import { TrackerError } from '../../../base/errors.ts';
import { patternDiff } from '../../../pattern/pattern-diff.ts';
import type { Database } from '../../../store/database/database.ts';
import { authorshipOf } from '../../../store/queries/authorship/pattern-parents.ts';
import type { PatternAuthorship } from '../../../store/queries/authorship/pattern-parents.ts';
import { codeHeads, lineageOf } from '../../../store/queries/lineage.ts';
import type { Lineage } from '../../../store/queries/lineage.ts';
import { changeOf } from '../../../store/queries/pattern-change.ts';
import { occurrencesOf, patternById } from '../../../store/queries/patterns.ts';
import type { PatternOccurrence, PatternWithCode } from '../../../store/queries/patterns.ts';
import { findSimilar } from '../../../store/queries/search/similar.ts';
import type { SimilarResult } from '../../../store/queries/search/similar.ts';
import { mostOf } from '../../server/most.ts';
import type { PageQuery } from '../page.ts';

/** One pattern, as `pattern-tracker show` and `pattern-tracker similar` know it. */
export interface PatternData {
  readonly pattern: PatternWithCode;
  readonly occurrences: readonly PatternOccurrence[];
  readonly most: number;
  readonly lineage: Lineage;
  /** The beginnings of the code in the lineage, by the ids of patterns. */
  readonly heads: Readonly<Record<string, string>>;
  readonly authorship: PatternAuthorship;
  /** What it changed in its parent; null if it has none. */
  readonly change: {
    readonly parent: { readonly id: string; readonly name: string };
    readonly unified: string;
    readonly isExact: boolean;
    readonly isCut: boolean;
  } | null;
  readonly similar: SimilarResult;
}

export const patternQuery: PageQuery<PatternData> = {
  find: ({ params }, sources) => {
    const id = idIn(params);
    if (!sources.read((database) => patternById(database, id))) throw noSuchPattern(id);
  },
  load: ({ params, query }, sources) => {
    const id = idIn(params);
    const most = mostOf(query, 50);
    const data = sources.read((database): PatternData | undefined => {
      const pattern = patternById(database, id);
      const lineage = lineageOf(database, id);
      const ids = [id, ...[...lineage.ancestors, ...lineage.descendants].map((node) => node.id)];
      return (
        pattern && {
          pattern,
          most,
          occurrences: occurrencesOf(database, id, most),
          lineage,
          heads: Object.fromEntries(codeHeads(database, ids)),
          authorship: authorshipOf(database, id),
          change: changeIn(database, pattern),
          similar: similarTo(database, pattern),
        }
      );
    });
    if (data) return data;
    throw noSuchPattern(id);
  },
  rows: ({ occurrences }) => occurrences.map((place) => ({ ...place })),
};

// --- internal ---

/** Longer diffs are shown in part, in characters. */
const MOST_DIFF = 60_000;
/** So many are shown on the page; the search has all. */
const SIMILAR = 5;
/** Of very long code, its beginning, in characters. */
const MOST_CODE = 20_000;

function idIn(params: Readonly<Record<string, string>>): string {
  return (params['pattern'] ?? '').toLowerCase();
}

function noSuchPattern(id: string): TrackerError {
  return new TrackerError('E_NO_PATTERN', `no pattern is called "${id}"`, {
    hint: 'It may be past retention. Patterns lists what there is.',
  });
}

function changeIn(database: Database, pattern: PatternWithCode): PatternData['change'] {
  const change = changeOf(database, pattern);
  if (!change) return null;
  const { parent, isExact } = change;
  const unified = patternDiff(pattern, change);
  const isCut = unified.length > MOST_DIFF;
  return { parent, isExact, isCut, unified: unified.slice(0, MOST_DIFF) };
}

function similarTo(database: Database, { id, code, language }: PatternWithCode): SimilarResult {
  const filter = { code, codeLanguage: language, except: id, limit: SIMILAR };
  const found = findSimilar(database, filter);
  return {
    ...found,
    hits: found.hits.map((hit) => ({ ...hit, code: hit.code.slice(0, MOST_CODE) })),
  };
}
