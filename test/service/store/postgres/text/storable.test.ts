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
  ['a hundred thousand words', Array.from({ length: 100_000 }, (_, n) => `w${n}`).join(' ')],
  ['ligatures that grow eighteenfold', '\ufdfa '.repeat(60_000)],
  ['one word of a million letters', 'ü'.repeat(1_000_000)],
  ['every control character', String.fromCharCode(...Array(160).keys())],
])('%s can be kept', async (what, code) => {
  const patterns = store.tenant('large');
  const event = trackedEvent({ patternId: what, eventId: what, code });
  expect(await patterns.track([event])).toMatchObject([{ kind: 'created' }]);
  expect((await patterns.pattern(what))?.code).toHaveLength(code.length);
});

test('ids of clients that are too long for an index, and times within a millisecond, are kept', async () => {
  const patterns = store.tenant('large');
  const long = 'x'.repeat(10_000);
  const event = trackedEvent({
    patternId: 'long',
    eventId: 'long',
    sessionId: long,
    toolUseId: long,
    at: 1_700_000_000_000.5,
    startLine: 1.5,
  });
  expect(await patterns.track([event])).toMatchObject([{ kind: 'created' }]);
  expect(await patterns.patterns({ limit: 9, order: 'first_seen', sessionId: long })).toMatchObject(
    [{ id: 'long' }],
  );
});

test.each(['a"b', 'a\\b', '{a,b}', 'NULL', ' a ', "a'b", ''])(
  'an id such as %j is found again',
  async (odd) => {
    const patterns = store.tenant('odd');
    const event = trackedEvent({ patternId: `p${odd}`, eventId: `e${odd}` });
    expect(await patterns.track([event])).toMatchObject([{ kind: 'created' }]);
    expect(await patterns.track([event])).toMatchObject([{ kind: 'duplicate' }]);
    expect(await patterns.pattern(`p${odd}`)).toMatchObject({ id: `p${odd}` });
  },
);
