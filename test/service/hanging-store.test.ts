import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ScrapeCredential } from '../../lib/service/auth/scrape-credential.ts';
import { openFixture, openThrowawayStore } from './service-fixture.ts';

const SECRET = 'made-up-secret-of-the-scraper';

/** A store that was well, and then answers nothing at all. */
async function hangingService() {
  const store = openThrowawayStore();
  const fixture = openFixture({ store, isExposed: true, scrape: scrapeCredential().credential });
  const admin = await fixture.token({ scopes: ['admin'] });
  expect((await fixture.get('/metrics', admin)).body).toContain('pattern_tracker_store_up 1');
  const never = () => new Promise<never>(() => {});
  Object.assign(store.tokens, { findAll: never, list: never, noteUse: never });
  Object.assign(store, { health: never });
  fixture.clock.now += 70_000; // more than a token or an answer of the store is believed
  return { ...fixture, admin };
}

function scrapeCredential(text = `${SECRET}\n`) {
  const folder = mkdtempSync(join(tmpdir(), 'scrape-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'token');
  writeFileSync(file, text);
  return { file, credential: new ScrapeCredential(file) };
}

describe('a service whose store hangs', () => {
  it('gives its metrics to who has the credential, and says that the store is down', async () => {
    const { get } = await hangingService();
    const { status, body } = await get('/metrics', { authorization: `Bearer ${SECRET}` });
    expect(status).toBe(200);
    expect(body).toContain('pattern_tracker_store_up 0');
  });

  it('gives its metrics to a token that it has seen before, and 503 to another one', async () => {
    const { get, admin } = await hangingService();
    expect((await get('/metrics', admin)).status).toBe(200);
    const stranger = { authorization: `Bearer ptk_000000000000_${'x'.repeat(43)}` };
    expect(await get('/metrics', stranger)).toMatchObject({ status: 503 });
  });

  it('answers health with 503, lives, and is not ready', async () => {
    const { get, admin } = await hangingService();
    expect(await get('/health', admin)).toMatchObject({ status: 503, body: { store: 'sqlite' } });
    expect(await get('health')).toMatchObject({ status: 503 });
    expect(await get('/health/live')).toMatchObject({ status: 200, body: { status: 'alive' } });
    expect(await get('/health/ready')).toMatchObject({
      status: 503,
      body: { status: 'store_unavailable' },
    });
  });
});

describe('a store that answers late, and is well', () => {
  it('is as well as it was', async () => {
    const store = openThrowawayStore();
    const { get, clock } = openFixture({ store });
    Object.assign(store, { health: () => new Promise<never>(() => {}) });
    clock.now += 5_000;
    expect(await get('/health/ready')).toMatchObject({ status: 200, body: { status: 'ready' } });
  });
});

describe('a service that stops', () => {
  it('is alive, and not ready', async () => {
    const { get, service } = openFixture();
    service.isStopping = true;
    expect((await get('/health/live')).status).toBe(200);
    expect(await get('/health/ready')).toMatchObject({ status: 503, body: { status: 'stopping' } });
  });
});

describe('the credential for metrics', () => {
  it('opens nothing else, and is no other text', async () => {
    const { credential } = scrapeCredential();
    const { get } = openFixture({ isExposed: true, scrape: credential });
    const right = { authorization: `Bearer ${SECRET}` };
    expect((await get('/metrics', right)).status).toBe(200);
    expect((await get('stats', right)).status).toBe(401);
    expect((await get('/metrics', { authorization: `Bearer ${SECRET}x` })).status).toBe(401);
    expect((await get('/metrics')).status).toBe(401);
  });

  it('is read again, and stays as it was when it can not be', () => {
    const { file, credential } = scrapeCredential();
    writeFileSync(file, '');
    expect(() => credential.reload()).toThrow(expect.objectContaining({ code: 'E_METRICS_TOKEN' }));
    expect(credential.matches(`Bearer ${SECRET}`)).toBe(true);
    writeFileSync(file, 'another-secret-of-the-scraper');
    credential.reload();
    expect(credential.matches(`Bearer ${SECRET}`)).toBe(false);
    expect(credential.matches('Bearer another-secret-of-the-scraper')).toBe(true);
  });

  it.each(['', 'short', 'two words of a long text'])('is not %j', (text) => {
    expect(() => scrapeCredential(text)).toThrow(
      expect.objectContaining({ code: 'E_METRICS_TOKEN' }),
    );
  });

  it('is not a file that is not there', () => {
    expect(() => new ScrapeCredential('/nowhere/token')).toThrow(
      expect.objectContaining({ code: 'E_METRICS_TOKEN' }),
    );
  });
});
