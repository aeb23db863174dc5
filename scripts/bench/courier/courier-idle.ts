import { setTimeout as delay } from 'node:timers/promises';
import { fillSpool } from './backlog.ts';
import type { Benchmark } from '../measure/benchmark.ts';
import { CourierProcess } from './courier-process.ts';

const WATCHED_MS = 20_000;
/**
 * Node.js collects garbage once more, up to 20 s after the last event, for some 45 ms. Only then is the
 * courier idle.
 */
const SETTLE_MS = 25_000;

/** Measures how much processor time an idle courier uses, in one run. */
export const courierIdle: Benchmark = {
  name: 'courier-idle',
  async *run({ throwaway }) {
    const paths = throwaway.home();
    fillSpool(paths.spoolNew, 10); // makes the courier open its database
    const courier = new CourierProcess(throwaway, paths);
    await courier.emptiesSpool();
    await delay(SETTLE_MS);
    const before = courier.processorTime();
    await delay(WATCHED_MS);
    const used = courier.processorTime() - before;
    await courier.end();
    const percent = (used / WATCHED_MS) * 100;
    yield {
      what: `processor time in ${WATCHED_MS / 1000} s with nothing to do`,
      ours: `${used.toFixed(1)} ms`,
      floor: null,
      value: percent,
      limit: { kind: 'less than', value: 0.1, unit: '%' },
    };
  },
};
