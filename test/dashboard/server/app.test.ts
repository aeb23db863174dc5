import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { trackerPaths } from '../../../lib/base/paths.ts';
import { ChangeWatch } from '../../../lib/dashboard/live/change-watch.ts';
import { actionDesk } from '../../../lib/dashboard/server/actions.ts';
import { createDashboardApp } from '../../../lib/dashboard/server/app.ts';
import { Assets } from '../../../lib/dashboard/server/assets.ts';
import { Sources } from '../../../lib/dashboard/server/sources.ts';
import { PLAIN_PAGES } from '../../support/dashboard/plain-pages.ts';
import { testInstallation } from '../../support/dashboard/test-installation.ts';

/** What a command of the built program answers is tried in the browser. */
const READ_HERE = PLAIN_PAGES.filter(({ name }) => name !== 'privacy' && name !== 'system-health');

/** Marks, a soft hyphen, a separator, an annotation, a tag. */
const HIDING = 'a\u061c\u00ad\u180e\u2063\ufff9\u{e0041}\u202eb';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dashboard-'));
  writeFileSync(
    join(folder, 'manifest.json'),
    JSON.stringify({
      script: 'a.js',
      settings: 'b.js',
      style: 'c.css',
      pages: {},
      files: ['a.js', 'b.js'],
    }),
  );
  writeFileSync(join(folder, 'b.js'), 'void 0;');
  writeFileSync(join(folder, 'a.js'), 'void 0;');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the app of the dashboard', () => {
  it.each(READ_HERE.map(({ path }) => path))(
    'answers %s on a machine where nothing was ever recorded',
    async (path) => {
      const answer = await ask(path);
      expect(answer.status).toBe(200);
      expect(await answer.text()).toMatch(/^<!doctype html><html lang="en">.*<main/s);
      expect((await ask(`${path}?format=json`)).headers.get('content-type')).toBe(
        'application/json',
      );
    },
  );

  it('forbids scripts, styles and requests that are not its own', async () => {
    const { headers } = await ask('/');
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  it.each([
    ['a foreign Host', { host: 'evil.example' }],
    ['a foreign Origin', { origin: 'https://evil.example' }],
    ['a page of another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }],
  ])('refuses %s, on pages and on the stream', async (_, headers) => {
    for (const path of ['/', '/events', '/assets/a.js', '/?format=json']) {
      expect((await ask(path, { headers })).status).toBe(403);
    }
  });

  it('serves no file that the build did not write', async () => {
    expect((await ask('/assets/a.js')).headers.get('cache-control')).toContain('immutable');
    for (const name of ['manifest.json', '..%2f..%2fetc%2fpasswd', 'd.js']) {
      expect((await ask(`/assets/${name}`)).status).toBe(404);
    }
  });

  it('does nothing without --actions, nor without the token of its pages', async () => {
    const done: string[] = [];
    const flush = async () => {
      done.push('flush');
      return { ok: true, text: 'done' };
    };
    const post = { method: 'POST', body: '{}' };
    expect((await ask('/actions/flush', post)).status).toBe(403);
    const desk = actionDesk({ flush });
    expect((await ask('/actions/flush', post, desk)).status).toBe(403);
    const wrong = { ...post, headers: { 'x-action-token': `${desk.token}x` } };
    expect((await ask('/actions/flush', wrong, desk)).status).toBe(403);
    const right = { ...post, headers: { 'x-action-token': desk.token } };
    expect((await ask('/actions/toString', right, desk)).status).toBe(404);
    expect(done).toEqual([]);
    expect(await (await ask('/actions/flush', right, desk)).json()).toEqual({
      ok: true,
      text: 'done',
    });
    expect(done).toEqual(['flush']);
  });

  it('says that a database cannot be read in place of its content', async () => {
    const { database, data } = trackerPaths(folder);
    (await import('node:fs')).mkdirSync(data);
    writeFileSync(database, 'no database'.repeat(1_000));
    const answer = await ask('/sessions');
    expect(answer.status).toBe(500);
    expect(await answer.text()).toContain('E_DATABASE_CORRUPT');
  });

  it('sends a browser the frame first, and what it shows once that can be painted', async () => {
    await using app = new AppUnderTest();
    const answer = await app.ask('/sessions', AS_BROWSER);
    expect(answer.status).toBe(200);
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
    const frame = await textOf(reader.read());
    expect(frame).toContain('What was done?');
    expect(frame).not.toContain('No session');
    const settings = await app.ask('/assets/b.js');
    expect(settings.headers.get('cache-control')).toBe('no-store'); // or a browser would not ask
    const rest = await textOf(reader.read());
    expect(rest).toContain('No session');
    expect(rest).toMatch(/<script id="state".*<\/html>$/s);
    const whole = await (await app.ask('/sessions')).text();
    expect(withoutTimes(frame + rest)).toBe(withoutTimes(whole));
  });

  it.each(['/sessions/nobody', '/patterns/none', '/file?path=/nowhere'])(
    'answers a browser at %s that nothing is there, before it sends anything',
    async (path) => {
      await using app = new AppUnderTest();
      expect((await app.ask(path, AS_BROWSER)).status).toBe(404);
    },
  );

  it('lets nothing in its JSON hide or turn round what stands beside it', async () => {
    const answer = await ask(`/search?q=${encodeURIComponent(HIDING)}&format=json`);
    const text = await answer.text();
    expect(text).toMatch(/^[ -~]*$/);
    expect(JSON.parse(text)).toMatchObject({ text: HIDING });
  });

  it('answers an address that is no page with a page that says so', async () => {
    const answer = await ask('/nowhere');
    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain('Nothing is at this address');
  });
});

const AS_BROWSER = { headers: { 'sec-fetch-dest': 'document' } };

class AppUnderTest {
  readonly #watch: ChangeWatch;
  readonly #app: ReturnType<typeof createDashboardApp>;

  constructor(actions?: ReturnType<typeof actionDesk>) {
    const sources = new Sources(testInstallation(trackerPaths(folder)));
    const assets = new Assets(folder);
    this.#watch = new ChangeWatch(sources);
    this.#app = createDashboardApp({ sources, watch: this.#watch, actions, assets });
  }

  async ask(path: string, init: RequestInit = {}): Promise<Response> {
    return await this.#app.request(`http://localhost${path}`, init);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#watch.close();
  }
}

async function ask(
  path: string,
  init: RequestInit = {},
  actions?: ReturnType<typeof actionDesk>,
): Promise<Response> {
  await using app = new AppUnderTest(actions);
  return await app.ask(path, init);
}

async function textOf(read: Promise<{ readonly value?: Uint8Array | undefined }>): Promise<string> {
  return new TextDecoder().decode((await read).value);
}

/** Two answers are given at two times. */
function withoutTimes(html: string): string {
  return html.replaceAll(/"at":\d+/g, '"at":0');
}
