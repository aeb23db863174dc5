import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fillSpool } from './backlog.ts';
import { BenchmarkError } from '../measure/benchmark.ts';
import type { Benchmark } from '../measure/benchmark.ts';
import { bundle } from '../measure/bundle.ts';
import { courierCommand, timeProcess } from './courier-process.ts';
import { summarise } from '../measure/pairs.ts';
import type { Pair } from '../measure/pairs.ts';
import type { Throwaway } from '../measure/throwaway.ts';

const FILES = 20_000;
/** As many files as the courier ingests in one transaction. */
const BATCH_FILES = '1024';
/** A pair takes some ten seconds, and long pairs vary less than short ones. */
const PAIRS = 5;

/**
 * Measures how fast a courier ingests a backlog, compared with a loop that only reads, parses and
 * inserts.
 */
export const courierIngest: Benchmark = {
  name: 'courier-ingest',
  async *run({ throwaway, pairs = PAIRS }) {
    const bareLoop = bundle(throwaway, new URL('./bare-loop.ts', import.meta.url));
    const times = summarise(Array.from({ length: pairs }, () => measure(throwaway, bareLoop)));
    yield {
      what: `rate of ${FILES} events, against a bare loop (${pairs} pairs)`,
      ours: `${rate(times.oursMs)}/s`,
      floor: `${rate(times.floorMs)}/s`,
      value: 1 / times.ratio,
      limit: { kind: 'at least', value: 0.35, unit: 'x' },
    };
  },
};

// --- internal ---

/** The floor is timed first, because it leaves the files in place. */
function measure(throwaway: Throwaway, bareLoop: string): Pair {
  const paths = throwaway.home('courier: { idle_exit_seconds: 0.01 }\n');
  fillSpool(paths.spoolNew, FILES);
  const raw = join(paths.data, 'raw.db');
  const loop = [process.execPath, bareLoop, paths.spoolNew, raw, BATCH_FILES];
  const floor = timeProcess(loop, throwaway.env);
  const ours = timeProcess(courierCommand(throwaway, paths), throwaway.env);
  const left = readdirSync(paths.spoolNew).length + readdirSync(paths.spoolBad).length;
  if (left > 0) throw new BenchmarkError(`the courier left ${left} files`);
  rmSync(paths.home, { recursive: true });
  return { ours, floor };
}

function rate(milliseconds: number): number {
  return Math.round((FILES / milliseconds) * 1000);
}
