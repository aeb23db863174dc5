import { expect, it } from 'vitest';
import { forget } from '../../../../lib/service/store/forgetting.ts';
import { openPostgresStore } from '../../../../lib/service/store/postgres/store.ts';
import { trackedEvent } from '../../../contracts/tracked-event.ts';
import { times } from '../../../support/depth.ts';
import { createDatabase } from '../../../support/shared-postgres.ts';

it('deletes on one replica while others write, and all that is left holds together', async () => {
  const url = await createDatabase();
  const replicas = await Promise.all(
    Array.from({ length: 3 }, async () => openPostgresStore(url, { poolSize: 2 })),
  );
  const [one, two, three] = replicas.map((replica) => replica.tenant('default'));
  if (!one || !two || !three) throw new Error('three were opened');
  try {
    for (let run = 0; run < times(1, 12); run++) {
      const events = Array.from({ length: 120 }, (_, index) => {
        const patternId = `r${run}.p${index % 30}`;
        const parent = `r${run}.p${(index * 7) % 30}`;
        return trackedEvent({
          patternId,
          eventId: `${run}-${index}`,
          at: 1_000 + ((index * 37) % 60),
          sessionId: `s-${index % 5}`,
          toolUseId: `t-${index % 40}`,
          parentIds: index % 3 === 0 || parent === patternId ? [] : [parent],
        });
      });
      const write = async (store: typeof one, half: number) => {
        for (let from = half * 60; from < half * 60 + 60; from += 6) {
          await store.track(events.slice(from, from + 6));
        }
      };
      await Promise.all([
        write(one, 0),
        write(two, 1),
        ...['s-1', 's-2'].map(async (sessionId) => {
          for (let again = 0; again < 4; again++) {
            await forget(three, { sessionId }, { isTrial: false, clock: Date.now });
          }
        }),
      ]);
      const options = { isTrial: false, clock: Date.now };
      await forget(one, { sessionId: 's-1' }, options);
      await forget(one, { sessionId: 's-2' }, options);
      await two.track(events);
      expect(await one.integrity(undefined)).toMatchObject({
        brokenEdges: [],
        orphans: [],
        wrongGenerations: [],
      });
      const stats = await one.stats();
      const { removed } = await forget(one, {}, { ...options, isTrial: true });
      expect(removed).toMatchObject({
        patterns: stats.patterns,
        occurrences: stats.occurrences,
        edges: stats.edges,
        sessions: stats.sessions,
        executions: stats.toolCalls,
      });
      const calls = await one.executions({ limit: 500 } as never);
      expect(calls.filter(({ sessionId }) => ['s-1', 's-2'].includes(sessionId))).toEqual([]);
    }
  } finally {
    for (const replica of replicas) await replica.close();
  }
});
