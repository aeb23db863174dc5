import axe from 'axe-core';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, startBrowser, WatchedPage } from '../../support/dashboard/browser.ts';
import { DashboardHome } from '../../support/dashboard/dashboard-home.ts';
import { PLAIN_PAGES } from '../../support/dashboard/plain-pages.ts';
import { sampleWork, WAITING } from '../../support/dashboard/sample-work.ts';

describe.skipIf(!hasBrowser)('the dashboard for everybody', () => {
  let home: DashboardHome;
  let browser: Browser;

  beforeAll(async () => {
    home = new DashboardHome();
    await home.take(...sampleWork(Date.now()));
    await home.start();
    browser = await startBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await home?.remove();
  });

  const paths = [
    ...PLAIN_PAGES.map(({ path }) => path),
    `/sessions/${WAITING}`,
    `/sessions/${WAITING}?show=changes`,
    `/sessions/${WAITING}?call=toolu_a1b2c3d4_00005`,
    '/sessions/nobody',
    '/nowhere',
  ];

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1440, 390]) {
      it(`breaks no rule of WCAG 2.2 AA that can be tried, ${colorScheme}, ${width} px wide`, async () => {
        const watched = await WatchedPage.open(browser, home.url, {
          colorScheme,
          viewport: { width, height: 900 },
          bypassCSP: true, // for the checker, which is put into the page
        });
        for (const path of paths) {
          await watched.goto(`${home.url}${path}`);
          await watched.page.evaluate(axe.source);
          const violations = await watched.page.evaluate(async () => {
            const { axe: checker } = window as unknown as { axe: typeof axe };
            const found = await checker.run({
              runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
            });
            return found.violations.map(
              ({ id, nodes }) =>
                `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`,
            );
          });
          expect(violations, path).toEqual([]);
        }
        await watched.close();
      });
    }
  }

  it('moves nothing for those who ask for that', async () => {
    const watched = await WatchedPage.open(browser, home.url, { reducedMotion: 'reduce' });
    const moving = await watched.page.evaluate(
      () =>
        [...document.querySelectorAll('a, button, .card, tr')].filter(
          (element) => getComputedStyle(element).transitionDuration !== '0s',
        ).length,
    );
    expect(moving).toBe(0);
    await watched.close();
  });

  it('keeps theme and density, and draws with them from the first moment', async () => {
    const watched = await WatchedPage.open(browser, home.url, { colorScheme: 'light' });
    const { page } = watched;
    const ground = () =>
      page.evaluate(() => getComputedStyle(document.body.parentElement as Element).backgroundColor);
    const light = await ground();
    await page.keyboard.press('t');
    await page.keyboard.press('d');
    const dark = await ground();
    expect(dark).not.toBe(light);
    await watched.goto(`${home.url}/sessions`);
    expect(await ground()).toBe(dark);
    expect(
      await page
        .locator('tbody tr')
        .first()
        .evaluate((row) => row.clientHeight),
    ).toBe(28);
    await watched.close();
  });
});
