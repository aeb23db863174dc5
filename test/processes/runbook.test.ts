// Every Python block of the operations runbook, in TypeScript: each in a process of its own, against
// the built library, one tracker.db and a server on loopback.
import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FaultyApi } from '../support/faulty-api.ts';
import { LibraryUser } from './library-process.ts';

let api: FaultyApi;
let user: LibraryUser;

beforeEach(async () => {
  api = await new FaultyApi().up();
  user = new LibraryUser(`api:\n  base_url: ${api.url}\n`);
});
afterEach(async () => {
  await user.home.remove();
  await api.down();
});

/** Runs a block that must end well; the lines it printed. */
async function block(script: string): Promise<string[]> {
  const { exitCode, out, err } = await user.run(script);
  expect([exitCode, err]).toEqual([0, '']);
  return out;
}

const HEALTH = `
  const tracker = new PatternTracker();
  const health = tracker.getHealthSummary();
  console.log('Status:', health.status);
  console.log('API Available:', health.api_available);
  console.log('Cache Size:', health.cache_size);`;
const METRICS = `
  const tracker = new PatternTracker();
  const metrics = tracker.getErrorMetrics();
  console.log('Total Requests:', metrics.total_requests);
  console.log('Success Rate:', metrics.successful_requests / metrics.total_requests * 100, '%');
  console.log('Circuit Breaker Trips:', metrics.circuit_breaker_trips);
  console.log('Cached Events:', metrics.cached_events);`;
const RECOVERY = `
  const tracker = new PatternTracker();
  const patternId = await tracker.trackPatternCreation({
    code: 'def test(): pass',
    context: { file_path: '/test/recovery_test.py' },
  });
  if (patternId) console.log('✅ Pattern tracking recovered successfully');
  else console.log('❌ Pattern tracking still failing');`;
const BREAKER = `
  const tracker = new PatternTracker();
  const cb = tracker.circuitBreaker;
  console.log('State:', cb.state);
  console.log('Failure Count:', cb.failureCount);
  console.log('Last Failure:', cb.lastFailureTime);
  console.log('Last Success:', cb.lastSuccessTime);`;
const CACHE = `
  const tracker = new PatternTracker();
  const cache = tracker.patternCache;
  console.log('Cache Size:', cache.length);
  console.log('Cache Hit Rate:', cache.hitRate);
  console.log('Cache Size:', cache.size);
  console.log('Cache TTL:', cache.ttl);`;
const QUERY = `
  const tracker = new PatternTracker();
  const patterns = await tracker.queryPatterns({ limit: 10 });
  console.log(\`Found \${patterns.length} patterns\`);`;
/** Five questions, as other programs may ask. */
const FIVE_QUESTIONS = `
  const tracker = new PatternTracker();
  for (const limit of [1, 2, 3, 4, 5]) await tracker.queryPatterns({ limit });`;

describe('health', () => {
  it('is seen from every process', async () => {
    expect(await block(HEALTH)).toEqual([
      'Status: healthy',
      'API Available: null',
      'Cache Size: 0',
    ]);
    api.behaviour = { kind: 'status', status: 503 };
    await block(QUERY);
    expect(await block(HEALTH)).toEqual([
      'Status: degraded',
      'API Available: false',
      'Cache Size: 0',
    ]);
    api.behaviour = { kind: 'well' };
    await block(QUERY);
    expect(await block(HEALTH)).toEqual([
      'Status: healthy',
      'API Available: true',
      'Cache Size: 1',
    ]);
  });

  it('can be asserted in the morning', async () => {
    const morning = `
      import assert from 'node:assert/strict';
      const tracker = new PatternTracker();
      const health = tracker.getHealthSummary();
      assert.equal(health.status, 'healthy');
      console.log('✅ All systems healthy');`;
    expect(await block(morning)).toEqual(['✅ All systems healthy']);
    api.behaviour = { kind: 'status', status: 503 };
    await block(FIVE_QUESTIONS);
    expect((await user.run(morning)).exitCode).toBe(1);
  });

  it('fits in one line', async () => {
    const out = await block('console.log(new PatternTracker().getHealthSummary())');
    expect(out.join('\n')).toContain("status: 'healthy'");
  });
});

