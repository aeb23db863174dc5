import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, startBrowser, WatchedPage } from '../../support/dashboard/browser.ts';
import { DashboardHome } from '../../support/dashboard/dashboard-home.ts';
import { PLAIN_PAGES } from '../../support/dashboard/plain-pages.ts';
import { Telling } from '../../support/dashboard/telling.ts';

const SESSION = 'dddd4444-0000-4000-8000-000000000004';
const SCRIPT = '</script><script>window.hit = 1</script><img src=x onerror="window.hit = 2">';
const BIDI = 'admin\u202e txt.exe';
const ESCAPES = '\u001b[2J\u001b]0;owned\u0007 line';
const LONG_NAME = `${'n'.repeat(10_000)}.ts`;
const LONG_LINE = `const x = '${'y'.repeat(1_000_000)}';`;

describe.skipIf(!hasBrowser)('what somebody else wrote', () => {
  let home: DashboardHome;
  let browser: Browser;

  beforeAll(async () => {
    home = new DashboardHome();
    const telling = new Telling({
      session: SESSION,
      cwd: `/home/dev/${SCRIPT.replaceAll('/', '∕')}`,
      at: Date.now() - 300_000,
    });
    telling
      .start()
      .prompt(`${SCRIPT} ${BIDI} ${ESCAPES}`)
      .bash(SCRIPT, 10, `${SCRIPT}\n${ESCAPES}\n${BIDI}`)
      .write(`src/${SCRIPT.replaceAll('/', '')}.ts`, `${SCRIPT}\n// ${BIDI}\n${ESCAPES}\n`)
      .write(LONG_NAME.slice(0, 200), LONG_LINE)
      .call(SCRIPT, { [SCRIPT]: SCRIPT, path: LONG_NAME }, { [SCRIPT]: [SCRIPT, BIDI] }, 5)
      .ask('Bash', { command: `${SCRIPT} ${BIDI}` });
    await home.take(telling);
    await home.start();
    browser = await startBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await home?.remove();
  });

  it('is text on every page: it runs nothing, loads nothing, hides nothing', async () => {
    const watched = await WatchedPage.open(browser, home.url);
    const { page } = watched;
    const own = `/sessions/${SESSION}`;
    await watched.goto(`${home.url}${own}`);
    const calls = await page
      .locator('.call a')
      .evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));
    expect(calls.length).toBeGreaterThan(3);
    const prompt = (await page.locator('.turn a').first().getAttribute('href')) ?? '';
    const paths = PLAIN_PAGES.map(({ path }) => path);
    for (const path of [...paths, own, `${own}?show=changes`, prompt, ...calls]) {
      await watched.goto(`${home.url}${path}`);
      expect(await page.evaluate(() => 'hit' in window), path).toBe(false);
      const text = (await page.locator('#app').textContent()) ?? '';
      // oxlint-disable-next-line no-control-regex -- it looks for control characters
      expect(text, path).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u0000-\u0008\u000b-\u001f]/);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width, `${path} is no wider than the window`).toBeLessThanOrEqual(1280);
    }
    expect(watched.faults).toEqual([]);
    await watched.close();
  });

  it('is text in what a project or a filter is called, too', async () => {
    const watched = await WatchedPage.open(browser, home.url);
    const { page } = watched;
    const query = encodeURIComponent(SCRIPT);
    for (const path of [
      `/?project=${query}`,
      `/sessions?range=${query}&sort=${query}`,
      `/sessions/${query}`,
      `/${query}`,
    ]) {
      await page.goto(`${home.url}${path}`);
      expect(await page.evaluate(() => 'hit' in window), path).toBe(false);
    }
    expect(watched.faults.filter((fault) => !fault.includes('404'))).toEqual([]);
    await watched.close();
  });

  it('does not fit into a window of 360 px, and is broken there', async () => {
    const watched = await WatchedPage.open(browser, `${home.url}/sessions/${SESSION}`, {
      viewport: { width: 360, height: 740 },
    });
    const { page } = watched;
    for (const path of [
      '/',
      `/sessions/${SESSION}`,
      `/sessions/${SESSION}?show=changes`,
      '/sessions',
    ]) {
      await watched.goto(`${home.url}${path}`);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width, path).toBeLessThanOrEqual(360);
    }
    await watched.close();
  });
});
