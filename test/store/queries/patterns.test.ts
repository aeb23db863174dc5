import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listingOf } from '../../../lib/store/queries/listing.ts';
import { allFiles, countPatterns, listPatterns } from '../../../lib/store/queries/patterns.ts';
import type { PatternFilter } from '../../../lib/store/queries/patterns.ts';
import { DAY, NOW, Sample } from '../../cli/sample-database.ts';

let sample: Sample;
beforeEach(() => (sample = new Sample()));
afterEach(() => sample.remove());

const query = { rows: listPatterns, count: countPatterns };

function found(filter: Partial<PatternFilter>) {
  const all: PatternFilter = { sort: 'recent', limit: 3, ...filter };
  const { rows, total } = listingOf(sample.database, all, query);
  return { ids: rows.map(({ id }) => id), total };
}

/** Patterns `FIRST…`, one a minute, written to one file in one session. */
function write(first: number, count: number, filePath: string, session: string, project: number) {
  for (let n = first; n < first + count; n++) {
    const id = String(n).padStart(16, '0');
    const at = NOW - 10 * DAY + n * 60_000;
    sample.pattern(id, 'code', { last_seen_at: at });
    sample.occurrence(id, `event-${n}`, {
      session_id: session,
      project_id: project,
      file_path: filePath,
      at,
    });
  }
}

const idOf = (n: number) => String(n).padStart(16, '0');

it('lists every file once, in order', () => {
  expect(allFiles(sample.database)).toEqual([]);
  write(1, 3, '/w/b.ts', 'one', 1);
  write(4, 2, '/w/a.ts', 'one', 1);
  expect(allFiles(sample.database)).toEqual(['/w/a.ts', '/w/b.ts']);
});

describe('the patterns of a place', () => {
  it.each([
    ['few', 5],
    ['many', 1_500],
  ])('are found where there are %s, newest first, and counted', (_, count) => {
    write(1, count, '/w/a.ts', 'one', sample.project('/w', 'w'));
    write(5_001, 40, '/v/b.ts', 'two', sample.project('/v', 'v'));
    const newest = { ids: [count, count - 1, count - 2].map(idOf), total: Math.min(count, 1_000) };
    expect(found({ files: ['/w/a.ts', '/nowhere'] })).toEqual(newest);
    expect(found({ session: 'one' })).toEqual(newest);
    expect(found({ projectIds: [1] })).toEqual(newest);
    expect(found({ projectIds: [1], withTests: true })).toEqual(newest);
    expect(found({ files: ['/w/a.ts'], since: NOW - 10 * DAY + (count - 1) * 60_000 })).toEqual({
      ids: [count, count - 1].map(idOf),
      total: 2,
    });
    expect(found({ files: ['/w/a.ts'], language: 'css' })).toEqual({ ids: [], total: 0 });
    expect(found({ files: [] })).toEqual({ ids: [], total: 0 });
  });

  it('are shown at the place that was asked for, not at the newest', () => {
    write(1, 1, '/w/a.ts', 'one', 1);
    sample.occurrence(idOf(1), 'later', { file_path: '/w/moved.ts', at: NOW });
    const [pattern] = listPatterns(sample.database, {
      files: ['/w/a.ts'],
      sort: 'recent',
      limit: 1,
    });
    expect(pattern?.filePath).toBe('/w/a.ts');
  });
});
