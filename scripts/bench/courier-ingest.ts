import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { fillSpool } from './backlog.ts';
import { BenchmarkError } from './benchmark.ts';
import type { Benchmark } from './benchmark.ts';
import { courierCommand, timeProcess } from './courier-process.ts';
import { measurePairs } from './pairs.ts';
import type { Throwaway } from './throwaway.ts';

const FILES = 20_000;
/** As many files as the courier takes in a transaction. */
const BATCH_FILES = '256';
/** A pair takes some ten seconds, and differs less than a pair of short ones. */
const PAIRS = 5;

/** How fast a courier takes in what waits, against a loop that only reads, parses and inserts it. */
export const courierIngest: Benchmark = {
  name: 'courier-ingest',
  async *run({ throwaway, pairs = PAIRS }) {
    const bareLoop = await buildBareLoop(throwaway);
    let bytes = 0;
    const times = await measurePairs(pairs, () => {
      const paths = throwaway.home('courier: { idle_exit_seconds: 0.01 }\n');
      ({ bytes } = fillSpool(paths.spoolNew, FILES));
      const raw = join(paths.data, 'raw.db');
      const floor = timeProcess(
        [process.execPath, bareLoop, paths.spoolNew, raw, BATCH_FILES],
        throwaway.env,
      );
      const ours = timeProcess(courierCommand(throwaway, paths), throwaway.env);
      const left = readdirSync(paths.spoolNew).length + readdirSync(paths.spoolBad).length;
      if (left > 0) throw new BenchmarkError(`the courier left ${left} files`);
      rmSync(paths.home, { recursive: true });
      return { ours, floor };
    });
    const each = Math.round(bytes / FILES);
    yield {
      what: `rate of ${FILES} events of ${each} bytes (${pairs} pairs)`,
      ours: `${rate(times.oursMs)}/s`,
      floor: `${rate(times.floorMs)}/s`,
      value: 1 / times.ratio,
      limit: { kind: 'at least', value: 0.35, unit: 'x' },
    };
  },
};

// --- internal ---

async function buildBareLoop({ program }: Throwaway): Promise<string> {
  const outfile = join(program, 'dist', 'bare-loop.cjs');
  await build({
    entryPoints: [fileURLToPath(new URL('./bare-loop.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['better-sqlite3'],
  });
  return outfile;
}

function rate(milliseconds: number): number {
  return Math.round((FILES / milliseconds) * 1000);
}
