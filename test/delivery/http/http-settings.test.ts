import { expect, it } from 'vitest';
import { configSchema } from '../../../lib/config/config.ts';
import { httpSettings } from '../../../lib/delivery/http/http-settings.ts';

it('gives the timeout in whole milliseconds, as timers want it', () => {
  const timeoutMs = (timeout: number) =>
    httpSettings(configSchema.parse({ pattern_tracking: { timeout } }), undefined).timeoutMs;
  expect(timeoutMs(2.4000000000000004)).toBe(2_401);
  expect(() => AbortSignal.timeout(timeoutMs(0.7) + timeoutMs(1.1))).not.toThrow();
  expect(timeoutMs(30)).toBe(30_000);
});
