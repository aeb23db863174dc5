import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import connect from 'postgres';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openDatabaseForReading } from '../../lib/store/database/database.ts';
import { startPostgres } from '../support/postgres-server.ts';
import type { PostgresServer } from '../support/postgres-server.ts';
import { ServiceProcess } from '../support/service-process.ts';

const KILLS = 8;
/** From the first sign of life to the next kill. */
const PAUSE_MS = 700;
const BATCH = 20;

let postgres: PostgresServer;
const folder = mkdtempSync(join(tmpdir(), 'durability-'));
const running: ServiceProcess[] = [];

beforeAll(async () => {
  postgres = await startPostgres({ isDurable: true });
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((service) => service.remove()));
});
afterAll(async () => {
  await postgres.remove();
  rmSync(folder, { recursive: true });
});

async function serve(database: string): Promise<ServiceProcess> {
  const service = await new ServiceProcess(database).start();
  running.push(service);
  return service;
}

/** The events of one client: a lineage, each event the child of the one before. */
function lineage(client: string, from: number, count: number): object[] {
  return Array.from({ length: count }, (_, index) => {
    const n = from + index;
    return {
      event_id: `${client}-e${n}x`,
      event_type: n === 0 ? 'pattern_created' : 'pattern_modified',
      pattern_id: `${client}-p${n}`,
      file_path: `/w/${client}.ts`,
      parent_pattern_ids: n === 0 ? [] : [`${client}-p${n - 1}`],
      pattern_data: { code: `export const ${client}${n} = ${n};`, session_id: client },
    };
  });
}

interface Counts {
  readonly events: number;
  readonly patterns: number;
  readonly edges: number;
  readonly occurrences: number;
}

const STORES: Readonly<
  Record<string, () => Promise<{ place: string; counts: () => Promise<Counts> }>>
> = {
  SQLite: async () => {
    const place = join(folder, `${performance.now()}.db`);
    return {
      place,
      counts: async () => {
        const database = openDatabaseForReading(place);
        try {
          return database
            ?.prepare(
              `SELECT (SELECT count(*) FROM lineage_events) AS events,
                 (SELECT count(*) FROM patterns) AS patterns,
                 (SELECT count(*) FROM lineage_edges) AS edges,
                 (SELECT sum(occurrences) FROM patterns) AS occurrences`,
            )
            .get() as Counts;
        } finally {
          database?.close();
        }
      },
    };
  },
  PostgreSQL: async () => {
    const place = await postgres.createDatabase();
    return {
      place,
      counts: async () => {
        const sql = connect(place, { max: 1, onnotice: () => {} });
        const [row] = await sql`
          SELECT (SELECT count(*) FROM event_ids)::int AS events,
            (SELECT count(*) FROM patterns)::int AS patterns,
            (SELECT count(*) FROM lineage_edges)::int AS edges,
            (SELECT sum(occurrences) FROM patterns)::int AS occurrences`;
        await sql.end();
        return { ...row } as unknown as Counts;
      },
    };
  },
};

describe.each(Object.keys(STORES))('a service on %s', (name) => {
  const newStore = STORES[name] as (typeof STORES)[string];

  it('that is killed in the middle of batches has what it acknowledged, and a resend completes the rest once', async () => {
    const { place, counts } = await newStore();
    const service = await serve(place);
    const clients = Array.from({ length: 6 }, (_, n) => `c${n}`);
    let acknowledged = 0;
    for (let round = 0; round < 5; round++) {
      const from = round * BATCH;
      const sent = clients.map(async (client) => {
        const answer = await service.track(lineage(client, from, BATCH));
        if (answer) acknowledged += answer.batch_summary.successful_events;
      });
      await setTimeout(round * 3); // each time a little later in the work
      await service.stop('SIGKILL');
      await Promise.all(sent);
      await service.start();
      expect((await counts()).events).toBeGreaterThanOrEqual(acknowledged);
      // What was not acknowledged is sent again, with what was: as a client that lost the answers would.
      for (const client of clients) {
        expect(await service.track(lineage(client, from, BATCH))).toMatchObject({ success: true });
      }
      acknowledged = clients.length * (from + BATCH);
    }
    const total = clients.length * 5 * BATCH;
    expect(await counts()).toEqual({
      events: total,
      patterns: total,
      edges: total - clients.length,
      occurrences: total,
    });
  });

  it('ends with 0 when it is told to, and answers what was begun', async () => {
    const { place, counts } = await newStore();
    const service = await serve(place);
    const sent = Array.from({ length: 10 }, (_, n) => service.track(lineage(`c${n}`, 0, BATCH)));
    await setTimeout(5); // so that some have begun
    expect(await service.stop('SIGTERM')).toBe(0);
    const answers = await Promise.all(sent);
    const done = answers.reduce(
      (sum, answer) => sum + (answer?.batch_summary.successful_events ?? 0),
      0,
    );
    expect((await counts()).events).toBe(done);
  });
});

describe('two replicas on one PostgreSQL', () => {
  it(`lose and duplicate nothing while one of them is killed, ${KILLS} times`, async () => {
    const { place, counts } = await (STORES['PostgreSQL'] as (typeof STORES)[string])();
    const replicas = [await serve(place), await serve(place)];
    let kills = 0;
    let sentEvents = 0;
    let repeated = 0;
    const clients = Array.from({ length: 8 }, async (_, client) => {
      for (let round = 0; kills < KILLS; round++) {
        const events = lineage(`c${client}`, round * BATCH, BATCH);
        // As a load balancer would: the other one, until one answers.
        for (let attempt = client + round; ; attempt++) {
          const answer = await replicas[attempt % replicas.length]?.track(events);
          if (!answer) {
            repeated += 1;
            await setTimeout(20); // as a client would, while none is there
            continue;
          }
          expect(answer.failed_results ?? []).toEqual([]);
          break;
        }
        sentEvents += events.length;
      }
    });
    const killer = (async () => {
      while (kills < KILLS) {
        const before = sentEvents;
        await expect.poll(() => sentEvents).toBeGreaterThan(before); // on a busy machine it takes longer to begin
        await setTimeout(PAUSE_MS); // anywhere in its work
        const victim = replicas[kills % replicas.length];
        await victim?.stop('SIGKILL');
        await victim?.start();
        kills += 1;
      }
    })();
    await Promise.all([...clients, killer]);
    expect(repeated).toBeGreaterThan(0); // else no request was ever cut
    expect(await counts()).toEqual({
      events: sentEvents,
      patterns: sentEvents,
      edges: sentEvents - clients.length,
      occurrences: sentEvents,
    });
  });
});
