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
    yield* measure(context, 'SQLite', 0.55, sqlite, async () => place());
    const postgres = bundle(context.throwaway, new URL('./bare-rows-postgres.ts', import.meta.url));
    const server = await startPostgres({ isDurable: true });
    try {
      yield* measure(context, 'PostgreSQL', 0.45, postgres, () => server.createDatabase());
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
  yield* singles(throwaway, { store, pairs, newDatabase });
}

interface Singles {
  readonly store: string;
  readonly pairs: number;
  readonly newDatabase: () => Promise<string>;
}

/** Requests with one event each, against a server that does the least. */
async function* singles(
  throwaway: Throwaway,
  { store, pairs, newDatabase }: Singles,
): AsyncGenerator<Result> {
  const bare = bundle(throwaway, new URL('./bare-server.ts', import.meta.url));
  const events = new ServiceEvents(1_000)
    .take(SINGLE_EVENTS * 2)
    .filter(({ event_type }) => event_type === 'pattern_created') // other events might overtake their parents
    .map((event) => JSON.stringify(event));
  const measured: Pair[] = [];
  let last = { p50: 0, p99: 0 };
  for (let n = 0; n < pairs; n++) {
    const service = await ServiceProcess.start(throwaway, await newDatabase());
    const { latency, tookMs: ours } = await post(service.url, '', events, SINGLE_CONNECTIONS);
    await service.end();
    const floor = await ServiceProcess.started(throwaway, [bare, await newDatabase()]);
    const { tookMs } = await post(floor.url, '', events, SINGLE_CONNECTIONS);
    await floor.end();
    measured.push({ ours, floor: tookMs });
    last = latency;
  }
  const times = summarise(measured);
  const perSecond = (ms: number) => `${Math.round((events.length / ms) * 1000)}/s`;
  yield {
    what: `${store}: rate of one event a request, ${SINGLE_CONNECTIONS} connections, against a bare server (p99 ${last.p99} ms, p50 ${last.p50} ms)`,
    ours: perSecond(times.oursMs),
    floor: perSecond(times.floorMs),
    value: 1 / times.ratio,
    limit: { kind: 'at least', value: 0.25, unit: 'x' },
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
