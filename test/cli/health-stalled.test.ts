import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { deliveryOf, queue } from './delivery-sample.ts';
import { HOUR, MINUTE, NOW, Sample } from './sample-database.ts';
import { run } from './test-environment.ts';

let sample: Sample;
beforeEach(() => {
  sample = new Sample();
  mkdirSync(dirname(sample.paths.configFile), { recursive: true });
  const settings = join(sample.folder, '.claude', 'settings.json');
  writeFileSync(settings, '{"enabledPlugins":{"claude-pattern-tracker@x":true}}');
  writeFileSync(sample.paths.configFile, "api: { base_url: 'http://127.0.0.1:9' }\n");
  queue(sample, 2); // 59 and 58 minutes ago
});
afterEach(() => sample.remove());

async function health(now: number): Promise<[number, readonly string[]]> {
  const { exitCode, out } = await run(sample, 'health --json', { now: () => now });
  return [exitCode, (JSON.parse(out) as { reasons: string[] }).reasons];
}

it('is degraded where events wait and none has gone through for a quarter of an hour', async () => {
  expect(await health(NOW - HOUR + 15 * MINUTE)).toEqual([0, []]);
  expect(await health(NOW - HOUR + 16 * MINUTE)).toEqual([
    1,
    ['Nothing was delivered for 15 min, and 2 events wait: run `pattern-tracker flush`.'],
  ]);
});

it('is healthy while a long outbox is being worked off', async () => {
  deliveryOf(sample).state.noteDelivered(NOW - MINUTE);
  expect(await health(NOW)).toEqual([0, []]);
});

it('says only once that the database can not be read', async () => {
  sample.close();
  writeFileSync(sample.paths.database, 'no database at all'.repeat(100));
  const [exitCode, reasons] = await health(NOW);
  expect(exitCode).toBe(2);
  expect(reasons).toHaveLength(1);
});
