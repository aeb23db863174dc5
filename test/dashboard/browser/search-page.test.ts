import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SearchData } from '../../../lib/dashboard/pages/search/query.ts';
import { violationsOf } from '../../support/dashboard/accessibility.ts';
import { hasBrowser, startBrowser, WatchedPage } from '../../support/dashboard/browser.ts';
import { DashboardHome } from '../../support/dashboard/dashboard-home.ts';
import { HOSTILE, hostileWork } from '../../support/dashboard/hostile-work.ts';
import { projectWork } from '../../support/dashboard/project-work.ts';

describe.skipIf(!hasBrowser)('the search of the dashboard', () => {
  let home: DashboardHome;
  let browser: Browser;

  beforeAll(async () => {
    home = new DashboardHome();
    const work = projectWork(home.folder, Date.now());
    await home.take(...work.tellings, hostileWork(home.folder, Date.now() - 60_000));
    await home.start();
    browser = await startBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await home?.remove();
  });

  it('answers while somebody types, from another page, and keeps what is typed', async () => {
    const watched = await WatchedPage.open(browser, `${home.url}/sessions`);
    const { page } = watched;
    await page.keyboard.press('/');
    await page.keyboard.type('roundedC', { delay: 40 });
    await page.waitForURL(/\/search\?q=roundedC$/);
    await page.locator('.hit mark', { hasText: 'roundedC' }).first().waitFor();
    await page.keyboard.type('ents', { delay: 10 });
    await page.waitForURL(/q=roundedCents$/);
    expect(await page.locator('[data-search]').inputValue()).toBe('roundedCents');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('q');
    // The way back leads to where the search began, not through every letter.
    await page.goBack();
    await page.waitForURL(`${home.url}/sessions`);
    expect(watched.faults).toEqual([]);
    await watched.close();
  });

  it('is reached with Ctrl-K, and walked with the keyboard', async () => {
    const watched = await WatchedPage.open(browser, home.url);
    const { page } = watched;
    await page.keyboard.press('Control+k');
    await page.keyboard.type('retry');
    await page.keyboard.press('Enter');
    await page.locator('.hit').first().waitFor();
    await page.keyboard.press('Enter'); // the second one goes to the hits
    expect(await focusedRow(page)).toBe(0);
    await page.keyboard.press('j');
    expect(await focusedRow(page)).toBe(1);
    await page.keyboard.press('k');
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.pathname !== '/search');
    expect(watched.faults).toEqual([]);
    await watched.close();
  });

  it('shows the last answer, whichever comes first', async () => {
    const watched = await WatchedPage.open(browser, `${home.url}/search?q=retry`);
    const { page } = watched;
    await page.route(/q=Cart&?.*format=state/, async (route) => {
      await new Promise((done) => setTimeout(done, 800));
      await route.continue().catch(() => {}); // it was aborted
    });
    const box = page.locator('[data-search]');
    await box.fill('Cart');
    await page.waitForRequest(/q=Cart/);
    await box.fill('ECONNRESET');
    await page.locator('.hit mark', { hasText: 'ECONNRESET' }).first().waitFor();
    await page.waitForTimeout(900);
    expect(await page.locator('.hit mark').first().textContent()).toBe('ECONNRESET');
    expect(watched.faults).toEqual([]);
    await watched.close();
  });

  it.each(['retry', 'npm test', 'Exit code', 'provider', 'cart.ts', 'zzzz-nothing'])(
    'finds for %s what the command line finds',
    async (text) => {
      const data = await home.data<SearchData>(`/search?q=${encodeURIComponent(text)}&most=50`);
      const { out } = await home.command(`search ${text} --limit 50 --json`);
      const hits = JSON.parse(out) as { pattern_id: string | null; snippet: string; at: string }[];
      expect(data.hits.map(({ patternId, snippet, at }) => [patternId, snippet, at])).toEqual(
        hits.map((hit) => [hit.pattern_id, hit.snippet, Date.parse(hit.at)]),
      );
    },
  );

  it('narrows by kind, project and language as the command line does', async () => {
    const path = '/search?q=return&kind=pattern&project=ml-notes&language=py';
    const data = await home.data<SearchData>(path);
    const { out } = await home.command(
      'search return --kind pattern --project ml-notes --language py --json',
    );
    expect(data.hits.length).toBeGreaterThan(0);
    expect(data.hits.length).toBe((JSON.parse(out) as unknown[]).length);
    const watched = await WatchedPage.open(browser, `${home.url}${path}`);
    await watched.page.getByRole('link', { name: 'Errors' }).click();
    await watched.page.waitForURL(/kind=error/);
    await watched.page.getByText('Nothing holds').waitFor();
    await watched.page.getByRole('link', { name: 'Search in all that is recorded' }).click();
    await watched.page.locator('.hit').first().waitFor();
    await watched.close();
  });

  it('finds what is similar as the command line does', async () => {
    const { hits } = await home.data<SearchData>('/search?q=retryPayment&kind=pattern');
    const id = hits[0]?.patternId ?? '';
    const data = await home.data<SearchData>(`/search?like=${id}`);
    const { out } = await home.command(`similar ${id} --limit 50 --json`);
    const found = JSON.parse(out) as { pattern_id: string; score: number }[];
    expect(found.length).toBeGreaterThan(0);
    expect(data.similar.map(({ patternId, score }) => [patternId, score])).toEqual(
      found.map(({ pattern_id: like, score }) => [like, score]),
    );
  });

  it('shows what is hostile as text', async () => {
    const watched = await WatchedPage.open(browser, `${home.url}/search?q=${HOSTILE.word}`);
    const { page } = watched;
    await page.locator('.hit').first().waitFor();
    expect(await page.evaluate(() => (window as { pwned?: unknown }).pwned)).toBeUndefined();
    const text = (await page.locator('main').textContent()) ?? '';
    expect(text).toContain('</script><img src=x');
    expect(text).toContain('⟨202E⟩');
    expect(text).toContain('⟨001B⟩');
    expect(text).not.toMatch(/[\u001b\u202e]/); // oxlint-disable-line no-control-regex -- they are what it looks for
    expect(await sidewaysPixels(page)).toBe(0);
    expect(watched.faults).toEqual([]);
    await watched.close();
  });

  it.each(['light', 'dark'] as const)(
    'breaks no rule of accessibility, %s',
    async (colorScheme) => {
      const watched = await WatchedPage.open(browser, `${home.url}/search?q=retry`, {
        colorScheme,
      });
      expect(await violationsOf(watched.page)).toEqual([]);
      await watched.goto(`${home.url}/search`);
      expect(await violationsOf(watched.page)).toEqual([]);
      await watched.close();
    },
  );

  it('fits a narrow window, also from right to left', async () => {
    const watched = await WatchedPage.open(browser, `${home.url}/search?q=retry`, {
      viewport: { width: 360, height: 740 },
    });
    expect(await sidewaysPixels(watched.page)).toBe(0);
    await watched.page.evaluate(() => document.documentElement.setAttribute('dir', 'rtl'));
    expect(await sidewaysPixels(watched.page)).toBe(0);
    await watched.close();
  });
});

type Page = WatchedPage['page'];

async function focusedRow(page: Page): Promise<number> {
  return await page.evaluate(() =>
    [...document.querySelectorAll('[data-row]')].findIndex((row) =>
      row.contains(document.activeElement),
    ),
  );
}

async function sidewaysPixels(page: Page): Promise<number> {
  return await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
}
