import { fingerprint } from '../../../pattern/likeness/fingerprint.ts';
import { codeLikeness, shapeOf } from '../../../pattern/likeness/shape.ts';
import type { CodeShape } from '../../../pattern/likeness/shape.ts';
import type { Database } from '../../database/database.ts';
import { codePlaces } from './code-places.ts';
import type { CodeFilter, Place } from './code-places.ts';
import { searchIndexedTo } from './search.ts';

/** The least score that is shown: of what scores more, 98 of 100 are similar, as `npm run eval:similar` measures. */
export const LEAST_SCORE = 0.64;

/** What to find similar code to, and among what. */
export interface SimilarFilter extends CodeFilter {
  readonly code: string;
  /** The language of `code`, as lib/pattern/language.ts names it. */
  readonly codeLanguage: string;
  /** What scores less is not shown. @default {@link LEAST_SCORE} */
  readonly least?: number | undefined;
  /** A pattern that is not to be found: the one that the code is of. */
  readonly except?: string | undefined;
}

/** A pattern that is similar. The rest is where it was written last; null where no place is known. */
export interface SimilarPattern extends NullablePlace {
  readonly patternId: string;
  /** From {@link LEAST_SCORE} to 1: how much of both is the same, as `codeLikeness` counts it. */
  readonly score: number;
  readonly code: string;
  readonly language: string;
  readonly lines: number;
}

/** What was found. */
export interface SimilarResult {
  /** The most similar first. */
  readonly hits: readonly SimilarPattern[];
  /** True if the code is too short to be compared. */
  readonly isTooShort: boolean;
  /** Events that the index does not know yet. Their newest patterns were compared one by one. */
  readonly unindexed: number;
  /** True if there were too many of those. */
  readonly isPartial: boolean;
}

/** Finds the patterns whose code is most similar: also if it was reformatted, or if its names were changed. */
export function findSimilar(database: Database, filter: SimilarFilter): SimilarResult {
  const { code, codeLanguage, least = LEAST_SCORE, except, limit, offset = 0 } = filter;
  const shape = shapeOf(code, codeLanguage);
  if (shape.raw.length === 0) {
    return { hits: [], isTooShort: true, unindexed: 0, isPartial: false };
  }
  const placeOf = codePlaces(database, filter);
  const isFiltered = FILTERS.some((name) => filter[name] !== undefined);
  const read = database.prepare<[string], PatternText>(
    'SELECT id AS patternId, code, language, lines FROM patterns WHERE id = ?',
  );
  const indexedTo = searchIndexedTo(database);
  const unindexed = countAfter(database, indexedTo);
  const hits: SimilarPattern[] = [];
  const seen = new Set([except]);
  const look = (id: string): boolean => {
    if (seen.has(id)) return false;
    seen.add(id);
    const place = placeOf({ id });
    const pattern = place || !isFiltered ? read.get(id) : undefined;
    if (!pattern) return false;
    const score = codeLikeness(shape, shapeOf(pattern.code, pattern.language));
    if (score >= least) hits.push({ ...pattern, ...(place ?? NO_PLACE), score });
    return true;
  };
  for (const id of unindexedPatterns(database, indexedTo)) look(id);
  let compared = 0;
  for (const id of candidates(database, shape)) {
    if (look(id)) compared += 1;
    if (compared === MOST_COMPARED) break;
  }
  hits.sort((one, other) => other.score - one.score || (other.at ?? 0) - (one.at ?? 0));
  return {
    hits: limit === -1 ? hits : hits.slice(offset, offset + limit),
    isTooShort: false,
    unindexed,
    isPartial: unindexed > MOST_UNINDEXED,
  };
}

// --- internal ---

/** So many patterns that the index names are compared, those that share most bands first. */
const MOST_COMPARED = 30;
/** So many patterns are looked at in a band, the newest first: one that more share says little. */
const MOST_IN_BAND = 50;
/** Of so many events that the index does not know yet, the patterns are compared. */
const MOST_UNINDEXED = 2_000;

const FILTERS = ['projectIds', 'session', 'since', 'until', 'tool', 'language', 'isFile'] as const;

type NullablePlace = { readonly [Key in keyof Place]: Place[Key] | null };

const NO_PLACE: NullablePlace = {
  sessionId: null,
  toolUseId: null,
  toolName: null,
  filePath: null,
  startLine: null,
  at: null,
  projectRoot: null,
  projectName: null,
};

interface PatternText {
  readonly patternId: string;
  readonly code: string;
  readonly language: string;
  readonly lines: number;
}

/** The patterns that share bands with the code, those that share most of them first. */
function candidates(database: Database, shape: CodeShape): string[] {
  const inBand = database
    .prepare<[string], number>(
      `SELECT rowid FROM similar_index WHERE similar_index MATCH ? ORDER BY rowid DESC LIMIT ${MOST_IN_BAND}`,
    )
    .pluck();
  const shares = new Map<number, number>();
  for (const word of fingerprint(shape)) {
    for (const row of inBand.all(`"${word}"`)) shares.set(row, (shares.get(row) ?? 0) + 1);
  }
  const idOf = database
    .prepare<[number], string>('SELECT pattern_id FROM fingerprints WHERE id = ?')
    .pluck();
  return [...shares]
    .toSorted(([row, share], [other, otherShare]) => otherShare - share || other - row)
    .flatMap(([row]) => idOf.get(row) ?? []);
}

/** The patterns of the newest events that the index does not know. */
function unindexedPatterns(database: Database, indexedTo: number): string[] {
  return database
    .prepare<[number], string>(
      `SELECT DISTINCT o.pattern_id FROM (
         SELECT event_id FROM events WHERE id > ? ORDER BY id DESC LIMIT ${MOST_UNINDEXED}) e
       JOIN occurrences o ON o.event_id = e.event_id`,
    )
    .pluck()
    .all(indexedTo);
}

function countAfter(database: Database, indexedTo: number): number {
  const count = database.prepare<[number], number>('SELECT count(*) FROM events WHERE id > ?');
  return count.pluck().get(indexedTo) ?? 0;
}
