// What the library does with a server: questions, the circuit breaker, the cache, health, metrics.
import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { flushOutbox } from '../../lib/delivery/outbox-flush.ts';
import { loadConfig } from '../../lib/config/config-file.ts';
import { LINEAGE } from '../../lib/delivery/lineage/lineage-sink.ts';
import { openLineageClient } from '../../lib/delivery/lineage/open-lineage.ts';
import { openDelivery } from '../../lib/delivery/sink-delivery.ts';
import { FaultyApi } from '../support/faulty-api.ts';
import { LibraryHome } from './library-home.ts';

let home: LibraryHome;
let api: FaultyApi;
beforeEach(async () => {
  home = new LibraryHome();
  api = await new FaultyApi().up();
  configure('');
});
afterEach(async () => {
  await home.remove();
  await api.down();
});

function configure(more: string): void {
  home.prepare();
  writeFileSync(home.paths.configFile, `api:\n  base_url: ${api.url}\n${more}`);
}

/** Delivers what waits, as a courier would. */
async function deliver(): Promise<void> {
  const { config } = loadConfig(home.paths);
  const { database } = home;
  const clock = () => home.now;
  const client = openLineageClient({ config, clock });
  const sink = openDelivery(LINEAGE, client, { config, database: () => database, clock });
  try {
    await flushOutbox({
      delivery: sink.delivery,
      lockPath: home.paths.deliveryLock,
      limits: {},
      signal: new AbortController().signal,
      onProgress: () => {},
      onWait: () => {},
    });
  } finally {
    await sink.close();
  }
}

const code = 'def a(): pass';
const creation = { code, context: { filePath: '/test/a.py' } };
const queries = () => api.requests.filter(({ method }) => method === 'GET').length;

describe('queryPatterns', () => {
  it('asks the server, keeps the answer, and asks again once it is too old', async () => {
    const tracker = home.tracker();
    const id = await tracker.trackPatternCreation(creation);
    await deliver();
    home.now += 1;
    expect(await tracker.queryPatterns({ limit: 5 })).toMatchObject([
      { id, name: 'a.py', language: 'python', source: 'api' },
    ]);
    expect(await home.tracker().queryPatterns({ limit: 5 })).toMatchObject([
      { id, source: 'cache' },
    ]);
    expect(queries()).toBe(1);
    home.now += 3_600_000;
    expect(await tracker.queryPatterns({ limit: 5 })).toMatchObject([{ id, source: 'api' }]);
    expect(tracker.patternCache.hitRate).toBeCloseTo(1 / 3);
  });

  it('does not go by what the server said before it had our last events', async () => {
    const tracker = home.tracker();
    expect(await tracker.queryPatterns()).toEqual([]);
    await tracker.trackPatternCreation(creation);
    await deliver();
    home.now += 1;
    expect(await tracker.queryPatterns()).toHaveLength(1);
  });

  it('asks again when what was kept is no answer', async () => {
    const tracker = home.tracker();
    await tracker.queryPatterns();
    for (const value of ['{', '5']) {
      home.database.prepare('UPDATE cache_entries SET value = ?').run(value);
      expect(await tracker.queryPatterns()).toEqual([]);
    }
    expect(queries()).toBe(3);
  });

  it('chooses by language and time from what the server lists', async () => {
    const tracker = home.tracker();
    await tracker.trackPatternCreation(creation);
    await tracker.trackPatternCreation({ code: 'b', context: { filePath: '/b.ts' } });
    await deliver();
    expect(await tracker.queryPatterns({ language: 'TypeScript' })).toMatchObject([
      { name: 'b.ts', source: 'api' },
    ]);
  });

  it('answers from this machine when the server is down, hangs, fails or has no such path', async () => {
    const tracker = home.tracker();
    const id = await tracker.trackPatternCreation(creation);
    const local = [{ id, filePath: '/test/a.py', source: 'local' }];
    for (const status of [503, 404, 400, 429]) {
      api.behaviour = { kind: 'status', status };
      expect(await tracker.queryPatterns()).toMatchObject(local);
    }
    api.behaviour = { kind: 'hang' };
    tracker.timeout = 0.1;
    expect(await tracker.queryPatterns()).toMatchObject(local);
    await api.down();
    expect(await tracker.queryPatterns()).toMatchObject(local);
    expect(tracker.patternCache.length).toBe(0);
  });

  it('asks nobody without a server, and keeps nothing', async () => {
    const tracker = home.tracker({ baseUrl: null });
    await tracker.trackPatternCreation(creation);
    expect(await tracker.queryPatterns({ since: home.now })).toMatchObject([{ source: 'local' }]);
    expect(await tracker.queryPatterns({ since: new Date(home.now + 1) })).toEqual([]);
    expect(tracker.patternCache.hitRate).toBeNull();
    expect(queries()).toBe(0);
  });
});