describe('tracking', () => {
  it('passes the recovery test, and a courier delivers the event', async () => {
    expect(await block(RECOVERY)).toEqual(['✅ Pattern tracking recovered successfully']);
    await expect.poll(() => api.received.length).toBe(1);
    expect(api.received).toMatchObject([
      { event_type: 'pattern_created', file_path: '/test/recovery_test.py', language: 'python' },
    ]);
  });

  it('does 50 and 1000 operations, which arrive once, and are counted for every process', async () => {
    const fifty = await block(`
      import assert from 'node:assert/strict';
      const tracker = new PatternTracker();
      const startTime = performance.now();
      for (let i = 0; i < 50; i += 1) {
        await tracker.trackPatternCreation({
          code: 'def test(): pass',
          context: { file_path: \`/test/test_\${i}.py\` },
        });
      }
      const duration = (performance.now() - startTime) / 1000;
      console.log(\`50 operations in \${duration.toFixed(2)}s\`);
      console.log(\`Average: \${(duration / 50 * 1000).toFixed(1)}ms per operation\`);
      assert(duration / 50 < 1.0, 'Performance degradation detected');`);
    expect(fifty).toEqual([
      expect.stringMatching(/^50 operations in \d+\.\d\ds$/),
      expect.stringMatching(/^Average: \d+\.\dms per operation$/),
    ]);

    const thousand = await block(`
      const tracker = new PatternTracker();
      console.log('=== Load Test ===');
      const startTime = performance.now();
      for (let i = 0; i < 1000; i += 1) {
        await tracker.trackPatternCreation({
          code: \`def test_\${i}(): pass\`,
          context: { file_path: \`/test/test_\${i}.py\` },
        });
        if (i % 100 === 0) console.log(\`Completed \${i} operations\`);
      }
      const duration = (performance.now() - startTime) / 1000;
      console.log(\`1000 operations in \${duration.toFixed(2)}s\`);
      console.log(\`Average: \${(duration / 1000 * 1000).toFixed(1)}ms per operation\`);
      console.log(\`Operations per second: \${(1000 / duration).toFixed(1)}\`);`);
    expect(thousand.slice(0, 3)).toEqual([
      '=== Load Test ===',
      'Completed 0 operations',
      'Completed 100 operations',
    ]);
    expect(thousand).toHaveLength(14);

    await expect.poll(() => api.events.size).toBe(1050);
    await expect.poll(() => user.home.value('SELECT count(*) FROM outbox')).toBe(0);
    expect(api.received).toHaveLength(1050);
    expect(await block(METRICS)).toEqual([
      'Total Requests: 1050',
      'Success Rate: 100 %',
      'Circuit Breaker Trips: 0',
      'Cached Events: 0',
    ]);
  });

  it('tells its metrics in the morning and in the evening, and forgets them on Sundays', async () => {
    await block(RECOVERY);
    await expect.poll(() => user.home.value('SELECT count(*) FROM outbox')).toBe(0);

    const morning = await block(`
      const tracker = new PatternTracker();
      const metrics = tracker.getErrorMetrics();
      const successRate = metrics.successful_requests / metrics.total_requests;
      console.log(\`Success Rate: \${(successRate * 100).toFixed(2)}%\`);
      console.log(\`Circuit Breaker Trips: \${metrics.circuit_breaker_trips}\`);
      console.log(\`Cached Events: \${metrics.cached_events}\`);
      if (successRate < 0.95) console.log('⚠️ Low success rate detected');
      if (metrics.circuit_breaker_trips > 0) console.log('⚠️ Circuit breaker trips detected');`);
    expect(morning).toEqual([
      'Success Rate: 100.00%',
      'Circuit Breaker Trips: 0',
      'Cached Events: 0',
    ]);

    expect(await block(QUERY)).toEqual(['Found 1 patterns']);
    expect(await block(QUERY)).toEqual(['Found 1 patterns']);
    const evening = await block(`
      const tracker = new PatternTracker();
      const metrics = tracker.getErrorMetrics();
      console.log('=== Daily Performance Summary ===');
      console.log(\`Total Requests: \${metrics.total_requests}\`);
      console.log(\`Success Rate: \${(metrics.successful_requests / metrics.total_requests * 100).toFixed(2)}%\`);
      console.log(\`Average Response Time: \${metrics.avg_response_time_ms.toFixed(1)}ms\`);
      console.log(\`Circuit Breaker Trips: \${metrics.circuit_breaker_trips}\`);
      console.log(\`Cache Hit Rate: \${(metrics.cache_hit_rate * 100).toFixed(2)}%\`);`);
    expect(evening).toEqual([
      '=== Daily Performance Summary ===',
      'Total Requests: 1',
      'Success Rate: 100.00%',
      expect.stringMatching(/^Average Response Time: \d+\.\dms$/),
      'Circuit Breaker Trips: 0',
      'Cache Hit Rate: 50.00%',
    ]);

    const sunday = await block(`
      const tracker = new PatternTracker();
      tracker.patternCache.cleanup();
      tracker.resetErrorMetrics();
      console.log('Cache cleaned and metrics reset');`);
    expect(sunday).toEqual(['Cache cleaned and metrics reset']);
    expect(await block(METRICS)).toEqual([
      'Total Requests: 0',
      'Success Rate: NaN %',
      'Circuit Breaker Trips: 0',
      'Cached Events: 0',
    ]);
  });
});

