import { describe, expect, it } from 'vitest';
import {
  apiHealthReplySchema,
  detailReplySchema,
  healthReplySchema,
  liveReplySchema,
  readyReplySchema,
} from '../../lib/lineage-api/service-reply.ts';
import { openFixture, openThrowawayStore } from './service-fixture.ts';

const ROUTES = [
  ['/health', healthReplySchema],
  ['health', apiHealthReplySchema],
  ['/health/live', liveReplySchema],
  ['/health/ready', readyReplySchema],
] as const;

const STATES = {
  well: async () => ({ isWell: true, detail: 'operational', pool: { max_size: 10 } }),
  down: async () => ({ isWell: false, detail: 'gone', pool: null }),
  hanging: () => new Promise<never>(() => {}),
};

describe.each(ROUTES)('the body of %s', (path, schema) => {
  it.each(Object.entries(STATES))(
    'is as its schema says when the store is %s',
    async (_, health) => {
      const store = { ...openThrowawayStore(), health };
      const { get, token } = openFixture({ store, isExposed: true });
      const { authorization } = await token({ scopes: ['admin'] });
      for (const headers of [{}, { authorization }, { authorization: 'Bearer nonsense' }]) {
        const { body } = await get(path, headers);
        expect(schema.strict().safeParse(body).error).toBeUndefined();
      }
    },
  );

  it('is as the schema of faults says for a Host that is not ours', async () => {
    const { status, body } = await openFixture().get(path, { host: 'evil.example' });
    expect(status).toBe(403);
    expect(detailReplySchema.strict().safeParse(body).error).toBeUndefined();
  });
});
