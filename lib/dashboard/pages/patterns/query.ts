import { listingOf } from '../../../store/queries/listing.ts';
import type { Listing } from '../../../store/queries/listing.ts';
import { countPatterns, listPatterns } from '../../../store/queries/patterns.ts';
import type { ListedPattern, PatternFilter } from '../../../store/queries/patterns.ts';
import { languageNamed, UNKNOWN_LANGUAGE } from '../../../pattern/language.ts';
import { mostOf } from '../../server/most.ts';
import type { PageQuery } from '../page.ts';

/** Patterns, as `pattern-tracker patterns` lists them. */
export interface PatternsData extends Listing<ListedPattern> {
  readonly language: string;
  readonly order: PatternFilter['sort'];
  /** True if what is too small to tell anything is listed, too. */
  readonly isAll: boolean;
  /** How many are not listed, because they are so small. */
  readonly hidden: number;
  readonly most: number;
}

export const patternsQuery: PageQuery<PatternsData> = {
  load: ({ query, range, projectIds }, sources) => {
    const language = query.get('language') ?? '';
    const known = languageNamed(language);
    const isAll = query.get('small') === 'yes';
    const order = query.get('order') === 'used' ? 'used' : 'recent';
    const most = mostOf(query, 200);
    const filter: PatternFilter = {
      ...range,
      projectIds,
      language: language === '' ? undefined : known === UNKNOWN_LANGUAGE ? language : known,
      sort: order,
      limit: most,
      withTests: isAll,
      size: isAll ? undefined : 'large',
    };
    const found = sources.read((database) => ({
      ...listingOf(database, filter, { rows: listPatterns, count: countPatterns }),
      hidden: isAll ? 0 : countPatterns(database, { ...filter, size: 'small' }),
    }));
    return { ...(found ?? { rows: [], total: 0, hidden: 0 }), language, order, isAll, most };
  },
  rows: ({ rows }) => rows.map((pattern) => ({ ...pattern })),
};
