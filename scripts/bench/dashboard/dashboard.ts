import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TrackerPaths } from '../../../lib/base/paths.ts';
import { PAGES } from '../../../lib/dashboard/pages/page-list.ts';
import type { AssetManifest } from '../../../lib/dashboard/server/assets.ts';
import { hasBrowser, startBrowser } from '../../../test/support/dashboard/browser.ts';
import type { Browser, Page } from '../../../test/support/dashboard/browser.ts';
import { until } from '../../../test/support/until.ts';
import { fillLists, LARGE_SESSION, LAST_SESSION } from '../command-line/list-rows.ts';
import { BenchmarkError, NotAvailableError } from '../measure/benchmark.ts';
import type { BenchContext, Benchmark, Result } from '../measure/benchmark.ts';
import { EventStream } from './event-stream.ts';
import { longestTask } from './longest-task.ts';

const PATTERNS = 1_000_000;
/** A page of the dashboard that asks for nothing: what the browser takes on this machine, as busy as it is. */
const EMPTY_PAGE = '/there-is-no-such-page';
/** Each page is loaded this many times; the median counts. */
const LOADS = 5;
const MOST_PAINT_MS = 300;
const MOST_TASK_MS = 50;
/** Of what a page loads at first, compressed. */
const MOST_BUNDLE_KB = 150;
const RATE = 300;
const SESSIONS = 50;
/** How long events come, in seconds. `--pairs` gives another number. */
const SECONDS = 60;

/** Measures the dashboard in a real browser: its first paint on a million patterns, and a page that is left open while much happens. */
export const dashboard: Benchmark = {
  name: 'dashboard',
  onlyNamed: true, // writes a database of 2 GB, and takes minutes
  async *run(context) {
    if (!hasBrowser) throw new NotAvailableError('there is no browser; set CHROMIUM');
    const { throwaway } = context;
    const paths = throwaway.home();
    mkdirSync(paths.data, { recursive: true });
    fillLists(paths.database, PATTERNS, { until: Date.now() });
    yield* bundles(join(throwaway.program, 'dist', 'dashboard'));
    const { url, pid } = await start(context, paths);
    const browser = await startBrowser();
    try {
      yield* firstPaints(browser, url);
      yield* leftOpen(context, paths, { browser, url, pid });
    } finally {
      await browser.close();
    }
  },
};

// --- internal ---

function* bundles(folder: string): Generator<Result> {
  const { pages, script, settings, style } = JSON.parse(
    readFileSync(join(folder, 'manifest.json'), 'utf8'),
  ) as AssetManifest;
  const there = new Set(readdirSync(folder));
  const size = (file: string) =>
    statSync(join(folder, there.has(`${file}.gz`) ? `${file}.gz` : file)).size / 1_000;
  for (const [page, chunks] of Object.entries(pages)) {
    const files = new Set([script, settings, style, ...chunks]);
    const value = [...files].reduce((sum, file) => sum + size(file), 0);
    const limit = { kind: 'at most', value: MOST_BUNDLE_KB / 1_000, unit: 'MB' } as const;
    const what = `${page}: what the first view loads, gzip`;
    yield { what, ours: `${value.toFixed(1)} kB`, floor: null, value: value / 1_000, limit };
  }
}