describe('getLineage', () => {
  it('asks the server, and this machine for what the server does not know', async () => {
    const tracker = home.tracker();
    const a = await tracker.trackPatternCreation(creation);
    await deliver();
    const b = await tracker.trackPatternModification({ ...creation, code: 'b', parentId: a });
    expect(await tracker.getLineage(a)).toEqual({
      patternId: a,
      direction: 'ancestry',
      relatives: [],
      source: 'api',
    });
    expect(await tracker.getLineage(b)).toMatchObject({
      relatives: [{ id: a, depth: 1, edgeType: 'modified_from' }],
      source: 'local',
    });
    expect(await tracker.getLineage('ffffffffffffffff')).toBeUndefined();
  });

  it('goes no further than asked', async () => {
    const tracker = home.tracker({ baseUrl: null });
    const a = await tracker.trackPatternCreation(creation);
    const b = await tracker.trackPatternModification({ ...creation, code: 'b', parentId: a });
    const c = await tracker.trackPatternModification({ ...creation, code: 'c', parentId: b });
    const idsOf = async (depth: number) =>
      (await tracker.getLineage(a, { direction: 'descendants', depth }))?.relatives.map(
        ({ id }) => id,
      );
    expect(await idsOf(1)).toEqual([b]);
    expect(await idsOf(2)).toEqual([b, c]);
  });
});

describe('the circuit breaker', () => {
  it('opens for every tracker, spares the server, and is closed by a reset', async () => {
    api.behaviour = { kind: 'status', status: 500 };
    const tracker = home.tracker();
    for (let n = 0; n < 7; n += 1) await tracker.queryPatterns({ limit: n + 1 });
    expect(queries()).toBe(5);
    const { circuitBreaker } = home.tracker();
    expect(circuitBreaker.state).toBe('open');
    expect(circuitBreaker.failureCount).toBe(5);
    expect(circuitBreaker.lastFailureTime).toEqual(new Date(home.now));
    expect(circuitBreaker.lastSuccessTime).toBeNull();
    circuitBreaker.reset();
    expect(tracker.circuitBreaker.state).toBe('closed');
    expect(JSON.parse(JSON.stringify(tracker.circuitBreaker))).toEqual({
      state: 'closed',
      failure_count: 0,
      last_failure_time: '2026-11-24T12:00:00.000Z',
      last_success_time: null,
      failure_threshold: 5,
      recovery_timeout: 60,
    });
  });

  it('closes again by itself, by the probes that questions are', async () => {
    api.behaviour = { kind: 'status', status: 500 };
    const tracker = home.tracker();
    for (let n = 0; n < 5; n += 1) await tracker.queryPatterns();
    api.behaviour = { kind: 'well' };
    home.now += 60_000;
    for (const limit of [1, 2, 3]) await tracker.queryPatterns({ limit });
    expect(tracker.circuitBreaker.state).toBe('closed');
  });

  it('writes the lines that an operator searches for', async () => {
    api.behaviour = { kind: 'status', status: 500 };
    const tracker = home.tracker();
    for (let n = 0; n < 5; n += 1) await tracker.queryPatterns();
    const log = readFileSync(home.paths.logFile, 'utf8');
    expect(log.match(/❌ \[PatternTracker\] API unavailable/g)).toHaveLength(5);
    expect(log.match(/❌ \[PatternTracker\] Circuit breaker tripped/g)).toHaveLength(1);
  });

  it('keeps nobody from tracking', async () => {
    const tracker = home.tracker();
    await api.down();
    for (let n = 0; n < 6; n += 1) await tracker.queryPatterns();
    expect(tracker.circuitBreaker.state).toBe('open');
    const id = await tracker.trackPatternCreation(creation);
    expect(home.outbox).toMatchObject([{ pattern_id: id }]);
  });
});

describe('a full cache', () => {
  it('is warned of in the log', async () => {
    configure('pattern_tracking:\n  cache_size: 2\n');
    const tracker = home.tracker();
    await tracker.queryPatterns({ limit: 1 });
    await tracker.queryPatterns({ limit: 2 });
    expect(readFileSync(home.paths.logFile, 'utf8')).toContain(
      '⚠️ [PatternTracker] High cache usage',
    );
  });
});

