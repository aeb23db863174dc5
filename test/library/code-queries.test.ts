import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PatternTracker } from '../../lib/library/pattern-tracker.ts';
import { indexSearchChunk } from '../../lib/store/maintenance/search-index.ts';
import { LibraryHome } from './library-home.ts';

const SUM = `export function sum(values) {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
`;

let home: LibraryHome;
let tracker: PatternTracker;
beforeEach(() => {
  home = new LibraryHome();
  tracker = home.tracker();
  home.database
    .prepare(
      `INSERT INTO patterns (id, name, code, language, lines, origin, generation, lineage_id, occurrences, first_seen_at, last_seen_at)
       VALUES ('5a5a', 'sum.ts', ?, 'typescript', 5, 'created', 1, '5a5a', 1, 1, 1)`,
    )
    .run(SUM);
  home.database.exec(`
    INSERT INTO events (event_id, session_id, name, received_at, size) VALUES ('e1', 's1', 'PostToolUse', 1, 1);
    INSERT INTO occurrences (event_id, ordinal, pattern_id, action, session_id, tool_name, file_path, language, start_line, at)
      VALUES ('e1', 0, '5a5a', 'created', 's1', 'Write', '/w/sum.ts', 'typescript', 1, 1)`);
  while (indexSearchChunk(home.database));
});
afterEach(async () => home.remove());

describe('searchPatterns', () => {
  it('finds a text in code, and where it stands', async () => {
    expect(await tracker.searchPatterns({ text: 'total +=' })).toMatchObject([
      { kind: 'pattern', filePath: '/w/sum.ts', line: 3 },
    ]);
    expect(await tracker.searchPatterns({ text: 'sum.ts', kinds: ['path'] })).toHaveLength(1);
    expect(await tracker.searchPatterns({ text: 'total', language: 'python' })).toEqual([]);
  });

  it.each([
    [{ text: 'ab' }, /"text" must have 3 characters or more/],
    [{ text: 'abc', kinds: ['code'] }, /"kinds.0" must be some of pattern/],
    [{ text: 'abc', limt: 1 }, /there is no "limt"/],
  ])('refuses %j', async (query, message) => {
    await expect(tracker.searchPatterns(query as never)).rejects.toThrow(message);
  });
});

describe('findSimilar', () => {
  const renamed = SUM.replaceAll('total', 'all').replaceAll('value', 'price');

  it('finds code with other names, by its language or its file', async () => {
    for (const where of [{ language: 'TypeScript' }, { filePath: 'src/costs.ts' }]) {
      const [found] = await tracker.findSimilar({ code: renamed, ...where });
      expect(found).toMatchObject({ code: SUM, filePath: '/w/sum.ts', line: 1 });
      expect(found?.score).toBeGreaterThan(0.8);
    }
  });

  it('leaves out what is less similar than asked for', async () => {
    expect(
      await tracker.findSimilar({ code: renamed, language: 'typescript', minScore: 0.99 }),
    ).toEqual([]);
    expect(await tracker.findSimilar({ code: '}' })).toEqual([]);
  });

  it('refuses a score beyond 1', async () => {
    await expect(tracker.findSimilar({ code: SUM, minScore: 50 })).rejects.toThrow(
      /"minScore" must be a number from 0 to 1/,
    );
  });
});
