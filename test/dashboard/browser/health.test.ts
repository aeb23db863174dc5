import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorRatesData } from '../../../lib/dashboard/pages/error-rates/query.ts';
import type { HealthData } from '../../../lib/dashboard/pages/health/query.ts';
import type { PerformanceData } from '../../../lib/dashboard/pages/performance/query.ts';
import type { SystemHealthData } from '../../../lib/dashboard/pages/system-health/query.ts';
import { violationsOf } from '../../support/dashboard/accessibility.ts';
import { hasBrowser, startBrowser, WatchedPage } from '../../support/dashboard/browser.ts';
import { DashboardHome } from '../../support/dashboard/dashboard-home.ts';
import { sampleDelivery } from '../../support/dashboard/sample-delivery.ts';
import { weeksOfWork } from '../../support/dashboard/weeks-of-work.ts';

const PAGES = ['/health', '/health/system', '/health/performance', '/health/errors', '/privacy'];
/** Nothing listens there. */
const SERVER = 'api:\n  base_url: http://127.0.0.1:9\ncourier:\n  idle_exit_seconds: 0.2\n';

describe.skipIf(!hasBrowser)('the pages about health', () => {
  let home: DashboardHome;
  let browser: Browser;

  beforeAll(async () => {
    home = new DashboardHome();
    await home.take(...weeksOfWork(Date.now(), 8));
    home.configure(SERVER);
    sampleDelivery(home.paths, Date.now(), 5);
    await home.start('--actions');
    browser = await startBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await home?.remove();
  });

  it('say what `health` says, and show where an event is stuck', async () => {
    const data = await home.data<HealthData>('/health');
    const told = (await home.json('health')) as HealthData;
    expect(data).toMatchObject({ status: told.status, reasons: told.reasons });
    expect(data.way.map(({ name, is }) => [name, is])).toEqual([
      ['Hooks', 'ok'],
      ['Spool', 'ok'],
      ['Courier', 'ended'],
      ['tracker.db', 'ok'],
      ['Sink: server', 'fail'],
    ]);
    const watched = await WatchedPage.open(browser, `${home.url}/health`);
    const { page } = watched;
    expect(await page.locator('.sentences li').count()).toBe(3);
    expect(await page.locator('.station').count()).toBe(5);
    const stuck = page.locator('.station-fail');
    expect(await stuck.textContent()).toContain('503 from the server, 5 in a row');
    await page.getByRole('link', { name: 'Error rates' }).click();
    await page.getByText('What fails?').waitFor();
    expect(watched.faults).toEqual([]);
    await watched.close();
  });

  it('have the numbers of `metrics` and the history of `breaker`', async () => {
    const [errors, performance] = [
      await home.data<ErrorRatesData>('/health/errors'),
      await home.data<PerformanceData>('/health/performance'),
    ];
    const { sinks, ...first } = (await home.json('metrics')) as Metrics;
    expect(sinks).toMatchObject(snakeLatency(errors.delivery.sinks.map((sink) => sink.metrics)));
    expect(performance.delivery).toEqual(errors.delivery);
    expect(errors.delivery.cache.hitRate).toBe(first.cache_hit_rate);
    const { sinks: breakers } = (await home.json('breaker')) as Breakers;
    const shown = errors.delivery.sinks[0]?.breaker;
    expect(breakers[0]).toMatchObject({
      state: shown?.phase,
      reason: shown?.reason,
      trips: shown?.trips,
      failure_count: shown?.failures,
      failure_threshold: shown?.threshold,
      history: shown?.history.map((move) => ({ ...move, at: new Date(move.at).toISOString() })),
    });
    expect(shown?.history).toHaveLength(9);
  });

  it('go through the list of the morning as `check` does, when it is chosen', async () => {
    const watched = await WatchedPage.open(browser, `${home.url}/health/system`);
    const { page } = watched;
    await page.getByRole('link', { name: 'Every morning' }).click();
    await page.locator('.checks li').first().waitFor();
    const { checks } = await home.data<SystemHealthData>('/health/system?check=daily');
    const told = (await home.json('check --daily')) as { checks: { id: string; status: string }[] };
    const findings = (list: readonly { id: string; status: string }[]) =>
      list.map(({ id, status }) => `${id} ${status}`);
    expect(findings(checks?.checks ?? [])).toEqual(findings(told.checks));
    expect(await page.locator('.checks li').count()).toBe(told.checks.length);
    expect(watched.faults).toEqual([]);
    await watched.close();
  });

  it('show the alerts that `alerts` shows', async () => {
    const { alerts } = await home.data<SystemHealthData>('/health/system');
    const told = (await home.json('alerts')) as { alerts: { rule: string; state: string }[] };
    const states = (list: readonly { rule: string; state: string }[]) =>
      list.filter(({ state }) => state !== 'ok').map(({ rule, state }) => `${rule} ${state}`);
    expect(states(alerts)).toEqual(states(told.alerts));
    const [alert] = alerts;
    expect(alert).toMatchObject({ rule: 'breaker_trips', state: 'firing' });
    const watched = await WatchedPage.open(browser, `${home.url}/health/system`);
    const { page } = watched;
    await page.getByRole('button', { name: 'Silence it for an hour' }).click();
    await page.locator('.alert-card .status', { hasText: 'silenced' }).waitFor();
    const { alerts: silenced } = (await home.json('alerts')) as typeof told;
    expect(states(silenced)).toEqual(['breaker_trips silenced']);
    expect(watched.faults).toEqual([]);
    await watched.close();
  });

  it('say what is held, as `privacy report` does', async () => {
    const told = await home.json('privacy report');
    const watched = await WatchedPage.open(browser, `${home.url}/privacy`);
    const { files, ...shown } = await home.data<Record<string, unknown>>('/privacy');
    expect(told).toMatchObject(shown);
    expect(files).toHaveLength((told as { files: unknown[] }).files.length);
    await watched.page.getByText('was sent').first().waitFor();
    expect(watched.faults).toEqual([]);
    await watched.close();
  });

  it('show what `forget` would erase, and erase nothing', async () => {
    const before = await home.json('stats');
    const watched = await WatchedPage.open(browser, `${home.url}/privacy`);
    const { page } = watched;
    const button = page.getByRole('button', { name: 'Show what it would erase' });
    expect(await button.isDisabled()).toBe(true);
    await page.getByLabel('Project').last().selectOption('/home/dev/shop-api');
    await page.getByText('pattern-tracker forget --project /home/dev/shop-api').waitFor();
    await button.click();
    await page.locator('.said', { hasText: 'tool call' }).waitFor();
    expect(await home.json('stats')).toEqual(before);
    expect(watched.faults).toEqual([]);
    await watched.close();
  });

  it('close a circuit at a click, and then say that it is closed', async () => {
    const watched = await WatchedPage.open(browser, `${home.url}/health/errors`);
    const { page } = watched;
    await page.getByRole('button', { name: 'Close it' }).click();
    await page.locator('.sink-head .is-ok', { hasText: 'closed' }).waitFor();
    const { sinks } = (await home.json('breaker')) as Breakers;
    expect(sinks[0]?.state).toBe('closed');
    expect(watched.faults).toEqual([]);
    await watched.close();
  });

  it('are whole at 360 px and from right to left, and break no rule of WCAG in both themes', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const watched = await WatchedPage.open(browser, home.url, {
        colorScheme,
        viewport: { width: 360, height: 740 },
        bypassCSP: true,
      });
      const { page } = watched;
      for (const path of [...PAGES, '/health/system?check=daily']) {
        await watched.goto(`${home.url}${path}`);
        for (const direction of ['ltr', 'rtl']) {
          await page.evaluate((way) => (document.documentElement.dir = way), direction);
          const width = await page.evaluate(() => document.documentElement.scrollWidth);
          expect(width, `${path} ${direction}`).toBeLessThanOrEqual(360);
        }
        expect(await violationsOf(page), path).toEqual([]);
      }
      await watched.close();
    }
  });
});

