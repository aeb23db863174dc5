import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import postgres from 'postgres';
import { openDatabaseForReading } from '../../../lib/store/database/database.ts';
import { FaultyApi } from '../../../test/support/faulty-api.ts';
import { startPostgres } from '../../../test/support/postgres-server.ts';
import { ServiceProcess } from '../../../test/support/service-process.ts';
import { until } from '../../../test/support/until.ts';
import type { FaultKind } from '../fault-kind.ts';
import type { FaultTrial } from '../fault-trial.ts';

const config = (url: string) => `api: { base_url: '${url}' }
pattern_tracking: { batch_size: 5, timeout: 2 }
resilience: { circuit_breaker: { recovery_timeout: 1 }, retry: { base_delay: 0.1, max_delay: 1 } }
courier: { idle_exit_seconds: 1 }
`;

/** Kills at either end of the way to a server. */
export const KILLED_DELIVERIES: readonly FaultKind[] = [
  {
    name: 'kill -9 of flush',
    times: [4, 60],
    run: async (trial, times) => toServer(trial, times, () => trial.startCommand('flush'), 900),
  },
  {
    name: 'kill -9 of a courier that delivers',
    times: [4, 60],
    run: async (trial, times) => toServer(trial, times, () => trial.startCourier(), 700),
  },
  {
    name: 'kill -9 of serve on SQLite',
    times: [3, 60],
    run: async (trial, times) => {
      const path = join(trial.home.folder, 'service.db');
      await toService(trial, times, path, async () => {
        const database = openDatabaseForReading(path);
        try {
          return Number(database?.prepare('SELECT count(*) FROM lineage_events').pluck().get());
        } finally {
          database?.close();
        }
      });
    },
  },
  {
    name: 'kill -9 of serve on PostgreSQL',
    times: [2, 60],
    run: async (trial, times) => {
      const server = await startPostgres({ isDurable: true });
      try {
        const url = await server.createDatabase();
        await toService(trial, times, url, async () => {
          const sql = postgres(url, { max: 1, onnotice: () => {} });
          const [row] = await sql`SELECT count(*)::int AS count FROM event_ids`;
          await sql.end();
          return Number(row?.['count']);
        });
      } finally {
        await server.remove();
      }
    },
  },
];

// --- internal ---

/** Kills what delivers, again and again; at the end the server must have each event, and know repetitions by their id. */
async function toServer(
  trial: FaultTrial,
  times: number,
  start: () => ReturnType<FaultTrial['startCourier']>,
  withinMs: number,
): Promise<void> {
  const server = await new FaultyApi().up();
  server.behaviour = { kind: 'late', ms: 15 };
  try {
    trial.home.configure(config(server.url));
    for (let n = 0; n < times; n++) {
      trial.spool(10);
      if (n % 3 === 0) await trial.offer();
      await trial.killWithin(start(), withinMs);
    }
    server.behaviour = { kind: 'well' };
    await delivered(trial, async () => server.events.size);
  } finally {
    await server.down();
  }
}

/** Kills the service under a courier that delivers to it. */
async function toService(
  trial: FaultTrial,
  times: number,
  place: string,
  count: () => Promise<number>,
): Promise<void> {
  const service = await new ServiceProcess(place).start();
  try {
    trial.home.configure(config(service.url));
    for (let n = 0; n < times; n++) {
      trial.spool(15);
      if (trial.couriers().length === 0) await trial.offer();
      await setTimeout(trial.random.between(0, 400));
      await service.stop('SIGKILL');
      trial.made();
      await service.start();
    }
    await delivered(trial, count);
  } finally {
    await service.remove();
  }
}

/** Waits until the outbox is empty; the server must have as many events as there are. */
async function delivered(trial: FaultTrial, count: () => Promise<number>): Promise<void> {
  await until(async () => {
    if (trial.couriers().length === 0) await trial.offer();
    return trial.home.waiting.length === 0 && trial.home.value('SELECT count(*) FROM outbox') === 0;
  }, 'all is delivered');
  const patterns = trial.home.value('SELECT count(*) FROM occurrences');
  const arrived = await count();
  if (arrived !== patterns)
    trial.problem(`of ${String(patterns)} events the server has ${arrived}`);
}
