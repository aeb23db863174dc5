import { fillSpool } from './backlog.ts';
import type { Benchmark } from './benchmark.ts';
import { CourierProcess } from './courier-process.ts';

const FILES = 200_000;
const MEGABYTE = 1_000_000;

/** Measures the most memory that a courier holds while it ingests a large backlog, in one run. */
export const courierMemory: Benchmark = {
  name: 'courier-memory',
  async *run({ throwaway }) {
    const paths = throwaway.home();
    const { bytes } = fillSpool(paths.spoolNew, FILES);
    const courier = new CourierProcess(throwaway, paths);
    await courier.emptiesSpool();
    const peak = courier.peakMemory() / MEGABYTE;
    await courier.end();
    yield {
      what: `peak memory, ${FILES} events waiting (${Math.round(bytes / MEGABYTE)} MB)`,
      ours: `${peak.toFixed(0)} MB`,
      floor: null,
      value: peak,
      limit: { kind: 'at most', value: 150, unit: 'MB' },
    };
  },
};
