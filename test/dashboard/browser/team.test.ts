import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createToken } from '../../../lib/service/auth/token.ts';
import { openSqliteStore } from '../../../lib/service/store/sqlite/store.ts';
import { violationsOf } from '../../support/dashboard/accessibility.ts';
import { hasBrowser, startBrowser, WatchedPage } from '../../support/dashboard/browser.ts';
import { ServiceProcess } from '../../support/service-process.ts';

const API = '/api/pattern-traceability';
const SCRIPT = '</script><script>window.hit = 1</script><img src=x onerror="window.hit = 2">';
const PAGES = [
  '/',
  '/search?q=charge',
  '/files',
  '/files?path=shop/src/payment.ts',
  '/insight',
  '/service',
  '/service/performance',
  '/service/errors',
  '/patterns/payment-2',
];

describe.skipIf(!hasBrowser)('the pages of a team’s server', () => {
  const folder = mkdtempSync(join(tmpdir(), 'team-'));
  const database = join(folder, 'service.db');
  let service: ServiceProcess;
  let browser: Browser;
  const tokens: Record<'shop' | 'bank' | 'writer', string> = { shop: '', bank: '', writer: '' };

  beforeAll(async () => {
    const store = openSqliteStore(database);
    for (const [name, scopes] of [
      ['shop', ['read', 'write']],
      ['bank', ['read', 'write']],
      ['writer', ['write']],
    ] as const) {
      const { text, stored } = createToken({
        name,
        tenant: name === 'writer' ? 'shop' : name,
        scopes: [...scopes],
        createdAt: Date.now(),
        expiresAt: null,
      });
      await store.tokens.add(stored);
      tokens[name] = text;
    }
    await store.close();
    service = await new ServiceProcess(database).start();
    await track('shop', {
      event_id: 'a1',
      event_type: 'pattern_created',
      pattern_id: 'payment-1',
      pattern_name: 'payment.ts',
      language: 'typescript',
      file_path: '/home/ann/shop/src/payment.ts',
      tool_name: 'Write',
      pattern_data: {
        code: 'export async function charge(order) {\n  return fetch(order);\n}',
        session_id: 's1',
        tool_use_id: 'toolu_1',
        duration_ms: 40,
        repository: { name: 'shop', root: '/home/ann/shop' },
      },
    });
    await track('shop', {
      event_id: 'a2',
      event_type: 'pattern_modified',
      pattern_id: 'payment-2',
      parent_pattern_ids: ['payment-1'],
      pattern_name: SCRIPT,
      language: 'typescript',
      pattern_data: { code: `export async function charge(order) {\n  return ${SCRIPT};\n}` },
    });
    await track('bank', {
      event_id: 'b1',
      event_type: 'pattern_created',
      pattern_id: 'ledger-1',
      pattern_name: 'ledger.ts',
      language: 'go',
      pattern_data: { code: 'func charge() {}' },
    });
    browser = await startBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await service?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  async function track(tenant: 'shop' | 'bank', event: object): Promise<void> {
    const answer = await fetch(`${service.url}${API}/lineage/track`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${tokens[tenant]}`,
      },
      body: JSON.stringify(event),
    });
    expect(answer.ok, await answer.text()).toBe(true);
  }

  async function signedIn(token: string, options = {}): Promise<WatchedPage> {
    const watched = await WatchedPage.openPlain(browser, service.url, options);
    await watched.page.getByLabel('Token').fill(token);
    await watched.page.getByRole('button', { name: 'Sign in' }).click();
    await watched.page.locator('h1', { hasText: 'What was written?' }).waitFor();
    watched.faults.length = 0; // before, it said 401
    return watched;
  }

  it('ask for a token, and then show what is the tenant’s, and nobody else’s', async () => {
    const shop = await signedIn(tokens.shop);
    expect(await shop.page.locator('tbody tr').count()).toBe(2);
    expect(await shop.page.locator('main').textContent()).not.toContain('ledger');
    const other = await shop.page.goto(`${service.url}/patterns/ledger-1`);
    expect(other?.status()).toBe(404);
    await shop.close();
    const bank = await signedIn(tokens.bank);
    expect(await bank.page.locator('tbody tr').count()).toBe(1);
    expect(await bank.page.locator('main').textContent()).toContain('ledger.ts');
    await bank.close();
  });

  it('lead from a search to a pattern, and to what it came from', async () => {
    const { page, faults, ...watched } = await opened(signedIn(tokens.shop));
    await page.getByRole('searchbox').fill('charge order');
    await page.keyboard.press('Enter');
    await page.locator('h1', { hasText: 'Where was that?' }).waitFor();
    expect(await page.locator('.team-found li').count()).toBe(2);
    await page.goto(`${service.url}/patterns/payment-2`);
    expect(await page.locator('.team-code').textContent()).toContain(SCRIPT);
    await page.getByRole('link', { name: 'payment.ts' }).click();
    await page.locator('h1', { hasText: 'payment.ts' }).waitFor();
    expect(await page.evaluate(() => 'hit' in window)).toBe(false);
    expect(faults).toEqual([]);
    await watched.close();
  });

  it('lead back to what was asked for', async () => {
    const watched = await WatchedPage.openPlain(browser, `${service.url}/?language=typescript`);
    const { page } = watched;
    await page.getByLabel('Token').fill(tokens.shop);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.locator('.chip', { hasText: 'typescript' }).click();
    await page.waitForURL(`${service.url}/`);
    expect(await page.locator('.chip').count()).toBe(0);
    await watched.close();
  });

  it('show the files of the tenant as a tree, and of a file its patterns', async () => {
    const { page, faults, ...watched } = await opened(signedIn(tokens.shop));
    await page.goto(`${service.url}/files`);
    expect(await page.locator('tbody tr').allTextContents()).toEqual([
      expect.stringMatching(/^payment\.ts11/),
    ]);
    await page.getByRole('link', { name: 'payment.ts' }).click();
    await page.waitForURL(`${service.url}/files?path=shop%2Fsrc%2Fpayment.ts`);
    await page.getByRole('heading', { name: 'Patterns of the file' }).waitFor();
    await page.getByRole('link', { name: 'payment.ts' }).click();
    await page.locator('.team-code').waitFor();
    const bank = await page.goto(`${service.url}/files?path=ledger`);
    expect(await bank?.text()).toContain('No file here');
    expect(faults).toEqual([]);
    await watched.close();
  });

  it('say how the service stands, how fast it is, and what fails', async () => {
    const { page, faults, ...watched } = await opened(signedIn(tokens.shop));
    await page.getByRole('link', { name: 'Health' }).click();
    await page.getByText('healthy', { exact: true }).waitFor();
    expect(await page.locator('.facts').textContent()).toContain('shop');
    const figure = (name: string) =>
      page.locator('.figure', { hasText: name }).locator('.figure-value').textContent();
    expect(Number(await figure('Requests'))).toBeGreaterThan(3);
    await page.getByRole('link', { name: 'Performance' }).click();
    await page.locator('h1', { hasText: 'How fast is it?' }).waitFor();
    expect(await figure('P95 of requests')).toMatch(/^≤ [\d.]+ m?s$/);
    const calls = page.getByRole('table', { name: 'Durations by tool' }).locator('tbody tr');
    expect(await calls.allTextContents()).toEqual(['Write140 ms40 ms']);
    await page.getByRole('link', { name: 'Error rates' }).click();
    await page.locator('h1', { hasText: 'What fails?' }).waitFor();
    expect(await figure('5xx')).toBe('0 %');
    expect(await figure('Calls that failed')).toBe('0 %');
    expect(faults).toEqual([]);
    await watched.close();
    const bank = await opened(signedIn(tokens.bank));
    await bank.page.goto(`${service.url}/service/performance`);
    expect(await bank.page.getByRole('table', { name: 'Durations by tool' }).count()).toBe(0);
    await bank.close();
  });

  it('have the numbers of the API', async () => {
    const { page, ...watched } = await opened(signedIn(tokens.shop));
    const answer = await fetch(`${service.url}${API}/stats`, {
      headers: { authorization: `Bearer ${tokens.shop}` },
    });
    const { data } = (await answer.json()) as { data: Record<string, number> };
    await page.goto(`${service.url}/insight`);
    for (const [name, key] of [
      ['Patterns', 'total_patterns'],
      ['Lineages', 'total_lineages'],
      ['Times written', 'total_occurrences'],
    ] as const) {
      const figure = page.locator('.figure', { hasText: name }).locator('.figure-value');
      expect(await figure.textContent(), name).toBe(`${data[key]}`);
    }
    await watched.close();
  });

  it('keep the token where no script finds it, send it to the API for nobody, and forget it', async () => {
    const { page, ...watched } = await opened(signedIn(tokens.shop));
    const [cookie] = await page.context().cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/' });
    expect((cookie?.expires ?? 0) * 1000 - Date.now()).toBeLessThan(9 * 3_600_000);
    const api = await page.request.get(`${service.url}${API}/stats`);
    expect(api.status()).toBe(401);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Token').waitFor();
    expect(await page.context().cookies()).toEqual([]);
    await watched.close();
  });

  it('take no wrong token, none that may not read, and no form of another site', async () => {
    const watched = await WatchedPage.openPlain(browser, service.url);
    const { page } = watched;
    for (const [token, why] of [
      ['ptk_000000000000_nonsense', 'not valid'],
      [tokens.writer, 'no scope'],
    ] as const) {
      await page.getByLabel('Token').fill(token);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('alert').filter({ hasText: why }).waitFor();
      expect(await page.context().cookies()).toEqual([]);
    }
    const foreign = await fetch(`${service.url}/sign-in`, {
      method: 'POST',
      headers: {
        origin: 'https://evil.example',
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams({ token: tokens.shop }),
    });
    expect(foreign.status).toBe(403);
    const elsewhere = await fetch(`${service.url}/sign-in`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ token: tokens.shop, to: '//evil.example/' }),
    });
    expect(elsewhere.headers.get('location')).toBe('/');
    await watched.close();
  });

  it('leave the documentation and the way to begin to everybody, and the API as it was', async () => {
    for (const path of ['/docs', '/start', '/openapi.json']) {
      expect((await fetch(`${service.url}${path}`)).status, path).toBe(200);
    }
    const program = await fetch(service.url, {
      headers: { accept: 'application/json', authorization: `Bearer ${tokens.shop}` },
    });
    expect(program.status).toBe(404);
    expect((await fetch(`${service.url}/health`)).headers.get('content-type')).toContain('json');
  });

  it('are whole at 360 px and from right to left, and break no rule of WCAG in both themes', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const look = { colorScheme, viewport: { width: 360, height: 740 }, bypassCSP: true };
      const first = await WatchedPage.openPlain(browser, service.url, look);
      expect(await violationsOf(first.page), 'sign in').toEqual([]);
      await first.close();
      const { page, ...watched } = await opened(signedIn(tokens.shop, look));
      for (const path of PAGES) {
        await page.goto(`${service.url}${path}`);
        for (const direction of ['ltr', 'rtl']) {
          await page.evaluate((way) => (document.documentElement.dir = way), direction);
          const width = await page.evaluate(() => document.documentElement.scrollWidth);
          expect(width, `${path} ${direction}`).toBeLessThanOrEqual(360);
        }
        expect(await violationsOf(page), path).toEqual([]);
      }
      await watched.close();
    }
  });
});

async function opened(watched: Promise<WatchedPage>) {
  const one = await watched;
  return { page: one.page, faults: one.faults, close: () => one.close() };
}