describe('with the server down', () => {
  it('keeps tracking, counts what waits, and answers from this machine', async () => {
    await api.down();
    expect(await block(RECOVERY)).toEqual(['✅ Pattern tracking recovered successfully']);
    await expect.poll(() => user.home.value('SELECT max(attempts) > 0 FROM outbox')).toBe(1);
    expect((await block(METRICS)).slice(0, 2)).toEqual(['Total Requests: 1', 'Success Rate: 0 %']);
    expect(await block(QUERY)).toEqual(['Found 1 patterns']);
    await api.up();
    await expect.poll(() => api.events.size).toBe(1);
  });

  it('shows a circuit that another process has tripped, and resets it for the next', async () => {
    await api.down();
    await block(FIVE_QUESTIONS);
    expect(await block(BREAKER)).toEqual([
      'State: open',
      'Failure Count: 5',
      expect.stringMatching(/^Last Failure: \d{4}-\d\d-\d\dT/),
      'Last Success: null',
    ]);
    expect((await block(METRICS))[2]).toBe('Circuit Breaker Trips: 1');
    const reset = `
      const tracker = new PatternTracker();
      tracker.circuitBreaker.reset();
      console.log('Circuit breaker reset');`;
    expect(await block(reset)).toEqual(['Circuit breaker reset']);
    expect((await block(BREAKER)).slice(0, 2)).toEqual(['State: closed', 'Failure Count: 0']);
  });
});

describe('the cache', () => {
  it('is filled by one process, shown and cleared by others', async () => {
    await block(FIVE_QUESTIONS);
    await block(FIVE_QUESTIONS);
    expect(await block(CACHE)).toEqual([
      'Cache Size: 5',
      'Cache Hit Rate: 0.5',
      'Cache Size: 1000',
      'Cache TTL: 3600',
    ]);
    const clear = `
      const tracker = new PatternTracker();
      tracker.patternCache.clear();
      console.log('Cache cleared');`;
    expect(await block(clear)).toEqual(['Cache cleared']);
    expect((await block(CACHE))[0]).toBe('Cache Size: 0');
  });

  it('is the one that the command line shows and clears', async () => {
    await block(FIVE_QUESTIONS);
    const shown = await user.command('cache', '--json');
    expect(JSON.parse(shown.out.join(''))).toMatchObject({ entries: 5, size: 1000 });
    expect((await user.command('cache', 'clear')).out).toEqual(['Dropped 5 answers; 0 kept.']);
    expect((await block(CACHE))[0]).toBe('Cache Size: 0');
  });
});

describe('settings', () => {
  const CONFIGURATION = `
    const tracker = new PatternTracker();
    const config = {
      timeout: tracker.timeout,
      base_url: tracker.baseUrl,
      cache_size: tracker.patternCache.size,
      circuit_breaker: {
        failure_threshold: tracker.circuitBreaker.failureThreshold,
        recovery_timeout: tracker.circuitBreaker.recoveryTimeout,
      },
    };
    console.log('Current Configuration:');
    console.log(JSON.stringify(config, null, 2));`;

  it('are told', async () => {
    const [title, ...json] = await block(CONFIGURATION);
    expect(title).toBe('Current Configuration:');
    expect(JSON.parse(json.join('\n'))).toEqual({
      timeout: 5,
      base_url: api.url,
      cache_size: 1000,
      circuit_breaker: { failure_threshold: 5, recovery_timeout: 60 },
    });
  });

  it('follow the changes that the runbook makes to config.yaml', async () => {
    writeFileSync(
      user.home.paths.configFile,
      `
resilience:
  circuit_breaker:
    failure_threshold: 10  # Increase from 5
    recovery_timeout: 30   # Decrease from 60
    half_open_attempts: 5 # Increase from 3
pattern_tracking:
  cache_size: 500  # Reduce from 1000
  cache_ttl: 1800  # Reduce from 3600
`,
    );
    const [, ...json] = await block(CONFIGURATION);
    expect(JSON.parse(json.join('\n'))).toEqual({
      timeout: 5,
      base_url: null,
      cache_size: 500,
      circuit_breaker: { failure_threshold: 10, recovery_timeout: 30 },
    });
    expect((await block(CACHE))[3]).toBe('Cache TTL: 1800');
  });

  it('lets the timeout be raised for a while', async () => {
    const out = await block(`
      const tracker = new PatternTracker();
      tracker.timeout = 15.0;
      console.log(tracker.timeout);`);
    expect(out).toEqual(['15']);
  });

  it('follow the environment', async () => {
    const { out } = await user.run('console.log(new PatternTracker().baseUrl)', {
      INTELLIGENCE_SERVICE_URL: 'http://localhost:8053',
    });
    expect(out).toEqual(['http://localhost:8053']);
  });
});
