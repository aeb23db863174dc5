import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NowData } from '../../../lib/dashboard/pages/now/query.ts';
import type { SessionData } from '../../../lib/dashboard/pages/session/query.ts';
import { hasBrowser, startBrowser, WatchedPage } from '../../support/dashboard/browser.ts';
import { DashboardHome } from '../../support/dashboard/dashboard-home.ts';
import {
  ENDED,
  FAILED,
  FINISHED,
  sampleWork,
  WAITING,
  WORKING,
} from '../../support/dashboard/sample-work.ts';
import { Telling } from '../../support/dashboard/telling.ts';

describe.skipIf(!hasBrowser)('the pages of sessions', () => {
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

  it('lists first who waits, then who failed, works, has finished, and is over', async () => {
    const { sessions } = await home.data<NowData>('/');
    expect(sessions.map(({ id, need }) => [id, need])).toEqual([
      [WAITING, 'waiting'],
      [FAILED, 'failing'],
      [WORKING, 'running'],
      [FINISHED, 'finished'],
      [ENDED, 'ended'],
    ]);
    const calls = sessions.find(({ id }) => id === WORKING)?.callsByMinute ?? [];
    expect(calls.reduce((all, count) => all + count, 0)).toBe(17);
    const watched = await WatchedPage.open(browser, home.url);
    const cards = await watched.page.locator('.session-card').allTextContents();
    expect(cards[0]).toContain('asks: may it run Bash npm publish --tag next?');
    expect(cards[2]).toContain('node scripts/build-index.js --all');
    expect(await watched.page.title()).toBe('(1) Now · Pattern tracker');
    expect(await watched.page.locator('.rail .badge').textContent()).toContain('1');
    await watched.close();
  });

  it('has the numbers of the command line', async () => {
    const listed = await home.command('sessions --json --limit 0');
    const rows = JSON.parse(listed.out) as { id: string; tool_calls: number; files: number }[];
    const { sessions } = await home.data<NowData>('/');
    for (const row of rows) {
      const card = sessions.find(({ id }) => id === row.id);
      expect([card?.toolCalls, card?.files]).toEqual([row.tool_calls, row.files]);
    }
    const { out } = await home.command(`session ${WAITING} --json`);
    const told = JSON.parse(out) as {
      totals: { calls: number; lines_added: number; outcomes: Record<string, number> };
      waiting: { idle_ms: number };
      files: unknown[];
    };
    const page = await home.data<SessionData>(`/sessions/${WAITING}`);
    expect(page.totals.calls).toBe(told.totals.calls);
    expect(page.totals.linesAdded).toBe(told.totals.lines_added);
    expect(page.totals.outcomes).toEqual(told.totals.outcomes);
    expect(page.waiting.idleMs).toBe(told.waiting.idle_ms);
    expect(page.files).toHaveLength(told.files.length);
    expect(page.rows.filter(({ kind }) => kind === 'call')).toHaveLength(told.totals.calls);
  });

  it('opens a call beside the timeline, under a URL of its own, and closes it with Escape', async () => {
    const watched = await WatchedPage.open(browser, `${home.url}/sessions/${WAITING}`);
    const { page } = watched;
    await page.getByRole('link', { name: 'Bash npm test' }).first().click();
    const drawer = page.getByRole('dialog');
    await drawer.getByText('expected 1 to be 4').waitFor();
    expect(page.url()).toContain('call=');
    const deep = page.url();
    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'detached' });
    expect(page.url()).not.toContain('call=');
    await watched.goto(deep);
    await drawer.getByText('expected 1 to be 4').waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await drawer.getByText('attempt > MOST_ATTEMPTS').waitFor();
    expect(watched.faults).toEqual([]);
    await watched.close();
  });

  it('folds what a subagent did', async () => {
    const watched = await WatchedPage.open(browser, `${home.url}/sessions/${WORKING}`);
    const { page } = watched;
    const calls = page.locator('.call');
    const all = await calls.count();
    await page
      .getByRole('button', { name: /Hide what the subagent did/ })
      .first()
      .click();
    expect(await calls.count()).toBe(all - 3);
    await watched.close();
  });

  it('shows what a session changed in all', async () => {
    const watched = await WatchedPage.open(browser, `${home.url}/sessions/${WAITING}?show=changes`);
    const { page } = watched;
    expect(await page.locator('.change summary').allTextContents()).toEqual([
      expect.stringContaining('src/client.ts'),
      expect.stringContaining('test/client.test.ts'),
    ]);
    await page.getByText('Charges a card; a try that fails is made again.').waitFor();
    await watched.close();
  });

  it('draws of ten thousand calls those in view, and finds the last', async () => {
    const session = 'ffff0000-0000-4000-8000-000000000009';
    const long = new Telling({ session, at: Date.now() - 9 * 3_600_000 });
    long.start().prompt('count to ten thousand');
    for (let call = 1; call <= 10_000; call += 1) long.bash(`echo ${call}`, 2);
    await home.take(long);
    const watched = await WatchedPage.open(browser, `${home.url}/sessions/${session}`);
    const { page } = watched;
    expect(await page.locator('.call').count()).toBeLessThan(200);
    await page.keyboard.press('End');
    await page.getByRole('link', { name: 'Bash echo 10000' }).waitFor();
    expect(await page.locator('.call').count()).toBeLessThan(200);
    expect(watched.faults).toEqual([]);
    await watched.close();
  });

  it('lets go of the rows that it showed before, however often it is read again', async () => {
    const session = 'ffff0000-0000-4000-8000-00000000000a';
    const long = new Telling({ session, at: Date.now() - 3_600_000 });
    long.start().prompt('go on and on');
    for (let call = 1; call <= 300; call += 1) long.bash(`echo ${call}`, 2);
    await home.take(long);
    const watched = await WatchedPage.open(browser, `${home.url}/sessions/${session}`);
    const { page } = watched;
    await page.evaluate(() => {
      const seen: WeakRef<object>[] = [];
      Response.prototype.json = async function noted() {
        const state = JSON.parse(await this.text()) as { data: { rows: object } };
        seen.push(new WeakRef(state.data.rows));
        return state;
      };
      Object.assign(window, { seen });
    });
    for (let call = 301; call <= 308; call += 1) {
      long.bash(`echo ${call}`, 2);
      await home.take(long);
      await page.locator('.session-tabs a').first().getByText(`${call}`).waitFor();
    }
    const tools = await page.context().newCDPSession(page);
    await tools.send('HeapProfiler.collectGarbage');
    const { all, held } = await page.evaluate(() => {
      const { seen } = window as unknown as { seen: WeakRef<object>[] };
      return { all: seen.length, held: seen.filter((rows) => rows.deref()).length };
    });
    expect(all).toBeGreaterThanOrEqual(8);
    expect(held).toBeLessThanOrEqual(3); // what is shown, what was shown before, and what is on its way
    await watched.close();
  });

  it('answers for a session that is not there with a page that says so', async () => {
    const answer = await fetch(`${home.url}/sessions/nobody`);
    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain('no session begins with');
  });
});
