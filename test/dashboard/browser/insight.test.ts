import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dateText } from '../../../lib/base/time-text.ts';
import type { CallsData } from '../../../lib/dashboard/pages/calls/query.ts';
import type { InsightData } from '../../../lib/dashboard/pages/insight/query.ts';
import { STATISTICS_KEYS } from '../../../lib/store/queries/statistics/group-key.ts';
import { violationsOf } from '../../support/dashboard/accessibility.ts';
import { hasBrowser, startBrowser, WatchedPage } from '../../support/dashboard/browser.ts';
import { DashboardHome } from '../../support/dashboard/dashboard-home.ts';
import { sampleDelivery } from '../../support/dashboard/sample-delivery.ts';
import { weeksOfWork } from '../../support/dashboard/weeks-of-work.ts';

describe.skipIf(!hasBrowser)('insight', () => {
  let home: DashboardHome;
  let browser: Browser;
  const now = Date.now();
  const [from, to] = [dateText(now - 14 * 86_400_000), dateText(now - 86_400_000)];
  const time = `from=${from}&to=${to}`;

  beforeAll(async () => {
    home = new DashboardHome();
    await home.take(...weeksOfWork(now));
    sampleDelivery(home.paths, now);
    await home.start();
    browser = await startBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await home?.remove();
  });

  it.each(STATISTICS_KEYS)('has the numbers of `stats --by %s`', async (by) => {
    const { statistics } = await home.data<InsightData>(`/insight?by=${by}&${time}`);
    const told = await home.json(`stats --by ${by} --since ${from} --until ${to}`);
    const shown = snakeCased(statistics) as Record<string, unknown>;
    expect(told).toMatchObject({ ...shown, patterns: expect.any(Array) as unknown });
    expect(statistics.groups.length).toBeGreaterThan(0);
  });

  it('has days and hours that add up to the same', async () => {
    const { statistics, days, hours } = await home.data<InsightData>(`/insight?${time}`);
    const sum = (counts: readonly (number | null)[]) =>
      counts.reduce<number>((all, count) => all + (count ?? 0), 0);
    expect(sum(days.map(({ calls }) => calls))).toBe(statistics.calls);
    expect(sum(hours.map(({ calls }) => calls))).toBe(statistics.calls);
    const told = (await home.json(`stats --by day --since ${from} --until ${to}`)) as {
      readonly groups: readonly object[];
    };
    // Which lines stand is not looked up for the days.
    expect(snakeCased(days)).toEqual(told.groups.map((day) => ({ ...day, lines_standing: null })));
  });

  it('lists the calls that its numbers count', async () => {
    const { statistics } = await home.data<InsightData>(`/insight?${time}`);
    const failed = (statistics.calls ?? 0) - (statistics.ok ?? 0);
    const watched = await WatchedPage.open(browser, `${home.url}/insight?${time}`);
    const { page } = watched;
    await page.locator('.figure', { hasText: 'did not' }).getByRole('link').click();
    await page.getByText('Which calls were made?').waitFor();
    expect(await page.locator('tbody tr').count()).toBe(failed);
    const { total } = await home.data<CallsData>(page.url().slice(home.url.length));
    expect(total).toBe(failed);
    const row = page.locator('tbody tr').first();
    expect(await row.textContent()).toContain('exit'); // why it failed stands in the line
    const height = async () => (await row.boundingBox())?.height ?? 0;
    expect(Math.abs((await height()) - 36)).toBeLessThanOrEqual(1); // which the rows out of view are taken to have
    expect(watched.faults).toEqual([]);
    await watched.close();
  });

  it('draws its plots when the page is there, and has a table for each of them', async () => {
    const watched = await WatchedPage.open(browser, `${home.url}/insight?${time}`);
    const { page } = watched;
    const plots = page.locator('.plot');
    expect(await plots.count()).toBe(3);
    for (const plot of await plots.all()) {
      await plot.locator('canvas').waitFor();
      await plot.getByText('Table').click();
      expect(await plot.locator('tbody tr').count()).toBeGreaterThan(2);
    }
    await page.keyboard.press('t'); // it is drawn again with other colours
    await plots.first().locator('canvas').waitFor();
    expect(watched.faults).toEqual([]);
    await watched.close();
  });

  it('says without a script what it says with one', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`${home.url}/insight?${time}`);
    expect(await page.locator('.plot tbody tr').count()).toBeGreaterThan(6);
    expect(await page.locator('main').textContent()).toContain('Bash');
    await context.close();
  });

  it('compares with the disk when it is asked to', async () => {
    const watched = await WatchedPage.open(browser, `${home.url}/insight?${time}`);
    const { page } = watched;
    await page.getByRole('link', { name: 'Compare with the disk' }).click();
    await page.getByText('stand in their project today').waitFor();
    const { survival } = await home.data<InsightData>(`/insight?survival=age&${time}`);
    expect(survival).toEqual(await home.json(`survival --since ${from} --until ${to}`));
    expect(survival?.written).toBeGreaterThan(0);
    expect(watched.faults).toEqual([]);
    await watched.close();
  });

  it('groups by what is chosen, of the project that is chosen', async () => {
    const watched = await WatchedPage.open(browser, `${home.url}/insight?${time}`);
    const { page } = watched;
    await page.getByRole('link', { name: 'project', exact: true }).click();
    await page.getByRole('link', { name: '/home/dev/shop-api', exact: true }).click();
    await page.getByRole('columnheader', { name: 'Succeeded' }).first().waitFor();
    const { statistics } = await home.data<InsightData>(`/insight?project=shop-api&${time}`);
    const shown = page.locator('.figure', { hasText: 'Calls' }).locator('.figure-value');
    await expect.poll(() => shown.textContent()).toBe(`${statistics.calls}`);
    await watched.close();
  });

  it('is whole at 360 px and from right to left, and breaks no rule of WCAG in both themes', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const watched = await WatchedPage.open(browser, home.url, {
        colorScheme,
        viewport: { width: 360, height: 740 },
        bypassCSP: true,
      });
      const { page } = watched;
      for (const path of [`/insight?${time}`, `/insight?survival=age&${time}`, `/calls?${time}`]) {
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

  it('says what to do where nothing was done', async () => {
    const watched = await WatchedPage.open(browser, `${home.url}/insight?to=2025-01-01`);
    const title = watched.page.locator('.empty-title');
    expect(await title.textContent()).toBe('No tool call in this time');
    await watched.close();
  });
});

/** As `--json` spells names. */
function snakeCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeCased);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, of]) => [
      key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      snakeCased(of),
    ]),
  );
}
