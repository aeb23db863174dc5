// Copies of rows that SQLite leaves in unused parts of pages when it moves rows from one page to another.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { forgetRows } from '../../../../lib/ingest/forgetting.ts';
import { isWiped } from '../../../../lib/store/database/meta.ts';
import { SizeBound } from '../../../../lib/store/maintenance/retention/size-bound.ts';
import { isRewriteDue, tidy, wipe } from '../../../../lib/store/maintenance/wipe.ts';
import { usedBytes } from '../../../../lib/store/database/used-bytes.ts';
import { hook, TestStore } from '../../../delivery/test-store.ts';

const DAY = 86_400_000;
const NOW = 100 * DAY;
const CALLS = 600;
const BATCHES = 10;

/** Spreads keys over the tables, so that rows are added in the middle of full pages. */
const key = (n: number) => createHash('md5').update(String(n)).digest('hex').slice(0, 12);

let store: TestStore;
beforeEach(() => {
  store = new TestStore();
  store.database.pragma('synchronous = OFF');
  for (let batch = 0; batch < BATCHES; batch++) {
    store.arrive(
      Array.from({ length: CALLS / BATCHES }, (_, at) => {
        const n = (((batch * CALLS) / BATCHES + at) * 7) % CALLS;
        const line = `mark-${n}-k ${n % 3 === 0 ? 'goes' : ''}`;
        const lines = `// ${line}\n`.repeat(1 + (Number.parseInt(key(n), 16) % 50));
        return {
          at: NOW - (batch % 3 === 0 ? 10 : 40) * DAY + batch * 60 + at,
          payload:
            n % 5 === 0
              ? hook.post(key(n), 'Bash', { command: `echo ${line}` })
              : hook.write(key(n), `/w/${key(n % 500)}.ts`, lines),
        };
      }),
    );
    // Further versions, as a service has them, lie in the order of their keys.
    store.database
      .exec(`INSERT OR IGNORE INTO pattern_versions (pattern_id, version, generation, name, code, pattern_type, edge_type, at)
        SELECT id, '2.0.0', 2, name, code, 'code', 'modified_from', last_seen_at FROM patterns`);
  }
});
afterEach(() => store.remove());

const marksIn = (text: string) => text.match(/mark-\d+-k/g) ?? [];

/** The marks in the files of the database that are in none of its rows. */
function leftovers(): string[] {
  const rows = store.rows<{ text: string }>(
    `SELECT code AS text FROM patterns UNION ALL SELECT code FROM pattern_versions
     UNION ALL SELECT payload_text(payload) FROM events WHERE payload IS NOT NULL UNION ALL SELECT summary FROM tool_calls`,
  );
  const held = new Set(rows.flatMap(({ text }) => marksIn(text)));
  const found = ['', '-wal'].flatMap((suffix) =>
    marksIn(readFileSync(store.database.name + suffix, 'latin1')),
  );
  expect(held.size).toBeGreaterThan(CALLS / 3);
  return [...new Set(found)].filter((mark) => !held.has(mark));
}

it('are gone after something was forgotten', async () => {
  store.database
    .transaction(() => forgetRows(store.database, { at: NOW, match: 'goes' }, NOW))
    .immediate();
  expect(isWiped(store.database)).toBe(false);
  tidy(store.database);
  expect(leftovers()).not.toEqual([]); // else this test could not fail
  expect(await wipe(store.database, NOW)).toBe(true);
  expect(leftovers()).toEqual([]);
  expect(isWiped(store.database)).toBe(true);
});

it('are gone after the size was bounded', async () => {
  while (store.value('SELECT 1 FROM events WHERE payload IS NOT NULL') !== undefined) {
    new SizeBound(store.database, usedBytes(store.database) - 1).chunk();
  }
  const most = usedBytes(store.database) * 0.93;
  const size = new SizeBound(store.database, most);
  while (size.chunk());
  expect(isRewriteDue(store.database, NOW)).toBe(true);
  tidy(store.database);
  expect(leftovers()).not.toEqual([]);
  expect(await wipe(store.database, NOW)).toBe(true);
  expect(leftovers()).toEqual([]);
});
