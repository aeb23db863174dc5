import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MACHINE_RULES } from '../../lib/alerts/machine-rules.ts';
import { SERVICE_RULES } from '../../lib/alerts/service-rules.ts';
import { gatherAlertFacts } from '../../lib/alerts/alert-facts.ts';
import { serviceFacts } from '../../lib/alerts/service-facts.ts';
import { CacheStore } from '../../lib/delivery/store/cache-store.ts';
import { hintText } from '../../lib/capture/courier-hint.ts';
import { HOUR, MINUTE, SECOND, WatchedHome } from './watched-home.ts';

let home: WatchedHome;
beforeEach(() => {
  home = new WatchedHome();
});
afterEach(() => home.remove());

/** What a rule finds now; `marks` as they were kept. */
function judged(rule: string, dropsSeen = 0) {
  const marks = { drops: { seen: dropsSeen, before: dropsSeen, at: null } };
  const facts = gatherAlertFacts(home.sources, marks);
  const found = [...MACHINE_RULES, ...SERVICE_RULES].find(({ id }) => id === rule);
  return found?.judge?.(facts);
}

it('find nothing where all is well, whatever the hour', () => {
  for (const hours of [0, 12, 72]) {
    home.now += hours * HOUR;
    for (const { id } of MACHINE_RULES) expect(judged(id), id).toBeUndefined();
  }
});

describe('api_down', () => {
  it('needs an event that waits, and a server that failed last', () => {
    home.queue(3);
    expect(judged('api_down')).toBeUndefined(); // never asked yet
    home.request(false);
    expect(judged('api_down')).toBe('3 events wait for the server: it refuses connections');
    home.request(true);
    home.queue();
    expect(judged('api_down')).toBeUndefined();
  });

  it('says nothing of a server that is not configured', () => {
    home.queue();
    home.request(false);
    home.configure('');
    expect(judged('api_down')).toBeUndefined();
  });
});

describe('api_degraded', () => {
  it('needs several requests over 5 s, and a share of all', () => {
    home.request(true, 6_000);
    home.request(true, 7_000);
    expect(judged('api_degraded')).toBeUndefined();
    home.request(true, 5_900);
    expect(judged('api_degraded')).toBe('3 of 3 requests of the last minutes took more than 5 s');
    for (let index = 0; index < 30; index += 1) home.request(true, 20);
    expect(judged('api_degraded')).toBeUndefined();
  });

  it('forgets them', () => {
    for (let index = 0; index < 5; index += 1) home.request(true, 6_000);
    home.now += HOUR;
    expect(judged('api_degraded')).toBeUndefined();
  });
});

it('breaker_trips counts those of the last hour', () => {
  for (let index = 0; index < 3; index += 1) {
    expect(judged('breaker_trips')).toBeUndefined();
    home.delivery.breaker.trip('drill');
    home.delivery.breaker.reset();
    home.now += MINUTE;
  }
  expect(judged('breaker_trips')).toBe('that of the server opened 3 times in an hour');
  home.now += HOUR;
  expect(judged('breaker_trips')).toBeUndefined();
});

it('breaker_trips counts an outage once, however often its probes fail', () => {
  home.queue();
  for (let minute = 0; minute < 30; minute += 1) {
    home.request(false);
    home.now += MINUTE;
  }
  expect(
    home.delivery.breaker.history(100).filter(({ to }) => to === 'open').length,
  ).toBeGreaterThan(3);
  expect(judged('breaker_trips')).toBeUndefined();
});

describe('backlog_age', () => {
  it('is about what waits for the server although it is sent nothing', () => {
    home.queue(2);
    home.now += 14 * MINUTE;
    expect(judged('backlog_age')).toBeUndefined();
    home.now += 2 * MINUTE;
    expect(judged('backlog_age')).toBe('Nothing was delivered for 16 min, and 2 events wait');
  });

  it('is about files in the spool that nobody takes', () => {
    home.now = Date.now();
    writeFileSync(`${home.paths.spoolNew}/1.settings`, '{}');
    expect(judged('backlog_age')).toBeUndefined();
    home.now += 11 * MINUTE;
    expect(judged('backlog_age')).toBe('1 event in the spool, the oldest for 11 min');
  });
});

describe('recording_stopped', () => {
  beforeEach(() => {
    home.work();
  });

  it('is no alarm while nobody works, with hooks or without', () => {
    home.now += 60 * HOUR;
    expect(judged('recording_stopped')).toBeUndefined();
    home.isRecording = false;
    expect(judged('recording_stopped')).toBeUndefined();
  });

  it('is one when Claude works, and no hook gives a sign', () => {
    home.now += 10 * MINUTE;
    home.work();
    expect(judged('recording_stopped')).toBeUndefined();
    home.now += 10 * MINUTE;
    home.work();
    expect(judged('recording_stopped')).toBe(
      "the last sign of a hook is 20 min older than Claude's last work",
    );
    home.isRecording = false;
    expect(judged('recording_stopped')).toMatch(/^no hooks of this program are in the settings; /);
  });

  it('is none when the work is recorded, or only a courier was there', () => {
    home.now += 20 * MINUTE;
    home.work();
    home.courier({ updatedAt: home.now });
    expect(judged('recording_stopped')).toBeUndefined();
  });

  it('is none where a project has switched recording off', async () => {
    const { mkdirSync } = await import('node:fs');
    mkdirSync(`${home.folder}/quiet/.claude`, { recursive: true });
    writeFileSync(`${home.folder}/quiet/.claude/settings.json`, '{"disableAllHooks":true}');
    home.now += 20 * MINUTE;
    home.work('00000000-0000-4000-8000-000000000002', `${home.folder}/quiet`);
    expect(judged('recording_stopped')).toBeUndefined();
  });
});