describe.skipIf(!hasBrowser)('the pages about health of an installation in trouble', () => {
  it('show the command instead of a button without --actions', async () => {
    const home = new DashboardHome();
    const browser = await startBrowser();
    try {
      await home.take(...weeksOfWork(Date.now(), 2));
      await home.start();
      const watched = await WatchedPage.open(browser, `${home.url}/health/system`);
      const { page } = watched;
      await page.getByText('pattern-tracker flush').waitFor();
      expect(await page.getByRole('button', { name: 'Send what waits' }).count()).toBe(0);
      const answer = await fetch(`${home.url}/actions/flush`, { method: 'POST' });
      expect(answer.status).toBe(403);
      await watched.close();
    } finally {
      await browser.close();
      await home.remove();
    }
  });

  it.each(PAGES)('%s is shown before anything was recorded', async (path) => {
    const home = new DashboardHome();
    const browser = await startBrowser();
    try {
      await home.start();
      const watched = await WatchedPage.open(browser, `${home.url}${path}`);
      expect(await watched.page.locator('.fault').count()).toBe(0);
      expect(watched.faults).toEqual([]);
      await watched.close();
    } finally {
      await browser.close();
      await home.remove();
    }
  });

  it('say that the database cannot be read, and why', async () => {
    const home = new DashboardHome();
    const browser = await startBrowser();
    try {
      mkdirSync(home.paths.data, { recursive: true });
      writeFileSync(home.paths.database, 'no database '.repeat(1_000));
      chmodSync(join(home.paths.data), 0o700);
      await home.start();
      const watched = await WatchedPage.open(browser, `${home.url}/health`);
      const { page } = watched;
      const box = page.locator('.station-fail', { hasText: 'tracker.db' });
      await box.waitFor();
      expect(await box.textContent()).toContain('unreadable');
      await watched.goto(`${home.url}/health/system`);
      await page.getByText('unhealthy').first().waitFor();
      await page.goto(`${home.url}/health/errors`);
      await page.getByRole('button', { name: 'Try again' }).waitFor();
      await watched.close();
    } finally {
      await browser.close();
      await home.remove();
    }
  });
});

interface Metrics {
  readonly sinks: readonly unknown[];
  readonly cache_hit_rate: number | null;
}

interface Breakers {
  readonly sinks: readonly { readonly state: string; readonly history: readonly unknown[] }[];
}

/** The histogram as `--json` spells it. */
function snakeLatency(metrics: readonly PerformanceData['delivery']['sinks'][number]['metrics'][]) {
  return metrics.map(({ latency: { buckets, count, sumMs }, ...of }) => ({
    ...of,
    latency: {
      buckets: buckets.map(({ upToMs, count: own }) => ({ up_to_ms: upToMs, count: own })),
      count,
      sum_ms: sumMs,
    },
  }));
}
