import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { startPostgres } from '../../../test/support/postgres-server.ts';
import { BenchmarkError } from '../measure/benchmark.ts';
import type { Benchmark, BenchContext, Result } from '../measure/benchmark.ts';
import { bundle } from '../measure/bundle.ts';
import { summarise } from '../measure/pairs.ts';
import type { Pair } from '../measure/pairs.ts';
import { ServiceEvents } from './service-events.ts';
import { post } from './service-load.ts';
import { ServiceProcess } from './service-process.ts';
import type { Throwaway } from '../measure/throwaway.ts';

const EVENTS = 50_000;
/** As large as the courier's batches (`pattern_tracking.batch_size`). */
const BATCH_EVENTS = 50;
const CONNECTIONS = 8;
const SINGLE_EVENTS = 20_000;
const SINGLE_CONNECTIONS = 16;
const PAIRS = 3;

/** Measures how fast the service ingests batches, compared with a loop that only inserts the same rows. */
export const serviceIngest: Benchmark = {
  name: 'service-ingest',
  async *run(context) {
    const sqlite = bundle(context.throwaway, new URL('./bare-rows-sqlite.ts', import.meta.url));
    let databases = 0;
    const place = () => join(context.throwaway.root, `ingest-${(databases += 1)}.db`);
    yield* measure(context, 'SQLite', 0.5, sqlite, async () => place());
    const postgres = bundle(context.throwaway, new URL('./bare-rows-postgres.ts', import.meta.url));
    const server = await startPostgres({ isDurable: true });
    try {
      yield* measure(context, 'PostgreSQL', 0.4, postgres, () => server.createDatabase());
    } finally {
      await server.remove();
    }
  },
};

// --- internal ---

async function* measure(
  { throwaway, pairs = PAIRS }: BenchContext,
  store: string,
  least: number,
  bareLoop: string,
  newDatabase: () => Promise<string>,
): AsyncGenerator<Result> {
  const measured: Pair[] = [];
  let transaction = 0;
  for (let n = 0; n < pairs; n++) {
    const filled = await newDatabase();
    const { ours, perTransaction } = await ingest(throwaway, filled, n);
    transaction = perTransaction;
    const args = [bareLoop, filled, await newDatabase(), String(perTransaction)];
    const printed = execFileSync(process.execPath, args, { env: throwaway.env });
    measured.push({ ours, floor: Number(printed.toString()) });
  }
  const times = summarise(measured);
  yield {
    what: `${store}: rate of ${EVENTS} events in batches of ${BATCH_EVENTS}, ${transaction} a transaction, against bare inserts (${pairs} pairs)`,
    ours: `${rate(times.oursMs)}/s`,
    floor: `${rate(times.floorMs)}/s`,
    value: 1 / times.ratio,
    limit: { kind: 'at least', value: least, unit: 'x' },
  };
  const service = await ServiceProcess.start(throwaway, await newDatabase());
  const events = new ServiceEvents(1_000)
    .take(SINGLE_EVENTS * 4)
    .filter(({ event_type }) => event_type === 'pattern_created') // other events might overtake their parents
    .map((event) => JSON.stringify(event));
  const { latency, tookMs } = await post(service.url, '', events, SINGLE_CONNECTIONS);
  await service.end();
  yield {
    what: `${store}: p99 of one event a request, ${SINGLE_CONNECTIONS} connections, ${Math.round((events.length / tookMs) * 1000)}/s (p50 ${latency.p50} ms)`,
    ours: `${latency.p99} ms`,
    floor: null,
    value: latency.p99,
    limit: null,
  };
}

async function ingest(throwaway: Throwaway, database: string, seed: number) {
  const source = new ServiceEvents(seed + 1);
  const bodies = Array.from({ length: EVENTS / BATCH_EVENTS }, () =>
    JSON.stringify({ processing_mode: 'sequential', events: source.take(BATCH_EVENTS) }),
  );
  const service = await ServiceProcess.start(throwaway, database);
  try {
    const { tookMs: ours } = await post(service.url, '/batch', bodies, CONNECTIONS);
    const taken = await service.metric('pattern_tracker_ingested_events_total');
    if (taken !== EVENTS)
      throw new BenchmarkError(`the service ingested ${taken} of ${EVENTS} events`);
    const commits = await service.metric('pattern_tracker_ingest_commits_total');
    return { ours, perTransaction: Math.round(EVENTS / commits) };
  } finally {
    await service.end();
  }
}

function rate(milliseconds: number): number {
  return Math.round((EVENTS / milliseconds) * 1000);
}
