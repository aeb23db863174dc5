import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../../lib/store/database/database.ts';
import { clearSearchIndex, indexSearchChunk } from '../../../lib/store/maintenance/search-index.ts';
import { findSimilar } from '../../../lib/store/queries/search/similar.ts';
import type { SimilarFilter } from '../../../lib/store/queries/search/similar.ts';
import { Sample } from '../../cli/sample-database.ts';

const SUM = `export function sum(values: readonly number[]): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
`;
const RENAMED = SUM.replaceAll('total', 'all').replaceAll('value', 'price').replace('sum', 'costs');
const OTHER = `export class Queue<T> {
  readonly #items: T[] = [];
  push(item: T): void { this.#items.push(item); }
  pop(): T | undefined { return this.#items.pop(); }
}
`;

let sample: Sample;
let database: Database;
beforeEach(() => {
  sample = new Sample();
  database = sample.database;
});
afterEach(() => sample.remove());

/** An event that wrote a pattern. */
function written(id: string, code: string, occurrence = {}): void {
  sample.pattern(id, code);
  sample.event(id, 'session-1', 'PostToolUse');
  sample.occurrence(id, id, occurrence);
}

function index(): void {
  while (indexSearchChunk(database));
}

const find = (code: string, filter: Partial<SimilarFilter> = {}) =>
  findSimilar(database, { code, codeLanguage: 'typescript', limit: -1, ...filter });
const ids = (code: string, filter: Partial<SimilarFilter> = {}) =>
  find(code, filter).hits.map(({ patternId }) => patternId);
const inIndex = () => database.prepare('SELECT count(*) FROM similar_index').pluck().get();

describe.each(['before the courier has indexed anything', 'from the index'])(
  'similar code, %s',
  (when) => {
    const ready = () => {
      if (when === 'from the index') index();
    };

    it('is found, the most similar first, with the place where it was written last', () => {
      written('renamed', RENAMED, { file_path: '/w/app/costs.ts', start_line: 7 });
      written('same', SUM);
      written('other', OTHER);
      ready();
      expect(find(SUM).hits).toMatchObject([
        { patternId: 'same', score: 1 },
        { patternId: 'renamed', filePath: '/w/app/costs.ts', startLine: 7, language: 'typescript' },
      ]);
    });

    it('is not the pattern itself', () => {
      written('same', SUM);
      written('renamed', RENAMED);
      ready();
      expect(ids(SUM, { except: 'same' })).toEqual(['renamed']);
    });

    it('is found only in the files, languages and sessions that are asked for', () => {
      written('one', SUM);
      written('two', RENAMED, { file_path: '/w/app/costs.ts', session_id: 'session-2' });
      ready();
      expect(ids(SUM, { isFile: (path) => path.endsWith('costs.ts') })).toEqual(['two']);
      expect(ids(SUM, { session: 'session-1' })).toEqual(['one']);
      expect(ids(SUM, { language: 'python' })).toEqual([]);
    });
  },
);

describe('similar code', () => {
  it('is cut to the limit', () => {
    for (let n = 0; n < 9; n += 1) written(`p${n}`, SUM.replace('0', String(n)));
    index();
    expect(ids(SUM, { limit: 3 })).toHaveLength(3);
  });

  it('tells if the code is too short', () => {
    expect(find('}')).toMatchObject({ isTooShort: true, hits: [] });
  });

  it('says that the index is being made', () => {
    database.transaction(() => {
      for (let n = 0; n < 2_001; n += 1) sample.event(`e${n}`, 'session-1', 'Stop');
    })();
    expect(find(SUM)).toMatchObject({ isPartial: true, unindexed: 2_001 });
    index();
    expect(find(SUM)).toMatchObject({ isPartial: false, unindexed: 0 });
  });

  it('leaves nothing in the index once its pattern is removed', () => {
    written('one', SUM);
    written('two', RENAMED);
    index();
    expect(inIndex()).toBe(2);
    database.exec("DELETE FROM patterns WHERE id = 'two'");
    expect(inIndex()).toBe(1);
    expect(ids(SUM)).toEqual(['one']);
  });

  it('is found again in an index that was emptied', () => {
    written('one', SUM);
    index();
    clearSearchIndex(database);
    expect(inIndex()).toBe(0);
    expect(ids(SUM)).toEqual(['one']);
    index();
    expect(inIndex()).toBe(1);
  });
});
