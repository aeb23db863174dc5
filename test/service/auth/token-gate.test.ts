import { describe, expect, it } from 'vitest';
import { createToken, isToken, tokenId } from '../../../lib/service/auth/token.ts';
import { createdEvent, openFixture } from '../service-fixture.ts';

describe('a service without tokens', () => {
  it('is open on loopback until the first one is made', async () => {
    const { get, token, clock } = openFixture();
    expect((await get('stats')).status).toBe(200);
    await token();
    clock.now += 1_000;
    const refused = await get('stats');
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toBe('Bearer');
  });

  it('stays closed when its only token is revoked', async () => {
    const { get, token, store, clock } = openFixture();
    const { id } = await token();
    await store.tokens.revoke(id, clock.now);
    expect((await get('stats')).status).toBe(401);
  });

  it('is open to nobody off loopback', async () => {
    const { get } = openFixture({ isExposed: true });
    expect((await get('stats')).status).toBe(401);
  });
});

describe('a token', () => {
  it('opens what its scopes say', async () => {
    const { get, post, token } = openFixture();
    const [reader, writer, admin] = [
      await token({ scopes: ['read'] }),
      await token({ scopes: ['write'] }),
      await token({ scopes: ['admin'] }),
    ];
    const statuses = async ({ authorization }: { authorization: string }) => [
      (await get('stats', { authorization })).status,
      (await post('lineage/track', createdEvent('a'), { authorization })).status,
      (await post('feedback/record', { pattern_id: 'a' }, { authorization })).status,
      (await get('/metrics', { authorization })).status,
    ];
    expect(await statuses(writer)).toEqual([403, 200, 200, 403]);
    expect(await statuses(reader)).toEqual([200, 403, 403, 403]);
    expect(await statuses(admin)).toEqual([200, 200, 200, 200]);
  });

  it('shows its own tenant only', async () => {
    const { get, post, token } = openFixture();
    const [a, b] = [await token({ tenant: 'a' }), await token({ tenant: 'b' })];
    await post('lineage/track', createdEvent('secret'), a);
    expect((await get('lineage/secret', a)).status).toBe(200);
    expect((await get('lineage/secret', b)).status).toBe(404);
    expect((await get('stats', b)).body.data.total_patterns).toBe(0);
    // Not even the same event id tells that it is there.
    const answer = await post('lineage/track', createdEvent('secret'), b);
    expect(answer.body.data.status).toBeUndefined();
  });

  it('is refused within 5 s of its revocation', async () => {
    const { get, token, store, clock } = openFixture();
    const { authorization, id } = await token();
    expect((await get('stats', { authorization })).status).toBe(200);
    await store.tokens.revoke(id, clock.now);
    clock.now += 5_000;
    const refused = await get('stats', { authorization });
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toContain('invalid_token');
  });

  it('is refused from the moment it expires', async () => {
    const { get, token, clock } = openFixture();
    const { authorization } = await token({ expiresAt: clock.now + 1_000 });
    expect((await get('stats', { authorization })).status).toBe(200);
    clock.now += 1_000;
    expect((await get('stats', { authorization })).status).toBe(401);
  });

  it('notes its use once a minute', async () => {
    const { get, token, store, clock } = openFixture();
    const { authorization, id } = await token();
    const begun = clock.now;
    const lastUsed = async () => (await store.tokens.findAll([id]))[0]?.lastUsedAt;
    await get('stats', { authorization });
    await expect.poll(lastUsed).toBe(begun);
    clock.now += 59_999;
    await get('stats', { authorization });
    clock.now += 1;
    await get('stats', { authorization });
    await expect.poll(lastUsed).toBe(begun + 60_000);
  });

  it('is kept as a digest, and told from another of the same id', () => {
    const wanted = {
      name: 'n',
      tenant: 't',
      scopes: ['read'],
      createdAt: 0,
      expiresAt: null,
    } as const;
    const { text, stored } = createToken(wanted);
    expect(text).toMatch(/^ptk_[0-9a-f]{12}_[\w-]{43}$/);
    expect(tokenId(text)).toBe(stored.id);
    expect(JSON.stringify(stored)).not.toContain(text.slice(-43));
    expect(isToken(text, stored)).toBe(true);
    expect(isToken(`${text.slice(0, -1)}${text.endsWith('A') ? 'B' : 'A'}`, stored)).toBe(false);
  });

  it.each([
    '',
    'Bearer',
    'Bearer x',
    'Basic dXNlcjpw',
    'Bearer ptk_0_x',
    `Bearer ptk_${'0'.repeat(12)}_`,
  ])('is not %j', async (authorization) => {
    const { get, token } = openFixture();
    await token();
    expect((await get('stats', { authorization })).status).toBe(401);
  });
});
