import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { CONFIG_DEFAULTS } from '../../../lib/config/config.ts';
import { openDatabaseForReading } from '../../../lib/store/database/database.ts';
import { outboxTotals } from '../../../lib/delivery/store/outbox-totals.ts';
import { BenchmarkError } from '../measure/benchmark.ts';
import type { Benchmark } from '../measure/benchmark.ts';
import { bundle } from '../measure/bundle.ts';
import { courierCommand, CourierProcess, timeProcess } from '../courier/courier-process.ts';
import { summarise } from '../measure/pairs.ts';
import type { Pair } from '../measure/pairs.ts';
import { startLineageServer } from './lineage-server-process.ts';
import { queueEvents } from './queued-events.ts';
import type { Throwaway } from '../measure/throwaway.ts';

const EVENTS = 100_000;
/** A pair takes half a minute, and long pairs vary less than short ones. */
const PAIRS = 3;
const MEGABYTE = 1_000_000;
const LOOK_MS = 500;
const MEMORY_RUN_MS = 300_000;

/** Measures how fast a courier delivers a full outbox, compared with a loop that only posts it. */
export const delivery: Benchmark = {
  name: 'delivery',
  async *run({ throwaway, pairs = PAIRS }) {
    const bareLoop = bundle(throwaway, new URL('./bare-delivery.ts', import.meta.url));
    const url = await startLineageServer(throwaway, 'answers');
    const measured: Pair[] = [];
    for (let n = 0; n < pairs; n++) measured.push(measure(throwaway, bareLoop, url));
    const times = summarise(measured);
    yield {
      what: `rate of ${EVENTS} events, against a bare undici loop (${pairs} pairs)`,
      ours: `${rate(times.oursMs)}/s`,
      floor: `${rate(times.floorMs)}/s`,
      value: 1 / times.ratio,
      limit: { kind: 'at least', value: 0.5, unit: 'x' },
    };
    const peak = (await peakMemory(throwaway, url)) / MEGABYTE;
    yield {
      what: `peak memory, ${EVENTS} events queued`,
      ours: `${peak.toFixed(0)} MB`,
      floor: null,
      value: peak,
      limit: { kind: 'at most', value: 150, unit: 'MB' },
    };
  },
};

// --- internal ---

/** The floor is timed first, because it leaves the events in the outbox. */
function measure(throwaway: Throwaway, bareLoop: string, url: string): Pair {
  const paths = queued(throwaway, url);
  const batch = String(CONFIG_DEFAULTS.pattern_tracking.batch_size);
  const floor = timeProcess(
    [process.execPath, bareLoop, paths.database, url, batch],
    throwaway.env,
  );
  const ours = timeProcess(courierCommand(throwaway, paths), throwaway.env);
  const left = waiting(paths.database);
  if (left > 0) throw new BenchmarkError(`the courier left ${left} events`);
  rmSync(paths.home, { recursive: true });
  return { ours, floor };
}

async function peakMemory(throwaway: Throwaway, url: string): Promise<number> {
  const paths = queued(throwaway, url, 60);
  const courier = new CourierProcess(throwaway, paths);
  const end = performance.now() + MEMORY_RUN_MS;
  while (waiting(paths.database) > 0) {
    if (performance.now() > end) throw new BenchmarkError('the courier did not deliver');
    await delay(LOOK_MS);
  }
  const peak = courier.peakMemory();
  await courier.end();
  return peak;
}

function queued(throwaway: Throwaway, url: string, idleSeconds = 0.01) {
  const paths = throwaway.home(
    `api: { base_url: '${url}' }\ncourier: { idle_exit_seconds: ${idleSeconds} }\n`,
  );
  queueEvents(paths.database, EVENTS);
  return paths;
}

function waiting(databaseFile: string): number {
  const database = openDatabaseForReading(databaseFile);
  if (!database) throw new BenchmarkError(`there is no ${databaseFile}`);
  try {
    return outboxTotals(database, 'http').waiting;
  } finally {
    database.close();
  }
}

function rate(milliseconds: number): number {
  return Math.round((EVENTS / milliseconds) * 1000);
}
