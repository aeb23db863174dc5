import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createToken } from '../../../lib/service/auth/token.ts';
import { openSqliteStore } from '../../../lib/service/store/sqlite/store.ts';
import { violationsOf } from '../../support/dashboard/accessibility.ts';
import { hasBrowser, startBrowser, WatchedPage } from '../../support/dashboard/browser.ts';
import { OidcProvider } from '../../support/oidc-provider.ts';
import { ServiceProcess } from '../../support/service-process.ts';

describe.skipIf(!hasBrowser)('people with an account at a provider', () => {
  const folder = mkdtempSync(join(tmpdir(), 'provider-'));
  const database = join(folder, 'service.db');
  let provider: OidcProvider;
  let service: ServiceProcess;
  let browser: Browser;

  beforeAll(async () => {
    provider = await new OidcProvider().start();
    const store = openSqliteStore(database);
    const { stored } = createToken({
      name: 'machine',
      tenant: 'shop',
      scopes: ['write'],
      createdAt: Date.now(),
      expiresAt: null,
    });
    await store.tokens.add(stored);
    await store.close();
    const port = await freePort();
    const [file, secret] = [join(folder, 'sign-in.yaml'), join(folder, 'secret')];
    writeFileSync(secret, `${provider.clientSecret}\n`);
    writeFileSync(
      file,
      `issuer: ${provider.url}
client_id: ${provider.clientId}
client_secret_file: ${secret}
public_url: http://127.0.0.1:${port}
tenants:
  - { tenant: shop, claim: groups, value: shop }
`,
    );
    service = await new ServiceProcess(database, { port, options: ['--sign-in', file] }).start();
    browser = await startBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await service?.remove();
    await provider?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Asks for a page, and goes on as Ada at the provider, which is another site. */
  async function asked(path: string): Promise<WatchedPage> {
    const watched = await WatchedPage.openPlain(browser, `${service.url}${path}`);
    expect(await violationsOf(watched.page)).toEqual([]);
    await watched.page
      .getByRole('link', { name: `Sign in at ${new URL(provider.url).host}` })
      .click();
    await watched.page.getByRole('link', { name: 'Go on as Ada' }).click();
    return watched;
  }

  it('come back signed in, to what they had asked for', async () => {
    const watched = await asked('/insight?days=7');
    const { page } = watched;
    await page.waitForURL(`${service.url}/insight?days=7`);
    expect(await page.locator('.team-who').textContent()).toContain('ada@example.org at 127.0.0.1');
    const cookies = await page.context().cookies();
    expect(cookies.find(({ name }) => name === 'tracker-token')).toMatchObject({
      httpOnly: true,
      sameSite: 'Strict',
    });
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Who are you?' }).waitFor();
    await watched.close();

    const store = openSqliteStore(database);
    const tokens = await store.tokens.list();
    await store.close();
    expect(tokens.at(-1)).toMatchObject({ tenant: 'shop', scopes: ['read'] });
    expect((tokens.at(-1)?.expiresAt ?? 0) - Date.now()).toBeLessThanOrEqual(8 * 3_600_000);
  });

  it('are refused where no tenant is theirs, and asked again', async () => {
    provider.claims = { sub: 'u-9', email: 'eve@example.org', groups: ['bank'] };
    const watched = await asked('/');
    const { page } = watched;
    await page.getByText('eve@example.org may not see any tenant').waitFor();
    expect(await page.context().cookies()).not.toContainEqual(
      expect.objectContaining({ name: 'tracker-token' }),
    );
    await watched.close();
  });

  it('are led to no other site by a cookie that somebody else has set', async () => {
    const watched = await WatchedPage.openPlain(browser, service.url);
    const { page } = watched;
    provider.claims = { sub: 'u-1', email: 'ada@example.org', groups: ['shop'] };
    const back = page.getByRole('link', { name: 'Go on as Ada' });
    await page.getByRole('link', { name: /^Sign in at/ }).click();
    await back.waitFor();
    const context = page.context();
    const cookie = (await context.cookies(service.url)).find(
      ({ name }) => name === 'tracker-sign-in',
    );
    const parts = JSON.parse(Buffer.from(cookie?.value ?? '', 'base64url').toString()) as string[];
    const value = Buffer.from(JSON.stringify(parts.with(3, 'https://elsewhere.example/'))).toString(
      'base64url',
    );
    await context.addCookies([{ name: 'tracker-sign-in', value, url: service.url }]);
    await back.click();
    await page.waitForURL(`${service.url}/`);
    expect(await page.locator('.team-who').textContent()).toContain('ada@example.org');
    await watched.close();
  });

  it('are led to no other site by what they ask for, and keep nothing of a sign-in that they did not begin', async () => {
    const elsewhere = await fetch(`${service.url}/sign-in/ask?to=//elsewhere.example/`, {
      redirect: 'manual',
    });
    const cookie = elsewhere.headers.get('set-cookie')?.split(/[=;]/)[1] ?? '';
    expect(Buffer.from(cookie, 'base64url').toString()).toMatch(/,"\/"\]$/);
    const back = await fetch(`${service.url}/sign-in/back?code=x&state=y`);
    expect([back.status, back.headers.get('set-cookie')]).toEqual([400, null]);
    expect(await back.text()).toContain('did not begin to sign in');
  });
});

async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return String(port);
}
