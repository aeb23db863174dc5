import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PatternData } from '../../../lib/dashboard/pages/pattern/query.ts';
import type { PatternsData } from '../../../lib/dashboard/pages/patterns/query.ts';
import { violationsOf } from '../../support/dashboard/accessibility.ts';
import { hasBrowser, startBrowser, WatchedPage } from '../../support/dashboard/browser.ts';
import { DashboardHome } from '../../support/dashboard/dashboard-home.ts';
import { hostileWork } from '../../support/dashboard/hostile-work.ts';
import { projectWork } from '../../support/dashboard/project-work.ts';

describe.skipIf(!hasBrowser)('the patterns of the dashboard', () => {
  let home: DashboardHome;
  let browser: Browser;
  /** One in the middle of a lineage. */
  let middle: string;

  beforeAll(async () => {
    home = new DashboardHome();
    const work = projectWork(home.folder, Date.now());
    await home.take(...work.tellings, hostileWork(home.folder, Date.now() - 60_000));
    await home.start();
    browser = await startBrowser();
    const { rows } = await home.data<PatternsData>('/patterns');
    middle = rows.find(({ head }) => head.includes('signal') || head.includes('SIGTERM'))?.id ?? '';
  });

  afterAll(async () => {
    await browser?.close();
    await home?.remove();
  });

  it.each([
    ['/patterns?range=all', 'patterns --limit 200'],
    ['/patterns?range=all&order=used&small=yes', 'patterns --sort used --all --limit 200'],
    ['/patterns?range=all&language=py', 'patterns --language py --limit 200'],
    ['/patterns?range=all&project=infra', 'patterns --project infra --limit 200'],
  ])('lists at %s what the command line lists', async (path, command) => {
    const { rows } = await home.data<PatternsData>(path);
    const { out } = await home.command(`${command} --json`);
    const listed = JSON.parse(out) as { id: string; uses: number; generation: number }[];
    expect(listed.length).toBeGreaterThan(0);
    expect(rows.map(({ id, uses, generation }) => ({ id, uses, generation }))).toEqual(
      listed.map(({ id, uses, generation }) => ({ id, uses, generation })),
    );
  });

  it('knows of a pattern what show and similar know', async () => {
    const data = await home.data<PatternData>(`/patterns/${middle}`);
    const shown = JSON.parse((await home.command(`show ${middle} --diff --json`)).out) as Shown;
    expect(data.pattern.code).toBe(shown.pattern.code);
    expect(data.occurrences.map(({ toolUseId }) => toolUseId)).toEqual(
      shown.occurrences.map((one) => one.tool_use_id),
    );
    for (const way of ['ancestors', 'descendants'] as const) {
      expect(data.lineage[way].map(({ id, depth }) => [id, depth])).toEqual(
        shown.lineage[way].map(({ id, depth }) => [id, depth]),
      );
    }
    expect(data.authorship.parents.map(({ share }) => share)).toEqual(
      shown.parents.map(({ share }) => share),
    );
    expect(data.change?.unified).toBe(shown.diff?.unified);
    const { out } = await home.command(`similar ${middle} --limit 5 --json`);
    const similar = JSON.parse(out) as { pattern_id: string; score: number }[];
    expect(data.similar.hits.map(({ patternId, score }) => [patternId, score])).toEqual(
      similar.map((one) => [one.pattern_id, one.score]),
    );
  });

  it('is walked with the keyboard, from the list into the lineage', async () => {
    const watched = await WatchedPage.open(browser, home.url);
    const { page } = watched;
    await page.keyboard.press('g');
    await page.keyboard.press('p');
    await page.locator('.code-head').first().waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/patterns\/[0-9a-f]+$/);
    await watched.goto(`${home.url}/patterns/${middle}`);
    await page.locator('.lineage-node.is-subject').focus();
    await page.keyboard.press('ArrowLeft');
    const parent = await page.evaluate(() => document.activeElement?.getAttribute('data-node'));
    expect(parent).not.toBe(middle);
    await page.keyboard.press('Enter');
    await page.waitForURL(`${home.url}/patterns/${parent ?? ''}`);
    // Now that one is in the middle, and what came from it on its right.
    await page.locator(`.is-subject[data-node="${parent ?? ''}"]`).waitFor();
    await page.locator('.lineage-node.is-subject').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => !url.pathname.endsWith(parent ?? '?'));
    expect(watched.faults).toEqual([]);
    await watched.close();
  });

  it('has the lineage as a list, too', async () => {
    const watched = await WatchedPage.open(browser, `${home.url}/patterns/${middle}`);
    const { page } = watched;
    await page.getByText('As a list').click();
    await page.getByRole('heading', { name: 'It came from' }).waitFor();
    const { lineage } = await home.data<PatternData>(`/patterns/${middle}`);
    const links = await page.locator('.lineage-lists a').count();
    expect(links).toBe(lineage.ancestors.length + lineage.descendants.length);
    await watched.close();
  });

  it('says that there is no such pattern', async () => {
    const answer = await fetch(`${home.url}/patterns/0000000000000000?format=json`);
    expect(answer.status).toBe(404);
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${home.url}/patterns/0000000000000000`);
    await page.getByRole('alert').getByText('no pattern is called').waitFor();
    await context.close();
  });

  it('shows hostile code as text', async () => {
    const { rows } = await home.data<PatternsData>('/patterns?project=hostile&small=yes');
    const watched = await WatchedPage.open(
      browser,
      `${home.url}/patterns?project=hostile&small=yes`,
    );
    for (const { id } of rows) {
      await watched.goto(`${home.url}/patterns/${id}`);
      await watched.page.locator('.code-line').first().waitFor();
      expect(
        await watched.page.evaluate(() => (window as { pwned?: unknown }).pwned),
      ).toBeUndefined();
    }
    expect(rows.length).toBe(3);
    expect(watched.faults).toEqual([]);
    await watched.close();
  });

  it.each(['light', 'dark'] as const)(
    'breaks no rule of accessibility, %s',
    async (colorScheme) => {
      const watched = await WatchedPage.open(browser, `${home.url}/patterns`, { colorScheme });
      expect(await violationsOf(watched.page)).toEqual([]);
      await watched.goto(`${home.url}/patterns/${middle}`);
      await watched.page.getByText('As a list').click();
      await watched.page.locator('.code-word').first().waitFor();
      expect(await violationsOf(watched.page)).toEqual([]);
      await watched.close();
    },
  );

  it('fits a narrow window, also from right to left', async () => {
    const watched = await WatchedPage.open(browser, `${home.url}/patterns`, {
      viewport: { width: 360, height: 740 },
    });
    for (const place of ['/patterns', `/patterns/${middle}`]) {
      await watched.goto(`${home.url}${place}`);
      for (const direction of ['ltr', 'rtl']) {
        const over = await watched.page.evaluate((dir) => {
          document.documentElement.dir = dir;
          return document.documentElement.scrollWidth - document.documentElement.clientWidth;
        }, direction);
        expect([place, direction, over]).toEqual([place, direction, 0]);
      }
    }
    await watched.close();
  });
});

interface Shown {
  readonly pattern: { readonly code: string };
  readonly occurrences: readonly { readonly tool_use_id: string | null }[];
  readonly parents: readonly { readonly share: number | null }[];
  readonly lineage: Readonly<
    Record<'ancestors' | 'descendants', readonly { readonly id: string; readonly depth: number }[]>
  >;
  readonly diff: { readonly unified: string } | null;
}