describe('getHealthSummary', () => {
  it('is healthy when nothing was ever asked of a server', () => {
    expect(home.tracker().getHealthSummary()).toMatchObject({
      status: 'healthy',
      api_available: null,
      cache_size: 0,
      outbox: { waiting: 0, dead: 0, oldest_at: null },
      reasons: [],
    });
  });

  it('tells of a server that failed, and that it works again', async () => {
    const tracker = home.tracker();
    await tracker.trackPatternCreation(creation);
    api.behaviour = { kind: 'status', status: 503 };
    await deliver();
    expect(tracker.getHealthSummary()).toMatchObject({
      status: 'degraded',
      api_available: false,
      outbox: { waiting: 1, oldest_at: '2026-11-24T12:00:00.000Z' },
      reasons: ['The server is not available: 503: behaves as 503.'],
    });
    api.behaviour = { kind: 'well' };
    home.now += 600_000;
    await deliver();
    expect(tracker.getHealthSummary()).toMatchObject({
      status: 'healthy',
      api_available: true,
      outbox: { waiting: 0 },
    });
  });

  it('tells of dead letters, of an open circuit and of a broken configuration', async () => {
    configure('pattern_tracking:\n  cache_size: none\n');
    const tracker = home.tracker();
    await tracker.trackPatternCreation(creation);
    api.behaviour = { kind: 'refuse', refuses: () => true };
    await deliver();
    api.behaviour = { kind: 'status', status: 500 };
    for (let n = 0; n < 5; n += 1) await tracker.queryPatterns();
    const { status, reasons, circuit_breaker } = tracker.getHealthSummary();
    expect(status).toBe('degraded');
    expect(circuit_breaker?.state).toBe('open');
    expect(reasons.join('\n')).toMatch(
      /The configuration is broken: .*cache_size.*\nThe circuit is open: 5 failures in a row.*\nThe server is not available: .*\nThe server refused 1 event:/,
    );
  });

  it('tells of a token file that is not there, before anything was sent', async () => {
    writeFileSync(
      home.paths.configFile,
      `api: { base_url: '${api.url}', token_file: /gone/token }\n`,
    );
    const tracker = home.tracker({ baseUrl: api.url });
    for (const summary of [tracker.getHealthSummary(), await tracker.checkHealth()]) {
      expect(summary).toMatchObject({
        status: 'degraded',
        reasons: [expect.stringMatching(/^Nothing can be sent: \/gone\/token: ENOENT/)],
      });
    }
  });

  it('tells of events that no courier delivers', async () => {
    writeFileSync(home.paths.configFile, '');
    const tracker = home.tracker({ env: { INTELLIGENCE_SERVICE_URL: api.url } });
    await tracker.trackPatternCreation(creation);
    expect(tracker.getHealthSummary().reasons).toEqual([
      '1 event cannot be delivered by a courier: put api.base_url into config.yaml, or run `pattern-tracker flush`.',
    ]);
  });
});

describe('checkHealth', () => {
  it('asks the server', async () => {
    const tracker = home.tracker();
    expect(await tracker.checkHealth()).toMatchObject({ status: 'healthy', api_available: true });
    await api.down();
    expect(await tracker.checkHealth()).toMatchObject({ status: 'degraded', api_available: false });
    expect(tracker.circuitBreaker.failureCount).toBe(0); // looking changes nothing
  });

  it('asks nobody without a server', async () => {
    const tracker = home.tracker({ baseUrl: null });
    expect(await tracker.checkHealth()).toMatchObject({ status: 'healthy', api_available: null });
  });

  it('keeps close waiting', async () => {
    const tracker = home.tracker();
    const asking = tracker.checkHealth();
    await tracker.close();
    expect(await asking).toMatchObject({ api_available: true });
  });
});

