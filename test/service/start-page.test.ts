import { describe, expect, it } from 'vitest';
import { openFixture } from './service-fixture.ts';

describe('the page at /', () => {
  it('says what this is, and links what the service has', async () => {
    const { get } = openFixture();
    const { status, headers, body } = await get('/', { accept: 'text/html,*/*;q=0.8' });
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(body).toContain('Claude pattern tracker 0.0.0-source');
    const links = [...(body as string).matchAll(/href="([^"]*)"/g)].map(([, to]) => `/${to}`);
    expect(links).toEqual(['/docs', '/openapi.json', '/health', '/metrics']);
    for (const link of links) expect((await get(link)).status).toBe(200);
  });

  it('runs no script, loads nothing, and names no other host', async () => {
    const { body, headers } = await openFixture().get('/');
    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[^ ]+'; frame-ancestors 'none'/,
    );
    expect(body).not.toMatch(/<script|<link|<img|\bsrc=|@import|url\(| style=| on\w+=/);
    const hosts = [...(body as string).matchAll(/https?:\/\/[^/\s"&<]+/g)].map(([host]) => host);
    expect(new Set(hosts)).toEqual(new Set(['http://localhost']));
  });

  it('needs no token, also where others can reach the service, and tells them nothing more', async () => {
    const { get, token } = openFixture({ isExposed: true });
    await token();
    expect((await get('/')).status).toBe(200);
  });

  it('is not there for a program that asks for JSON, nor for other methods', async () => {
    const { get, app } = openFixture();
    const { status, body } = await get('/', { accept: 'application/json' });
    expect([status, body]).toEqual([404, { detail: 'Not Found' }]);
    const posted = await app.request('/', { method: 'POST' });
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET']);
  });

  it('shows commands that work as they stand', async () => {
    const { get, app } = openFixture();
    const { body } = await get('/');
    const [sent = '', asked = ''] = [...(body as string).matchAll(/<pre>(curl[^<]*)<\/pre>/g)].map(
      ([, text = '']) => text.replaceAll('&quot;', '"').replaceAll('&amp;', '&'),
    );
    const [, to = '', type = '', event = ''] =
      /^curl -s (\S+) \\\n {2}-H 'Content-Type: (\S+)' \\\n {2}-d '([^']*)'$/.exec(sent) ?? [];
    const headers = { 'content-type': type };
    const reply = await app.request(to, { method: 'POST', headers, body: event });
    expect(await reply.json()).toMatchObject({ success: true });
    const answer = await app.request(/^curl -s (\S+)$/.exec(asked)?.[1] ?? '');
    expect(await answer.text()).toContain('export const limit = 10;');
  });
});
