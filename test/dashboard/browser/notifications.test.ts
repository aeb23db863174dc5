// Notifications of the browser, as the user sees them: off at first, and then one for each session that begins to wait or ends.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, startBrowser, WatchedPage } from '../../support/dashboard/browser.ts';
import { DashboardHome } from '../../support/dashboard/dashboard-home.ts';
import { Telling } from '../../support/dashboard/telling.ts';

const SESSION = 'aaaa1111-1111-4111-8111-111111111111';

describe.skipIf(!hasBrowser)('notifications of the browser', () => {
  let home: DashboardHome;
  let browser: Browser;
  let watched: WatchedPage;
  const telling = new Telling({ session: SESSION, cwd: '/home/dev/shop', at: Date.now() - 60_000 });

  beforeAll(async () => {
    home = new DashboardHome();
    await home.take(telling.start().prompt('publish it').bash('npm test', 400));
    await home.start();
    browser = await startBrowser();
    watched = await WatchedPage.open(browser, home.url, {
      permissions: ['notifications'],
    });
    // The browser without a window shows none: what the page asks it for is noted, and then done.
    await watched.page.addInitScript(() => {
      const asked: string[] = [];
      const Real = window.Notification;
      class Noted extends Real {
        constructor(title: string, options?: NotificationOptions) {
          super(title, options);
          asked.push(`${title}: ${options?.body ?? ''}`);
        }
      }
      Object.assign(window, { asked, Notification: Noted });
    });
    await watched.goto(home.url);
  });

  afterAll(async () => {
    await browser?.close();
    await home?.remove();
  });

  const nextLook = (page: Page) =>
    page.waitForResponse((answer) => answer.url() === `${home.url}/?format=json`);

  it('are off until they are switched on', async () => {
    const { page } = watched;
    telling.at = Date.now();
    await home.take(telling.ask('Bash', { command: 'npm publish' }));
    await page.locator('.need-waiting').waitFor();
    expect(await asked(page)).toEqual([]);
    await home.take(telling.bash('npm publish', 400));
    await page.locator('.need-running').waitFor();
    const known = nextLook(page); // what is known from then on is no news
    await page.getByRole('button', { name: 'Notify me' }).click();
    await page.getByRole('button', { name: 'Notifications on' }).waitFor();
    await known;
  });

  it('tell once that a session waits, and once that it has ended, on whatever page', async () => {
    const { page } = watched;
    await home.take(telling.ask('Bash', { command: 'npm publish' }));
    await expect.poll(() => asked(page)).toEqual(['shop waits for you: publish it']);
    const again = nextLook(page);
    await home.take(new Telling({ session: `${SESSION.slice(0, -1)}2`, at: Date.now() }).start());
    await again; // something else happened, and it still waits
    await page.keyboard.press('g');
    await page.keyboard.press('i');
    await page.waitForURL(`${home.url}/insight`);
    await home.take(telling.bash('npm publish', 400).end());
    await expect
      .poll(() => asked(page))
      .toEqual(['shop waits for you: publish it', 'shop has ended: publish it']);
    expect(watched.faults).toEqual([]);
  });

  it('stay off where the browser does not allow them', async () => {
    const refused = await WatchedPage.open(browser, home.url);
    await refused.page.getByRole('button', { name: 'Notify me' }).click();
    expect(
      await refused.page.evaluate(() => localStorage.getItem('tracker-notifications')),
    ).not.toBe('on');
    await refused.close();
  });
});

function asked(page: Page): Promise<string[]> {
  return page.evaluate(() => (window as unknown as { asked: string[] }).asked);
}
