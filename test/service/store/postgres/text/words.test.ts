import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ServiceStore } from '../../../../../lib/service/store/service-store.ts';
import { openPostgresStore } from '../../../../../lib/service/store/postgres/store.ts';
import { trackedEvent } from '../../../../contracts/tracked-event.ts';
import { createDatabase } from '../../../../support/shared-postgres.ts';

let store: ServiceStore;

beforeAll(async () => {
  store = await openPostgresStore(await createDatabase());
});
afterAll(() => store.close());

test.each([
  ['a member of an object', 'fs.readFile(path)', 'readfile'],
  ['a name with underscores', 'const max_row_count = 1', 'max_row_count'],
  ['a part of a path', "import x from './lib/deep/module.ts'", 'deep'],
  ['a word without its accents', 'const größe = 1', 'GROSSE'.replace('SS', 'ß')],
  ['a word of another script', 'const 変数 = 1', '変数'],
])('%s is a word', async (_what, code, word) => {
  const patterns = store.tenant('words');
  await patterns.track([trackedEvent({ patternId: word, code, eventId: word })]);
  const found = await patterns.search({ words: [word], limit: 10 });
  expect(found.map(({ id }) => id)).toContain(word);
});
