import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PAGES } from '../../../lib/dashboard/pages/page-list.ts';
import { hasBrowser, startBrowser, WatchedPage } from '../../support/dashboard/browser.ts';
import { DashboardHome } from '../../support/dashboard/dashboard-home.ts';
import { Telling } from '../../support/dashboard/telling.ts';

const SESSION = 'aaaa1111-1111-4111-8111-111111111111';

describe.skipIf(!hasBrowser)('the frame of the dashboard', () => {
  let home: DashboardHome;
  let browser: Browser;
  const telling = new Telling({ session: SESSION, at: Date.now() - 600_000 });

  beforeAll(async () => {
    home = new DashboardHome();
    telling.start().prompt('add retries to the payment client').bash('npm test', 4_000);
    await home.take(telling);
    await home.start();
    browser = await startBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await home?.remove();
  });

  it('shows each page of the rail with its question, and breaks no rule of its policy', async () => {
    const watched = await WatchedPage.open(browser, home.url);
    const { page } = watched;
    for (const { path, question, rail } of PAGES) {
      if (!rail) continue;
      await watched.goto(`${home.url}${path}`);
      expect(await page.locator('h1').textContent()).toBe(question);
    }
    expect(watched.faults).toEqual([]);
    await watched.close();
  });

  it('shows what was recorded before its script runs', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(home.url);
    expect(await page.locator('main').textContent()).toContain('add retries to the payment client');
    await context.close();
  });

  it('shows what happens while it is open', async () => {
    const watched = await WatchedPage.open(browser, home.url);
    telling.at = Date.now();
    telling.prompt('and a second thing').write('src/late.ts', 'export const late = 1;\n').stop();
    await home.take(telling);
    await watched.page.getByText('2 calls').waitFor();
    expect(watched.faults).toEqual([]);
    await watched.close();
  });

  it('catches up after the dashboard was killed and started again', async () => {
    const watched = await WatchedPage.open(browser, home.url);
    const { page } = watched;
    await isLive(page);
    await home.end('SIGKILL');
    await page.getByText('disconnected').waitFor();
    const other = new Telling({ session: 'bbbb2222-1111-4111-8111-111111111111', at: Date.now() });
    await home.take(other.start().prompt('said while nobody looked'));
    await home.start();
    await isLive(page);
    await page.getByText('said while nobody looked').waitFor();
    expect(await page.locator('.card').count()).toBe(2);
    await watched.close();
  });

  it('is used with the keyboard', async () => {
    const watched = await WatchedPage.open(browser, home.url);
    const { page } = watched;
    await page.keyboard.press('g');
    await page.keyboard.press('s');
    await page.waitForURL(`${home.url}/sessions`);
    await page.getByText('What was done?').waitFor();
    await page.keyboard.press('j');
    expect(await page.evaluate(() => document.activeElement?.closest('[data-row]') !== null)).toBe(
      true,
    );
    await page.keyboard.press('?');
    await page.getByRole('dialog').getByText('Go to Now').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.keyboard.press('/');
    await expect
      .poll(async () => page.evaluate(() => document.activeElement?.getAttribute('name')))
      .toBe('q');
    expect(watched.faults).toEqual([]);
    await watched.close();
  });
});

async function isLive(page: Page): Promise<void> {
  await page.locator('.live .is-running', { hasText: 'live' }).waitFor();
}
