import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { OidcSignIn, SignInFault } from '../../../../lib/service/auth/oidc/oidc-sign-in.ts';
import { OidcProvider } from '../../../support/oidc-provider.ts';

const PUBLIC_URL = 'https://patterns.example.org:8443';

let provider: OidcProvider;
beforeEach(async () => {
  provider = await new OidcProvider().start();
});

function signIn(): OidcSignIn {
  onTestFinished(() => provider.stop());
  return new OidcSignIn({
    issuer: provider.url,
    client_id: provider.clientId,
    clientSecret: provider.clientSecret,
    public_url: PUBLIC_URL,
    scopes: ['openid'],
    tenants: [
      { tenant: 'shop', claim: 'groups', value: 'shop' },
      { tenant: 'bank', claim: 'department', value: 'bank' },
      { tenant: 'club', claim: 'email', value: 'eve@example.org' },
    ],
  });
}

/** Follows the provider's page back; the parameters and the cookie that the browser comes with. */
async function answered(oidc: OidcSignIn, to = '/patterns/a.b?x=1') {
  const { location, cookie } = await oidc.begin(to);
  const page = await (await fetch(location)).text();
  const back = /href="([^"]+)"/.exec(page)?.[1]?.replaceAll('&amp;', '&') ?? '';
  return { query: new URL(back).searchParams, cookies: `a=b; ${cookie.split(';')[0] ?? ''}`, back };
}

describe('a sign-in at a provider', () => {
  it('tells who it is, their tenant, and what they had asked for', async () => {
    const oidc = signIn();
    const { query, cookies, back } = await answered(oidc);
    expect(back).toContain(`${PUBLIC_URL}/sign-in/back?`);
    expect(await oidc.finish(query, cookies)).toEqual({
      name: 'ada@example.org',
      tenant: 'shop',
      to: '/patterns/a.b?x=1',
    });
  });

  it('keeps what it asked in a cookie that no script and no page of others reads', async () => {
    const { cookie } = await signIn().begin('/');
    expect(cookie).toMatch(
      /^__Host-tracker-sign-in=[\w-]+; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax; Secure$/,
    );
  });

  it('takes the first tenant that fits, also by a claim that is no list', async () => {
    const oidc = signIn();
    provider.claims = { sub: 'u-2', department: 'bank' };
    const { query, cookies } = await answered(oidc);
    expect(await oidc.finish(query, cookies)).toMatchObject({ name: 'u-2', tenant: 'bank' });
  });

  it('is refused to who has no tenant', async () => {
    const oidc = signIn();
    provider.claims = { sub: 'u-3', email: 'eve@example.com', groups: 'workshop' };
    const { query, cookies } = await answered(oidc);
    await expect(oidc.finish(query, cookies)).rejects.toMatchObject({
      status: 403,
      body: { detail: 'eve@example.com may not see any tenant: an administrator decides that' },
    });
  });

  it('goes by an address of mail only if the provider does not say that it is unproven', async () => {
    const oidc = signIn();
    provider.claims = { sub: 'u-4', email: 'eve@example.org', email_verified: true };
    const proven = await answered(oidc);
    expect(await oidc.finish(proven.query, proven.cookies)).toMatchObject({ tenant: 'club' });
    provider.claims = { ...provider.claims, email_verified: false };
    const unproven = await answered(oidc);
    await expect(oidc.finish(unproven.query, unproven.cookies)).rejects.toMatchObject({
      status: 403,
    });
  });

  it.each(['nonce', 'key', 'issuer', 'audience', 'expired', 'state'] as const)(
    'is refused where the provider’s answer has another %s',
    async (fault) => {
      const oidc = signIn();
      provider.fault = fault;
      const { query, cookies } = await answered(oidc);
      await expect(oidc.finish(query, cookies)).rejects.toMatchObject({ status: 502 });
    },
  );

  it('says what the provider says when that refuses', async () => {
    const oidc = signIn();
    provider.fault = 'denies';
    const { query, cookies } = await answered(oidc);
    await expect(oidc.finish(query, cookies)).rejects.toMatchObject({
      status: 403,
      body: { detail: expect.stringContaining('says: Ada did not want to') as string },
    });
  });

  it('ends once: the same answer is not taken again', async () => {
    const oidc = signIn();
    const { query, cookies } = await answered(oidc);
    await oidc.finish(query, cookies);
    await expect(oidc.finish(query, cookies)).rejects.toThrow(SignInFault);
  });

  it.each([undefined, 'tracker-sign-in=!', 'tracker-sign-in=bnVsbA', 'tracker-sign-in=WzFd', ''])(
    'is begun again where the browser knows nothing of it: %s',
    async (cookies) => {
      const oidc = signIn();
      const { query } = await answered(oidc);
      await expect(oidc.finish(query, cookies)).rejects.toMatchObject({ status: 400 });
    },
  );

  it('is refused to the browser of somebody else', async () => {
    const oidc = signIn();
    const [mine, other] = [await answered(oidc), await answered(oidc)];
    await expect(oidc.finish(mine.query, other.cookies)).rejects.toMatchObject({ status: 502 });
  });

  it('says that the provider does not answer', async () => {
    await provider.stop();
    const gone = new OidcSignIn({
      issuer: 'http://127.0.0.1:9',
      client_id: 'x',
      clientSecret: undefined,
      public_url: 'http://127.0.0.1:1',
      scopes: ['openid'],
      tenants: [{ tenant: 'default' }],
    });
    await expect(gone.begin('/')).rejects.toMatchObject({
      status: 502,
      body: { detail: '127.0.0.1:9 could not be asked who you are; try again' },
    });
  });
});
