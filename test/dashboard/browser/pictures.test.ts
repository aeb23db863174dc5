// What every page looks like: three widths, dark and light. With PICTURES=FOLDER, they are left there to be looked at.
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PatternsData } from '../../../lib/dashboard/pages/patterns/query.ts';
import { hasBrowser, startBrowser, WatchedPage } from '../../support/dashboard/browser.ts';
import { DashboardHome } from '../../support/dashboard/dashboard-home.ts';
import { PLAIN_PAGES } from '../../support/dashboard/plain-pages.ts';
import { sampleWork, WAITING, WORKING } from '../../support/dashboard/sample-work.ts';

const kept = process.env['PICTURES'];

/** What more there is to see than the pages that have no parameters. */
const MORE: Readonly<Record<string, string>> = {
  session: `/sessions/${WAITING}`,
  agents: `/sessions/${WORKING}`,
  call: `/sessions/${WAITING}?call=toolu_a1b2c3d4_00003`,
  changes: `/sessions/${WAITING}?show=changes`,
  found: '/search?q=charge',
  tree: '/files?project=shop-api',
  file: '/file?path=/home/dev/shop-api/src/client.ts',
};

/** The pages of which code is a part: a worker gives it its colours a moment later. */
const COLOURED: ReadonlySet<string> = new Set(['file', 'pattern']);

describe.skipIf(!hasBrowser)('each page of the dashboard', () => {
  let home: DashboardHome;
  let browser: Browser;
  let pattern = '';
  const folder = kept ?? mkdtempSync(join(tmpdir(), 'pictures-'));

  beforeAll(async () => {
    mkdirSync(folder, { recursive: true });
    home = new DashboardHome();
    await home.take(...sampleWork(Date.now()));
    await home.start();
    const { rows } = await home.data<PatternsData>('/patterns?range=all&small=yes');
    pattern = `/patterns/${rows[0]?.id ?? ''}`;
    browser = await startBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await home?.remove();
    if (kept === undefined) rmSync(folder, { recursive: true, force: true });
  });

  const plain = PLAIN_PAGES.map(({ name, path }) => [name, path] as const);

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1440, 1024, 390]) {
      it(`fits into ${width} px, ${colorScheme}`, async () => {
        const watched = await WatchedPage.open(browser, home.url, {
          colorScheme,
          viewport: { width, height: width < 560 ? 844 : 900 },
        });
        for (const [name, path] of [...plain, ...Object.entries(MORE), ['pattern', pattern]]) {
          await watched.goto(`${home.url}${path}`);
          await watched.page.locator('.live .is-running').waitFor();
          if (COLOURED.has(name)) await watched.page.locator('.code-word').first().waitFor();
          const room = await watched.page.evaluate(() => document.documentElement.scrollWidth);
          expect(room, path).toBeLessThanOrEqual(width);
          const file = join(folder, `${name}-${width}-${colorScheme}.png`);
          await watched.page.screenshot({ path: file, fullPage: true });
          expect(statSync(file).size, `${path} shows something`).toBeGreaterThan(5_000);
        }
        expect(watched.faults).toEqual([]);
        await watched.close();
      });
    }
  }
});
