import { describe, expect, it, vi } from 'vitest';
import { addressCaller, RateLimiter } from '../../../lib/service/http/rate-limiter.ts';
import { openFixture, openThrowawayStore } from '../service-fixture.ts';

describe('the rate limiter', () => {
  it('refuses the request after the last until the window is over', () => {
    const clock = { now: 1_000_000 };
    const limiter = new RateLimiter({ requests: 2, clock: () => clock.now });
    expect(limiter.count('a')).toMatchObject({ used: 1, isExceeded: false, resetSeconds: 60 });
    clock.now += 59_000;
    expect(limiter.count('a')).toMatchObject({ used: 2, isExceeded: false, resetSeconds: 1 });
    expect(limiter.count('a')).toMatchObject({ used: 2, isExceeded: true });
    expect(limiter.count('b')).toMatchObject({ used: 1, isExceeded: false });
    clock.now += 1_000;
    expect(limiter.count('a')).toMatchObject({ used: 1, isExceeded: false });
  });

  it('does not lock anyone out when the clock is set back', () => {
    const clock = { now: 10_000_000 };
    const limiter = new RateLimiter({ requests: 1, clock: () => clock.now });
    limiter.count('a');
    clock.now = 0;
    expect(limiter.count('a').isExceeded).toBe(false);
  });

  it('counts nothing where there is no limit', () => {
    const limiter = new RateLimiter({ requests: 0, clock: () => 0 });
    for (let n = 0; n < 10_000; n += 1) limiter.count('a');
    expect(limiter.count('a')).toMatchObject({ limit: 0, used: 0, isExceeded: false });
  });

  it.each([
    ['127.0.0.1', 'address:127.0.0.1'],
    ['::ffff:10.1.2.3', 'address:10.1.2.3'],
    ['2001:db8:1:2:3:4:5:6', 'address:2001:db8:1:2::/64'],
    ['2001:db8::1', 'address:2001:db8:0:0::/64'],
    [undefined, 'address:unknown'],
  ])('takes %s for %s', (address, caller) => {
    expect(addressCaller(address)).toBe(caller);
  });
});

describe('a service with a rate limit', () => {
  it('answers 429 with the seconds to wait, and tells how many requests are left', async () => {
    const { get, clock } = openFixture({ rateLimit: 2 });
    const first = await get('stats');
    expect(first.status).toBe(200);
    expect(first.headers.get('ratelimit-remaining')).toBe('1');
    clock.now += 15_000;
    await get('stats');
    const refused = await get('stats');
    expect(refused).toMatchObject({ status: 429, body: { detail: 'Rate limit exceeded' } });
    expect(refused.headers.get('retry-after')).toBe('45');
    expect((await get('health')).status).toBe(200); // never limited
    clock.now += 45_000;
    expect((await get('stats')).status).toBe(200);
  });

  it('limits each token by itself', async () => {
    const { get, token } = openFixture({ rateLimit: 1 });
    const [a, b] = [await token(), await token()];
    const statuses = [];
    for (const { authorization } of [a, a, b])
      statuses.push((await get('stats', { authorization })).status);
    expect(statuses).toEqual([200, 429, 200]);
  });

  it('counts who reads the documentation, and not who asks after its health', async () => {
    const { get } = openFixture({ rateLimit: 2 });
    const statuses = [];
    for (const path of ['/docs', '/openapi.json', '/docs', '/health', 'health'])
      statuses.push((await get(path)).status);
    expect(statuses).toEqual([200, 200, 429, 200, 200]);
  });

  it('limits guesses at tokens by address, and leaves known tokens alone', async () => {
    const { get, token } = openFixture({ rateLimit: 2 });
    const { authorization } = await token();
    expect((await get('stats', { authorization })).status).toBe(200);
    const guess = { authorization: `Bearer ptk_000000000000_${'x'.repeat(43)}` };
    const statuses = [];
    for (let n = 0; n < 4; n += 1) statuses.push((await get('stats', guess)).status);
    expect(statuses).toEqual([401, 401, 429, 429]);
    expect((await get('stats', { authorization })).status).toBe(200);
  });

  it('lets in a token that is new to it although somebody guesses from the same address', async () => {
    const { get, token } = openFixture({ rateLimit: 2 });
    await token();
    const guess = { authorization: `Bearer ptk_000000000000_${'x'.repeat(43)}` };
    for (let n = 0; n < 30; n += 1) await get('stats', guess);
    const { authorization } = await token();
    expect((await get('stats', { authorization })).status).toBe(200);
  });

  it('looks up all tokens that come at a time together, so that guesses cost the store little', async () => {
    const store = openThrowawayStore();
    const { get, token } = openFixture({ store, rateLimit: 2 });
    const { authorization } = await token();
    const findAll = vi.spyOn(store.tokens, 'findAll');
    const guesses = Array.from({ length: 50 }, (_, n) =>
      get('stats', {
        authorization: `Bearer ptk_${String(n).padStart(12, '0')}_${'x'.repeat(43)}`,
      }),
    );
    expect((await get('stats', { authorization })).status).toBe(200);
    await Promise.all(guesses);
    expect(findAll.mock.calls.length).toBeLessThan(10);
  });

  it('limits a tenant as a whole where that is asked for', async () => {
    const { get, token } = openFixture({ rateLimit: 10, tenantRateLimit: 2 });
    const [a, b, other] = [await token(), await token(), await token({ tenant: 'other' })];
    const answers = [];
    for (const { authorization } of [a, b, a, other])
      answers.push(await get('stats', { authorization }));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429, 200]);
    expect(answers[0]?.headers.get('ratelimit-remaining')).toBe('1');
    expect(answers[2]?.headers.get('retry-after')).toBe('60');
  });
});
