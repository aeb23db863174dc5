import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, startBrowser } from '../../support/dashboard/browser.ts';
import { DashboardHome } from '../../support/dashboard/dashboard-home.ts';
import { ENDED, sampleWork, WAITING } from '../../support/dashboard/sample-work.ts';

describe.skipIf(!hasBrowser)('dashboard --export', () => {
  let home: DashboardHome;
  let browser: Browser;

  beforeAll(async () => {
    home = new DashboardHome();
    await home.take(...sampleWork(Date.now()));
    browser = await startBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await home?.remove();
  });

  it('writes pages that open from disk, lead to each other, and fetch nothing', async () => {
    const folder = join(home.folder, 'copy');
    const { out, exitCode } = await home.command(`dashboard --export ${folder} --json`);
    expect(exitCode).toBe(0);
    const { index, files } = JSON.parse(out) as { index: string; files: number };
    expect(readdirSync(folder)).toHaveLength(files + 1); // the style sheet
    const page = await (await browser.newContext()).newPage();
    const asked: string[] = [];
    const faults: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    page.on('console', (message) => faults.push(message.text()));
    await page.goto(`file://${index}`);
    await page.getByRole('link', { name: 'add retries to the payment client' }).click();
    await page.getByText('What happened?').waitFor();
    expect(
      await page
        .locator('.call')
        .first()
        .evaluate((row) => getComputedStyle(row).display),
    ).toBe('grid');
    await page.getByRole('link', { name: 'Bash npm test' }).first().click();
    await page.getByText('expected 1 to be 4').waitFor();
    await page.getByRole('link', { name: 'Back to the session' }).click();
    await page.getByRole('link', { name: /Changes in all/ }).click();
    await page.getByText('a try that fails is made again').waitFor();
    expect(asked.filter((url) => !url.startsWith('file:'))).toEqual([]);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('takes out secrets that a rule of today finds', async () => {
    home.configure('redaction:\n  rules:\n    - name: client\n      pattern: "payment client"\n');
    const folder = join(home.folder, 'clean');
    const { exitCode, err } = await home.command(
      `dashboard --export ${folder} --session ${WAITING.slice(0, 8)}`,
    );
    expect([exitCode, err]).toEqual([0, '']);
    const text = readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('');
    expect(text).not.toContain('payment client');
    expect(text).toContain('[redacted:');
    expect(text).not.toContain(ENDED);
  });

  it('writes into no folder that holds something', async () => {
    const { exitCode, err } = await home.command(`dashboard --export ${home.folder}`);
    expect(exitCode).toBe(1);
    expect(err).toContain('is not empty');
  });
});