async function start(
  { throwaway }: BenchContext,
  paths: TrackerPaths,
): Promise<{ readonly url: string; readonly pid: number }> {
  const cli = join(throwaway.program, 'dist', 'cli.mjs');
  const child = throwaway.keep(
    spawn(process.execPath, [cli, 'dashboard', '--port', '0', '--no-open'], {
      env: throwaway.envOf(paths),
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  );
  for await (const line of createInterface(child.stdout)) {
    const url = /http:\/\/\S+/.exec(line)?.[0];
    if (url !== undefined) return { url, pid: child.pid ?? 0 };
  }
  throw new BenchmarkError('the dashboard did not start');
}

async function* firstPaints(browser: Browser, url: string): AsyncGenerator<Result> {
  const plain = PAGES.map(({ path }) => path).filter((path) => !path.includes(':'));
  for (const path of [...plain, `/sessions/${LAST_SESSION}`, `/sessions/${LARGE_SESSION}`]) {
    const paints: number[] = [];
    const floors: number[] = [];
    for (let load = 0; load <= LOADS; load += 1) {
      const paint = await firstPaint(browser, `${url}${path}`);
      const floor = await firstPaint(browser, `${url}${EMPTY_PAGE}`);
      if (load > 0) paints.push(paint); // the first one loads the server's modules
      if (load > 0) floors.push(floor);
    }
    const value = median(paints);
    yield {
      what: `${path}: first paint, of ${PATTERNS} patterns, against that of an empty page`,
      ours: `${value.toFixed(0)} ms`,
      floor: `${median(floors).toFixed(0)} ms`,
      value,
      limit: { kind: 'at most', value: MOST_PAINT_MS, unit: 'ms' },
    };
  }
}

async function firstPaint(browser: Browser, url: string): Promise<number> {
  const context = await browser.newContext(); // nothing is cached
  const page = await context.newPage();
  await page.goto(url);
  await page.locator('html[data-ready]').waitFor({ state: 'attached' });
  const paint = await page.evaluate(
    () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN,
  );
  await context.close();
  return paint;
}

async function* leftOpen(
  { throwaway, pairs }: BenchContext,
  paths: TrackerPaths,
  { browser, url, pid }: { readonly browser: Browser; readonly url: string; readonly pid: number },
): AsyncGenerator<Result> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const stream = new EventStream(paths, { rate: RATE, sessions: SESSIONS });
  stream.begin();
  const courier = throwaway.keep(
    spawn(
      process.execPath,
      [join(throwaway.program, 'dist', 'courier.cjs'), '--home', paths.home],
      { env: throwaway.envOf(paths), stdio: 'ignore' },
    ),
  );
  await page.goto(url);
  await page.locator('html[data-ready]').waitFor({ state: 'attached' });
  await until(
    async () => (await page.locator('.session-card').count()) >= SESSIONS,
    'they are shown',
  );
  const tools = await context.newCDPSession(page);
  await tools.send('Performance.enable');
  const seconds = pairs ?? SECONDS;
  const half = async () => await stream.run((seconds * 1_000) / 2);
  const tasks = await longestTask(browser, page, half);
  const middle = { heap: await heap(), rss: residentMb(pid) }; // collecting garbage would be a long task, too
  const later = await longestTask(browser, page, half);
  const end = { heap: await heap(), rss: residentMb(pid) };
  const wanted = stream.callsOf(0);
  await until(async () => (await shownCalls(page)) === wanted, 'the last call is shown');
  courier.kill('SIGTERM');
  await context.close();
  const [cpuMs, wallMs] = [
    Math.max(tasks.cpuMs, later.cpuMs),
    Math.max(tasks.wallMs, later.wallMs),
  ];
  yield {
    what: `longest task, ${RATE} events/s of ${SESSIONS} sessions for ${seconds} s, in processor time`,
    ours: `${cpuMs.toFixed(0)} ms (${wallMs.toFixed(0)} ms with what else ran)`,
    floor: null,
    value: cpuMs,
    limit: { kind: 'at most', value: MOST_TASK_MS, unit: 'ms' },
  };
  yield grown('memory of the page, second half against first', end.heap, middle.heap);
  yield grown('memory of the server, second half against first', end.rss, middle.rss);

  async function heap(): Promise<number> {
    await tools.send('HeapProfiler.collectGarbage');
    const { metrics } = await tools.send('Performance.getMetrics');
    return (metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? NaN) / 1_000_000;
  }
}

function grown(what: string, now: number, before: number): Result {
  return {
    what,
    ours: `${now.toFixed(1)} MB`,
    floor: `${before.toFixed(1)} MB`,
    value: now / before,
    limit: { kind: 'at most', value: 1.25, unit: 'x' },
  };
}

async function shownCalls(page: Page): Promise<number> {
  const card = page.locator('.session-card', { hasText: 'stream-0 ' });
  const text = (await card.locator('.card-numbers').textContent()) ?? '';
  return Number(/^([\d,]+) call/.exec(text)?.[1]?.replaceAll(',', '') ?? NaN);
}

function residentMb(pid: number): number {
  const [, kb = 'NaN'] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kb) / 1_000;
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? NaN;
}
