import type { Browser, Page } from '../../../test/support/dashboard/browser.ts';
import { BenchmarkError } from '../measure/benchmark.ts';

/** The longest task of a page's main thread, in milliseconds. */
export interface LongestTask {
  /** What the thread itself computed. */
  readonly cpuMs: number;
  /** From its beginning to its end: with what else the machine did meanwhile. */
  readonly wallMs: number;
}

/** Measures the longest task of a page while `run` runs, from a trace of the browser. */
export async function longestTask(
  browser: Browser,
  page: Page,
  run: () => Promise<void>,
): Promise<LongestTask> {
  await browser.startTracing(page, { categories: ['toplevel', 'blink.user_timing', '__metadata'] });
  await page.evaluate((name) => performance.mark(name), BEGUN);
  await run();
  const text = (await browser.stopTracing()).toString('utf8');
  const { traceEvents: events } = JSON.parse(text) as { readonly traceEvents: TraceEvent[] };
  const mark = events.find(({ name }) => name === BEGUN);
  if (!mark) throw new BenchmarkError('the trace of the browser does not tell of the page');
  const tasks = events.filter(
    ({ name, ph, pid, tid, ts }) =>
      ph === 'X' &&
      name.endsWith('RunTask') &&
      pid === mark.pid &&
      tid === mark.tid &&
      ts > mark.ts,
  );
  if (tasks.length === 0) throw new BenchmarkError('the trace of the browser has no task');
  return {
    cpuMs: Math.max(...tasks.map(({ tdur = 0 }) => tdur)) / 1_000,
    wallMs: Math.max(...tasks.map(({ dur = 0 }) => dur)) / 1_000,
  };
}

// --- internal ---

/** What starting the trace took comes before it. */
const BEGUN = 'bench-begun';

/** As Chrome's trace has it: times are in microseconds. */
interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  /** Time of the processor. */
  readonly tdur?: number;
}
