import { findSimilar } from '../../../store/queries/search/similar.ts';
import type { SimilarPattern } from '../../../store/queries/search/similar.ts';
import { search } from '../../../store/queries/search/search.ts';
import type { SearchHit, SearchResult } from '../../../store/queries/search/search.ts';
import { isLongEnough } from '../../../store/queries/search/search-text.ts';
import { SEARCH_KINDS } from '../../../store/queries/search/searchable.ts';
import type { SearchKind } from '../../../store/queries/search/searchable.ts';
import { patternById } from '../../../store/queries/patterns.ts';
import { languageNamed, UNKNOWN_LANGUAGE } from '../../../pattern/language.ts';
import { TrackerError } from '../../../base/errors.ts';
import { mostOf } from '../../server/most.ts';
import type { Ask, PageQuery } from '../page.ts';

/** What was found, as `pattern-tracker search` and `pattern-tracker similar` find it. */
export interface SearchData {
  readonly is: 'nothing-asked' | 'too-short' | 'texts' | 'similar';
  readonly text: string;
  readonly kind: SearchKind | null;
  readonly language: string;
  readonly tool: string;
  readonly most: number;
  readonly hits: readonly SearchHit[];
  readonly similar: readonly SimilarPattern[];
  /** The pattern that similar ones were looked for. */
  readonly like: { readonly id: string; readonly name: string } | null;
  readonly isCut: boolean;
  readonly isByWords: boolean;
  /** Events that are not searched yet. */
  readonly unsearched: number;
}

export const searchQuery: PageQuery<SearchData> = {
  load: (ask, sources) => {
    const { query } = ask;
    const text = query.get('q') ?? '';
    const like = query.get('like');
    const asked = { ...NOTHING, ...filtersOf(query), text };
    if (like !== null) {
      const data = sources.read((database) => {
        const pattern = patternById(database, like);
        if (!pattern) throw noPattern(like);
        const { hits } = findSimilar(database, {
          code: pattern.code,
          codeLanguage: pattern.language,
          except: pattern.id,
          ...placeFilter(ask),
          limit: asked.most,
        });
        const { id, name } = pattern;
        return {
          ...asked,
          is: 'similar',
          similar: hits.map(withoutRest),
          like: { id, name },
        } as const;
      });
      if (!data) throw noPattern(like);
      return data;
    }
    if (text === '') return asked;
    if (!isLongEnough(text)) return { ...asked, is: 'too-short' };
    const result: SearchResult | undefined = sources.read((database) =>
      search(database, {
        text,
        kinds: asked.kind === null ? undefined : [asked.kind],
        ...placeFilter(ask),
        limit: asked.most,
      }),
    );
    return { ...asked, is: 'texts', ...(result ?? NONE) };
  },
  rows: ({ hits, similar }) => [...hits, ...similar].map((hit) => ({ ...hit })),
};

// --- internal ---

/** So many hits are shown at first. */
const USUAL = 50;

const NONE = { hits: [], isCut: false, isByWords: false, unsearched: 0 } as const;
const NOTHING: SearchData = {
  is: 'nothing-asked',
  text: '',
  kind: null,
  language: '',
  tool: '',
  most: USUAL,
  similar: [],
  like: null,
  ...NONE,
};

function filtersOf(query: URLSearchParams) {
  return {
    kind: SEARCH_KINDS.find((one) => one === query.get('kind')) ?? null,
    language: query.get('language') ?? '',
    tool: query.get('tool') ?? '',
    most: mostOf(query, USUAL),
  };
}

function placeFilter({ query, range, projectIds }: Ask) {
  const { language, tool } = filtersOf(query);
  const known = languageNamed(language);
  return {
    ...range,
    projectIds,
    tool: tool === '' ? undefined : tool,
    language: language === '' ? undefined : known === UNKNOWN_LANGUAGE ? language : known,
  };
}

/** Of very long code, its beginning, in characters. */
const MOST_CODE = 20_000;

function withoutRest(hit: SimilarPattern): SimilarPattern {
  return { ...hit, code: hit.code.slice(0, MOST_CODE) };
}

function noPattern(id: string): TrackerError {
  return new TrackerError('E_NO_PATTERN', `no pattern is called "${id}"`, {
    hint: 'It may be past retention. Patterns lists what there is.',
  });
}