describe('getErrorMetrics', () => {
  it('has no rates without data', () => {
    expect(home.tracker().getErrorMetrics()).toEqual({
      total_requests: 0,
      successful_requests: 0,
      failed_requests: 0,
      success_rate: null,
      cached_events: 0,
      circuit_breaker_trips: 0,
      retry_attempts: 0,
      avg_response_time_ms: null,
      cache_hit_rate: null,
    });
  });

  it('counts what was delivered, what failed and what waits, and from nothing after a reset', async () => {
    const tracker = home.tracker();
    for (const n of [1, 2, 3]) {
      await tracker.trackPatternCreation({ ...creation, code: `a = ${n}` });
    }
    await deliver();
    await tracker.trackPatternCreation(creation);
    api.behaviour = { kind: 'status', status: 500 };
    await deliver();
    await tracker.trackPatternCreation({ ...creation, code: 'never attempted' });
    for (let n = 0; n < 4; n += 1) await tracker.queryPatterns();
    const metrics = tracker.getErrorMetrics();
    expect(metrics).toMatchObject({
      total_requests: 4,
      successful_requests: 3,
      failed_requests: 1,
      success_rate: 0.75,
      cached_events: 2,
      circuit_breaker_trips: 1,
      retry_attempts: 0,
      cache_hit_rate: 0,
    });
    expect(metrics.avg_response_time_ms).toBeGreaterThan(0);

    home.now += 1;
    tracker.resetErrorMetrics();
    expect(home.tracker().getErrorMetrics()).toMatchObject({
      total_requests: 0,
      failed_requests: 0,
      success_rate: null,
      cached_events: 2, // they still wait
      circuit_breaker_trips: 0,
      avg_response_time_ms: null,
      cache_hit_rate: null,
    });
  });
});

describe('an environment that somebody else may have set', () => {
  const PROJECT = { CLAUDECODE: '1' };
  const ours = async () => {
    await deliver();
    return api.events.size;
  };
  let stranger: FaultyApi;
  beforeEach(async () => (stranger = await new FaultyApi().up()));
  afterEach(async () => stranger.down());

  it('decides nothing inside a Claude Code session: questions fail, records wait for the own server', async () => {
    const env = { ...PROJECT, INTELLIGENCE_SERVICE_URL: stranger.url };
    const tracker = home.tracker({ env });
    await tracker.trackPatternCreation(creation);
    expect(tracker.baseUrl).toBe(api.url);
    for (const asked of [tracker.queryPatterns(), tracker.getLineage('x'), tracker.checkHealth()]) {
      await expect(asked).rejects.toMatchObject({
        code: 'E_ENVIRONMENT',
        hint: expect.stringMatching(/config\.yaml .* allowEnv/) as string,
      });
    }
    expect([stranger.requests, await ours()]).toEqual([[], 1]);
  });

  it('decides where the program allows it, but gets no token and nothing of the own server', async () => {
    configure('  token: mine\n');
    await home.tracker().trackPatternCreation(creation);
    const env = { ...PROJECT, INTELLIGENCE_SERVICE_URL: stranger.url };
    const tracker = home.tracker({ env, allowEnv: true });
    expect(await tracker.queryPatterns()).toEqual([]);
    await tracker.trackPatternCreation({ code: 'b', context: { filePath: '/b.ts' } });
    expect(stranger.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
    expect(
      home.rows('SELECT sink, count(*) AS count FROM outbox GROUP BY sink ORDER BY sink'),
    ).toEqual([
      { sink: 'http', count: 1 },
      { sink: `http ${stranger.url}`, count: 1 },
    ]);
  });

  it('has a breaker of its own', async () => {
    await stranger.down();
    const tracker = home.tracker({ env: { INTELLIGENCE_SERVICE_URL: stranger.url } });
    for (let n = 0; n < 5; n++) await tracker.queryPatterns();
    expect(tracker.circuitBreaker.state).toBe('open');
    const own = home.tracker();
    expect([own.circuitBreaker.state, own.getErrorMetrics().circuit_breaker_trips]).toEqual([
      'closed',
      0,
    ]);
    expect(await own.queryPatterns()).toEqual([]);
    expect(queries()).toBe(1);
  });

  it('may name no proxy inside a session', async () => {
    const env = { ...PROJECT, HTTPS_PROXY: stranger.url };
    const baseUrl = 'http://tracker.invalid';
    await expect(home.tracker({ env, baseUrl }).queryPatterns()).rejects.toMatchObject({
      code: 'E_ENVIRONMENT',
    });
    expect(stranger.connections).toBe(0);
    expect(await home.tracker({ env }).queryPatterns()).toEqual([]); // on this machine none is used
  });

  it('leaves a program its own choice, which gets no token of the files', async () => {
    configure('  token: mine\n');
    const env = { ...PROJECT, INTELLIGENCE_SERVICE_URL: 'http://127.0.0.1:9' };
    await home.tracker({ env, baseUrl: stranger.url }).queryPatterns();
    expect(stranger.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
    const config = { api: { base_url: stranger.url, token: 'given' } };
    await home.tracker({ env, config }).queryPatterns({ limit: 7 });
    expect(stranger.requests.at(-1)?.headers.authorization).toBe('Bearer given');
  });
});