it('spool_drops is about those that are new', () => {
  writeFileSync(home.paths.drops, 'wwff\n');
  expect(judged('spool_drops', 4)).toBeUndefined();
  expect(judged('spool_drops', 1)).toBe('3 events could not be kept');
  writeFileSync(home.paths.spoolFull, '');
  expect(judged('spool_drops', 4)).toBe('the spool is full');
});

it('spool_drops is over an hour after the last', async () => {
  await home.look();
  writeFileSync(home.paths.drops, 'ww');
  await home.lookEachMinute(62);
  expect(home.news).toEqual(['spool_drops firing', 'spool_drops resolved']);
});

it('courier_crash_loop counts those of the last hour', () => {
  const crashes = [home.now - 50 * MINUTE, home.now - 20 * MINUTE];
  home.courier({ crashes });
  expect(judged('courier_crash_loop')).toBeUndefined();
  home.courier({ crashes: [...crashes, home.now] });
  expect(judged('courier_crash_loop')).toBe('3 couriers did not end as they should within an hour');
  home.now += 20 * MINUTE;
  expect(judged('courier_crash_loop')).toBeUndefined();
});

it('courier_stuck tells what keeps a courier that lives from taking in events', () => {
  home.courier({ pid: process.pid, status: 'degraded', reason: 'the disk is full' });
  expect(judged('courier_stuck')).toBeUndefined(); // it is dead
  writeFileSync(home.paths.courierHint, hintText(process.pid));
  expect(judged('courier_stuck')).toBe('degraded: the disk is full');
});

it('completeness compares with what the transcripts tell', () => {
  const prove = (tracked: number) =>
    home.database
      .prepare(
        `INSERT OR REPLACE INTO transcript_proofs VALUES ('session-1', 1, 0, 1, 0, 10, 10, ?, 0, 0, 0, 0, '{}')`,
      )
      .run(tracked);
  prove(10);
  expect(judged('completeness')).toBeUndefined();
  prove(8);
  expect(judged('completeness')).toBe('2 calls of 10 in the transcripts are not recorded');
});

it('high_cache_usage needs a full cache that finds little', () => {
  home.configure('pattern_tracking: { cache_size: 10, cache_ttl: 600 }');
  const cache = new CacheStore(home.database, { size: 10, ttl: 600, clock: () => home.now });
  for (let index = 0; index < 10; index += 1) {
    cache.get(`query-${index}`);
    cache.set(`query-${index}`, '{}');
  }
  expect(judged('high_cache_usage')).toBe('10 of 10 answers, and only 0 % of queries find theirs');
  for (let index = 0; index < 100; index += 1) cache.get('query-9');
  expect(judged('high_cache_usage')).toBeUndefined();
  cache.resetHitRate();
  cache.get('nothing');
  home.now += 700 * SECOND;
  expect(judged('high_cache_usage')).toBeUndefined(); // all too old
});

describe('disk', () => {
  it('is judged by the free bytes', () => {
    const rule = MACHINE_RULES.find(({ id }) => id === 'disk');
    const facts = gatherAlertFacts(home.sources, {});
    expect(rule?.judge?.({ ...facts, freeBytes: 400_000_000 })).toBe(
      '400 MB are free, less than 500 MB',
    );
    expect(rule?.judge?.({ ...facts, freeBytes: 600_000_000 })).toBeUndefined();
    expect(rule?.judge?.({ ...facts, freeBytes: undefined })).toBeNull();
  });
});

describe('the rules of a service', () => {
  const figures = { isStoreUp: true, queued: 0, requests: 0, failed: 0, durations: [] };

  it('cannot be judged where there is no service', () => {
    expect(judged('service_errors')).toBeNull();
  });

  it('are about what came between two looks', () => {
    const from = {
      ...figures,
      requests: 100,
      failed: 50,
      durations: [
        { upTo: 1, count: 100 },
        { upTo: 5, count: 100 },
      ],
    };
    const to = {
      isStoreUp: false,
      queued: 2_000,
      requests: 200,
      failed: 60,
      durations: [
        { upTo: 1, count: 150 },
        { upTo: 5, count: 200 },
      ],
    };
    home.service = serviceFacts(from, to);
    expect(judged('service_errors')).toBe('10 % of 100 requests failed');
    expect(judged('service_very_slow')).toBe('one request in twenty took more than 1 s');
    expect(judged('service_queue')).toBe('2,000 events wait');
    expect(judged('service_store_down')).toBe('it answers 503, and machines keep their events');
    home.service = serviceFacts(to, { ...to, isStoreUp: true });
    for (const { id, judge } of SERVICE_RULES) if (judge) expect(judged(id), id).toBeUndefined();
  });
});
