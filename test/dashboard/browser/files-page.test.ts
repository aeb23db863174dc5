import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FileData } from '../../../lib/dashboard/pages/file/query.ts';
import type { FilesData } from '../../../lib/dashboard/pages/files/query.ts';
import { violationsOf } from '../../support/dashboard/accessibility.ts';
import { hasBrowser, startBrowser, WatchedPage } from '../../support/dashboard/browser.ts';
import { DashboardHome } from '../../support/dashboard/dashboard-home.ts';
import { HOSTILE, hostileWork } from '../../support/dashboard/hostile-work.ts';
import { projectWork } from '../../support/dashboard/project-work.ts';
import type { ProjectWork } from '../../support/dashboard/project-work.ts';

describe.skipIf(!hasBrowser)('the files of the dashboard', () => {
  let home: DashboardHome;
  let browser: Browser;
  let work: ProjectWork;
  const fileUrl = (path: string, more = '') =>
    `${home.url}/file?path=${encodeURIComponent(path)}${more}`;

  beforeAll(async () => {
    home = new DashboardHome();
    work = projectWork(home.folder, Date.now());
    await home.take(...work.tellings, hostileWork(home.folder, Date.now() - 60_000));
    await home.start();
    browser = await startBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await home?.remove();
  });

  it('counts the lines of projects as the command line does', async () => {
    const { projects } = await home.data<FilesData>('/files');
    const { out } = await home.command('stats --by project --since 1970-01-01 --json');
    const { groups } = JSON.parse(out) as { groups: { key: string; lines_standing: number }[] };
    expect(projects.length).toBeGreaterThan(2);
    for (const { projectName, claudeLines } of projects) {
      const group = groups.find(({ key }) => key.endsWith(`/${projectName ?? ''}`));
      expect([projectName, group?.lines_standing]).toEqual([projectName, claudeLines]);
    }
  });

  it('goes from the projects down to a file, with the keyboard', async () => {
    const watched = await WatchedPage.open(browser, home.url);
    const { page } = watched;
    await page.keyboard.press('g');
    await page.keyboard.press('f');
    await page.getByRole('heading', { name: 'Who wrote this?' }).waitFor();
    await page.getByRole('link', { name: 'shop-api' }).waitFor();
    await page.getByRole('link', { name: 'shop-api' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/files\?project=/);
    await page.getByRole('link', { name: 'tax.ts' }).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/file\?path=.*cart\.test\.ts/);
    expect(watched.faults).toEqual([]);
    await watched.close();
  });

  it('adds up a folder from what is in it', async () => {
    const { tree } = await home.data<FilesData>('/files?project=shop-api');
    const files = tree?.entries.filter(({ isFolder }) => !isFolder) ?? [];
    expect(files.length).toBe(tree?.files);
    expect(files.reduce((sum, { lines }) => sum + lines, 0)).toBe(tree?.lines);
    const cart = tree?.entries.find(({ name }) => name === 'cart');
    const below = files.filter(({ path }) => path.startsWith(`${cart?.path ?? ''}/`));
    expect(below.reduce((sum, { claudeLines }) => sum + claudeLines, 0)).toBe(cart?.claudeLines);
  });

  it('says of each line what blame says', async () => {
    const data = await home.data<FileData>(`/file?path=${work.client}`);
    const { out } = await home.command(`blame ${work.client} --json`);
    const blame = JSON.parse(out) as Blame;
    const { counts, text, state } = data;
    expect(state).toBe(blame.state);
    const by = (author: string) => blame.lines.filter((line) => line.author === author).length;
    expect(counts).toMatchObject({
      lines: blame.lines.length,
      claude: by('claude'),
      other: by('other'),
      unknown: by('unknown'),
      reworked: blame.lines.filter(({ generation }) => (generation ?? 1) > 1).length,
    });
    const told = text?.runs.flatMap(({ first, last, by: author, call }) => {
      const from = call === null ? undefined : text.calls[call];
      return Array.from({ length: last - first + 1 }, (_, at) => ({
        line: first + at,
        author,
        session_id: from?.sessionId ?? null,
        tool_use_id: from?.toolUseId ?? null,
        generation: from?.generation ?? null,
        model: from?.model ?? null,
        pattern_id: from?.patternId ?? null,
        prompt: from?.prompt ?? null,
        confidence: text.lines[first + at - text.first]?.sure ?? 'high',
      }));
    });
    expect(told).toEqual(
      blame.lines.map(
        ({
          line,
          author,
          session_id,
          tool_use_id,
          generation,
          model,
          pattern_id,
          prompt,
          confidence,
        }) => ({
          line,
          author,
          session_id,
          tool_use_id,
          generation,
          model,
          pattern_id,
          prompt,
          confidence,
        }),
      ),
    );
  });

  it('tells of the line that is pointed at or focused, and leads to its call', async () => {
    const watched = await WatchedPage.open(browser, fileUrl(work.client));
    const { page } = watched;
    await page.getByText('Point at a line').waitFor();
    const detail = page.getByRole('complementary', { name: 'About the line' });
    await page.locator('[data-line="1"]').hover();
    await detail.getByText('write a client for the payment provider').waitFor();
    expect(await detail.textContent()).toContain('claude-opus-4-6');
    await page.locator('[data-line="65"]').hover();
    await detail.getByText('Not Claude').waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await detail.getByText('add retries to the payment client').waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/sessions\/3c91aa07.*\?call=toolu_/);
    expect(watched.faults).toEqual([]);
    await watched.close();
  });

  it('colours code in a worker, which its policy allows', async () => {
    const watched = await WatchedPage.open(browser, fileUrl(work.client));
    await watched.page.locator('.code-word', { hasText: 'import' }).first().waitFor();
    expect(watched.faults).toEqual([]);
    await watched.close();
  });

  it('goes to a line by its URL', async () => {
    const watched = await WatchedPage.open(browser, fileUrl(work.client, '&line=14'));
    const { page } = watched;
    await page.locator('.is-asked[data-line="14"]').waitFor();
    expect(await page.locator('.run-detail').textContent()).toContain('line 14');
    await watched.close();
  });

  it('goes to a line of a very long file, of which it draws a part', async () => {
    const path = join(work.shop, 'src/cities.ts');
    writeFileSync(path, Array.from({ length: 9_000 }, (_, at) => `city(${at});\n`).join(''));
    const watched = await WatchedPage.open(browser, fileUrl(path, '&line=4502'));
    const { page } = watched;
    await page.locator('.is-asked[data-line="4502"]', { hasText: 'city(4501)' }).waitFor();
    expect(await page.locator('.blame-line').count()).toBeLessThan(300);
    await page.getByRole('link', { name: 'Lines after' }).click();
    await page.locator('[data-line="6001"]').waitFor();
    await page.getByText('6,001–8,000 of 9,000').waitFor();
    expect(watched.faults).toEqual([]);
    await watched.close();
  });

  it('shows the file as it was after an earlier call', async () => {
    const watched = await WatchedPage.open(browser, fileUrl(work.client));
    const { page } = watched;
    await page.locator('.blame-line', { hasText: 'CHECKED = true' }).waitFor();
    await page.locator('#version').focus();
    await page.keyboard.press('Home');
    await page.waitForURL(/after=\d+/);
    await page.locator('.blame-line', { hasText: 'CHECKED = true' }).waitFor({ state: 'detached' });
    expect(await page.locator('.blame-lines').textContent()).not.toContain('isTransient');
    await page.keyboard.press('End');
    await page.locator('.blame-line', { hasText: 'CHECKED = true' }).waitFor();
    expect(watched.faults).toEqual([]);
    await watched.close();
  });

  it('tells its history as the log does, page by page', async () => {
    const data = await home.data<FileData>(`/file?path=${work.client}&show=history`);
    const { out } = await home.command(`log ${work.client} --limit 20 --json`);
    const log = JSON.parse(out) as { tool_use_id: string; at: string; lines_added: number }[];
    expect(log.length).toBeGreaterThan(7);
    expect(
      data.history?.entries.map(({ toolUseId, at, linesAdded }) => [toolUseId, at, linesAdded]),
    ).toEqual(log.map((entry) => [entry.tool_use_id, Date.parse(entry.at), entry.lines_added]));
    const cursor = data.history?.entries[2]?.cursor ?? '';
    const next = await home.data<FileData>(
      `/file?path=${work.client}&show=history&before=${encodeURIComponent(cursor)}`,
    );
    expect(next.history?.entries[0]).toEqual(data.history?.entries[3]);
    const watched = await WatchedPage.open(browser, fileUrl(work.client, '&show=history'));
    await watched.page.getByText('five attempts').first().waitFor();
    expect(watched.faults).toEqual([]);
    await watched.close();
  });

  it('knows what survives as the command line does', async () => {
    const { survival } = await home.data<FileData>(`/file?path=${work.client}&show=survival`);
    const { out } = await home.command(`survival --by file --project ${work.shop} --json`);
    const { groups } = JSON.parse(out) as { groups: Record<string, unknown>[] };
    const group = groups.find(({ key }) => key === work.client);
    expect(group).toMatchObject({
      written: survival?.written,
      stands: survival?.stands,
      reworked_by_claude: survival?.byClaude,
      reworked_by_others: survival?.byOthers,
      gone: survival?.gone,
    });
    expect(survival?.stands).toBeGreaterThan(0);
  });

  it.each(['/etc/passwd', '', '../../etc/passwd', '/proc/self/environ', '/dev/zero'])(
    'opens nothing that it has no record of: %s',
    async (path) => {
      const answer = await fetch(fileUrl(path, '&format=json'));
      expect(answer.status).toBe(404);
      const { error } = (await answer.json()) as { error: { code: string } };
      expect(error.code).toBe('E_NO_FILE');
    },
  );

  it('follows no link out of a project', async () => {
    symlinkSync('/etc/hostname', join(work.shop, 'src/host.ts'));
    const answer = await fetch(fileUrl(join(work.shop, 'src/host.ts'), '&format=json'));
    expect(answer.status).toBe(404);
  });

  it('shows the last text that is kept of a file that is gone or no text any more', async () => {
    const path = join(work.notes, 'notes/clean.py');
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, `\0${text}`);
    const data = await home.data<FileData>(`/file?path=${path}`);
    expect([data.state, data.counts.lines]).toEqual(['unread', 2]);
    rmSync(path);
    const watched = await WatchedPage.open(browser, fileUrl(path));
    await watched.page.getByText('gone from the disk').waitFor();
    await watched.page.locator('.blame-line', { hasText: 'def clean' }).waitFor();
    writeFileSync(path, text);
    await watched.close();
  });

  it('shows what is hostile as text, and a line of a megabyte as its beginning', async () => {
    const root = join(home.folder, 'hostile');
    const watched = await WatchedPage.open(browser, fileUrl(join(root, HOSTILE.file)));
    const { page } = watched;
    await page.locator('.blame-line', { hasText: '<script>' }).waitFor();
    expect(await page.evaluate(() => (window as { pwned?: unknown }).pwned)).toBeUndefined();
    expect(await page.locator('main').textContent()).toContain('⟨202E⟩');
    await watched.goto(fileUrl(join(root, 'src/long.ts')));
    await page.getByText('1,000,023 characters').waitFor();
    await watched.goto(fileUrl(join(root, HOSTILE.longFile)));
    await page.locator('.blame-line', { hasText: 'fifth' }).waitFor();
    await watched.goto(`${home.url}/files?project=hostile`);
    expect(await page.evaluate(() => (window as { pwned?: unknown }).pwned)).toBeUndefined();
    expect(watched.faults).toEqual([]);
    await watched.close();
  });

  it.each(['light', 'dark'] as const)(
    'breaks no rule of accessibility, %s',
    async (colorScheme) => {
      const watched = await WatchedPage.open(browser, `${home.url}/files`, { colorScheme });
      expect(await violationsOf(watched.page)).toEqual([]);
      const places = [
        `${home.url}/files?project=shop-api`,
        fileUrl(work.client, '&line=14'),
        fileUrl(work.client, '&show=survival'),
        fileUrl('/etc/passwd'),
      ];
      for (const place of places) {
        await watched.page.goto(place);
        await watched.ready();
        expect(await violationsOf(watched.page), place).toEqual([]);
      }
      await watched.close();
    },
  );

  it('fits a narrow window, also from right to left', async () => {
    const watched = await WatchedPage.open(browser, fileUrl(work.client), {
      viewport: { width: 360, height: 740 },
    });
    for (const place of ['/files', '/files?project=shop-api', `/file?path=${work.client}`]) {
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

interface Blame {
  readonly state: string;
  readonly lines: readonly {
    readonly line: number;
    readonly author: string;
    readonly session_id: string | null;
    readonly tool_use_id: string | null;
    readonly generation: number | null;
    readonly model: string | null;
    readonly pattern_id: string | null;
    readonly prompt: string | null;
    readonly confidence: string;
  }[];
}
