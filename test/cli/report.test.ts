import { afterEach, beforeEach, expect, it } from 'vitest';
import { CONFIG_DEFAULTS } from '../../lib/config/config.ts';
import { breakerPolicy } from '../../lib/delivery/delivery-policy.ts';
import { BreakerStore } from '../../lib/delivery/store/breaker-store.ts';
import { CacheStore } from '../../lib/delivery/store/cache-store.ts';
import { Metrics } from '../../lib/delivery/store/metrics.ts';
import { DAY, HOUR, NOW, Sample } from './sample-database.ts';
import { run } from './test-environment.ts';

let sample: Sample;
beforeEach(() => (sample = new Sample()));
afterEach(() => sample.remove());

const HOSTILE = '</td><script>alert(1)</script>"\'&<img src=x onerror=alert(2)>';

async function report(argv: string): Promise<string> {
  const { out, err, exitCode } = await run(sample, `report ${argv}`);
  expect([exitCode, err]).toEqual([0, '']);
  return out;
}

/** A day's work and a day's delivery at a time. */
function work(
  at: number,
  { calls, requests, failures }: { calls: number; requests: number; failures: number },
): void {
  for (let n = 0; n < calls; n += 1) {
    sample.toolCall('s', `toolu_${at}_${n}`, {
      at,
      outcome: n === 0 ? 'failed' : 'ok',
      error: n === 0 ? 'Exit code 2' : null,
    });
    sample.event(`${at}${n}`.padStart(32, '0'), 's', 'PostToolUse', { received_at: at });
  }
  const metrics = new Metrics<'requests' | 'request_failures' | 'delivered'>(
    sample.database,
    'http',
    () => at,
  );
  for (let n = 0; n < requests; n += 1) {
    metrics.add('requests');
    metrics.observeLatency(n < 18 ? 40 : 900);
    metrics.add('delivered', 3);
  }
  metrics.add('request_failures', failures);
}

it('tells a day beside the one before, of what Claude did and of delivery', async () => {
  sample.session('s', { project_id: sample.project('/w/app', 'app') });
  work(NOW, { calls: 4, requests: 20, failures: 1 });
  work(NOW - DAY, { calls: 2, requests: 10, failures: 5 });
  const breaker = new BreakerStore(sample.database, 'http', {
    policy: breakerPolicy(CONFIG_DEFAULTS),
    clock: () => NOW - HOUR,
    newId: () => 'id',
  });
  breaker.trip('a drill');
  const cache = new CacheStore(sample.database, { size: 10, ttl: 3_600, clock: () => NOW });
  cache.set('key', '1');
  cache.get('key');
  cache.get('other');
  await run(sample, 'metrics reset'); // takes nothing away from a report

  const told = JSON.parse(await report('--format json')) as Record<string, unknown>;
  expect(told).toMatchObject({
    length: 'daily',
    current: {
      statistics: { calls: 4, success_rate: 0.75, failures: [{ cause: 'exit code 2', calls: 1 }] },
      delivery: {
        captured: 4,
        delivered: 60,
        requests: 20,
        success_rate: 0.95,
        average_ms: (18 * 40 + 2 * 900) / 20,
        p95_ms: 1_000,
        p99_ms: 1_000,
        trips: 1,
        cache_hit_rate: 0.5,
      },
    },
    previous: {
      statistics: { calls: 2 },
      delivery: { delivered: 30, success_rate: 0.5, p95_ms: 50, trips: 0 },
    },
    days: [
      { day: '2026-11-23', calls: 2 },
      { day: '2026-11-24', calls: 4, delivery: { trips: 1 } },
    ],
    waiting: 0,
  });
  expect(JSON.parse(await report('--json --day yesterday'))).toMatchObject({
    current: { statistics: { calls: 2 } },
    previous: { statistics: { calls: 0 } },
  });
  expect(JSON.parse(await report('--weekly --json'))).toMatchObject({
    current: { statistics: { calls: 6 } },
    previous: { statistics: { calls: 0 } },
  });
  expect(await report('')).toMatch(/Circuit breaker trips +1 +0\n/);
});

it('has no numbers about delivery where nothing is delivered', async () => {
  const local = new Sample();
  local.session('s');
  local.toolCall('s', 'toolu_1');
  for (const format of ['table', 'md', 'html']) {
    const { out } = await run(local, `report --format ${format}`);
    expect(out).toMatch(/Calls/);
    expect(out).not.toMatch(/delivered|responses|trips/i);
  }
  local.remove();
});

it('writes one HTML file that loads and runs nothing, whatever was recorded', async () => {
  sample.session('s', { project_id: sample.project('/w/app', 'app') });
  sample.toolCall('s', 'toolu_1', { outcome: 'failed', error: HOSTILE });
  sample.occurrence('p', '1'.repeat(32), {
    session_id: 's',
    file_path: `/w/${HOSTILE}`,
    lines_written: 3,
  });
  const page = await report('--format html');
  expect(page).toContain('<svg');
  expect(page).toContain('&lt;script&gt;');
  expect(page.match(/<(?:script|img|link|iframe)\b/gi)).toBeNull();
  expect(page.match(/<[^>]*\s(?:src|href|on\w+)=/gi)).toBeNull();
  const { out } = await run(sample, 'report --format html --project app');
  expect(out).toContain('Daily report of app');
  const here = await run(sample, 'report --project .', { cwd: '/w/app/src' });
  expect(here.out).toContain('Daily report of app\n');
});

it('writes Markdown in which nothing that was recorded is markup', async () => {
  sample.session('s');
  sample.toolCall('s', 'toolu_1', {
    outcome: 'failed',
    error: `a | b\` **c** [d](http://e) @everyone ${HOSTILE}`,
  });
  const page = await report('--format md');
  const row = page.split('\n').find((line) => line.includes('everyone')) ?? '';
  expect(row).toMatch(/^\| .*\\\|/);
  expect(row.replaceAll(/\\./g, '')).not.toMatch(/[<>`*[\]]|@everyone|:\/\//);
});

it('refuses two lengths, and has an empty report where nothing is recorded', async () => {
  expect((await run(sample, 'report --daily --weekly')).exitCode).toBe(2);
  const empty = new Sample();
  expect(await run(empty, 'report --monthly --json')).toMatchObject({ exitCode: 0 });
  empty.remove();
});
