import type { Section } from './block.ts';
import { library } from './library-script.ts';

const CHAPTER = 'Emergency Response Procedures';

/** What to do when an alert comes. */
export const EMERGENCY: readonly Section[] = [
  {
    chapter: CHAPTER,
    title: 'Critical Alert: Pattern Tracking Service Down',
    about: `**Severity**: critical. **Respond within**: 5 minutes. Claude Code goes on, its hooks do not notice, and what they capture
waits on its machine. Nothing is lost while the disk has room.

You know it by \`❌ [PatternTracker] API unavailable\` in the log, by \`check\`, or by a circuit that stays open.`,
    blocks: [
      {
        step: 'Check Phase 4 API Status',
        fault: 'service killed',
        shell: `pattern-tracker check
pattern-tracker logs --level warn --limit 50
pattern-tracker health --probe`,
        sees: [
          '❌ Service        nothing answers at http://…: … refuses connections',
          '❌ API            … refuses connections',
          '❌ Breaker        server open: …',
          '…  error  ❌ [PatternTracker] API unavailable  …',
          'degraded',
          'Server   http://…, not available',
        ],
        exitCode: 1,
      },
      {
        step: 'Restart Intelligence Service',
        fault: 'service killed',
        note: `\`recover\` starts the service as it was started before, resets the breaker, sends what waits, and sends an event of its own to
see it arrive. A service on another machine is started there; then run the same here.`,
        shell: `pattern-tracker recover partition --yes
pattern-tracker health --probe`,
        sees: [
          '✗ the server at http://… is not well: … refuses connections',
          '  → pattern-tracker serve …',
          '✓ pattern-tracker serve …',
          '    it serves, pid …',
          '✓ pattern-tracker breaker reset --sink http',
          '✓ pattern-tracker flush --sink http',
          '    Nothing is left.',
          '✓ Delivery   acknowledged by the server, after …',
          'It works: the event arrived.',
          'healthy',
        ],
      },
      {
        step: 'Check Pattern Tracker Health',
        shell: library(`
const tracker = new PatternTracker();
const health = tracker.getHealthSummary();
console.log('Status:', health.status);
console.log('API Available:', health.api_available);
console.log('Cache Size:', health.cache_size);`),
        sees: ['Status: healthy', 'API Available: true', 'Cache Size: 0'],
      },
      {
        step: 'If Still Down - Manual Intervention',
        fault: 'service hangs',
        note: 'Here the service is there and does not answer. `recover` ends it, and mends program, configuration, database and courier as well. If something answers that is no service of ours, another program has its port: `lsof -i :8053` names it. If the log says 401, 403 or 404, the service refuses the token, or the address is not that of the service: no restart helps, but [what stands there](TROUBLESHOOTING.md#nothing-arrives-at-the-server).',
        shell: `pattern-tracker recover --yes
pattern-tracker check
pattern-tracker doctor`,
        sees: [
          '✗ the server at http://… is not well: … has not answered within 5 s',
          '  → kill …; pattern-tracker serve …',
          '✓ kill …; pattern-tracker serve …',
          'It works: the event arrived.',
          '✓  Service        answers at http://…',
          '✓ Database          …',
          '✓ Hook runs         exit code 0, nothing printed',
        ],
      },
    ],
    escalate: `**Level 1**, by itself: \`pattern-tracker supervise\`, or the unit that \`pattern-tracker serve --install-unit\` writes, starts a service that
ended again; \`supervise\` also one that hangs, and the alert \`service_down\` comes when it gives up. Where neither runs, or that did not help: \`recover\`, at
once. **Level 2** after 15 minutes: the administrator of the machine that serves. **Level 3** after 30
minutes: the developers, with the output of \`pattern-tracker doctor --json\`.`,
  },
  {
    chapter: CHAPTER,
    title: 'High Alert: Pattern Tracking Performance Degradation',
    about: `**Severity**: high. **Respond within**: 15 minutes. Answers of the service take more than 5 seconds, or come too late to count.
Claude Code does not wait for them.`,
    blocks: [
      {
        step: 'Check Performance Metrics',
        fault: 'service slowed to 6 s',
        shell: `pattern-tracker metrics
${library(`
const tracker = new PatternTracker();
const metrics = tracker.getErrorMetrics();
console.log('Total Requests:', metrics.total_requests);
console.log('Success Rate:', metrics.successful_requests / metrics.total_requests * 100, '%');
console.log('Circuit Breaker Trips:', metrics.circuit_breaker_trips);
console.log('Cached Events:', metrics.cached_events);`)}`,
        sees: [
          'Response      … ms on average',
          'Trips         … of the circuit breaker',
          'Total Requests: …',
          'Success Rate: … %',
          'Circuit Breaker Trips: …',
          'Cached Events: …',
        ],
      },
      {
        step: 'Check Phase 4 API Performance',
        fault: 'service slowed to 6 s',
        note: 'Run the last line on the machine that serves, too: it measures hook, database and service of that machine alone.',
        shell: `pattern-tracker health --watch 1
pattern-tracker check --evening
pattern-tracker bench --ops 50 --server`,
        sees: [
          '✗ 1  …  no answer  … has not answered within 5 s',
          '❌ Performance    …',
          '⚠️ Slow requests  … took more than 5 s',
          '50 operations acknowledged by a service in …',
          'Verdict  …',
        ],
      },
      {
        step: 'Check Network Latency',
        fault: 'service slowed to 6 s',
        shell: 'pattern-tracker health --watch 10 --every 1',
        sees: ['✗ …  …  no answer  … has not answered within 5 s', 'http://…: … no answer came'],
        exitCode: 1,
      },
      {
        step: 'Adjust Timeout Settings',
        fault: 'service slowed to 6 s',
        note: 'In `config.yaml` it holds for all, until the service is fast again, and the courier heeds it at once. A program can set its own.',
        change: {
          file: 'config.yaml',
          yaml: `# Temporarily increase timeout
pattern_tracking:
  timeout: 15 # Increase from 5`,
        },
        shell: `pattern-tracker config check
pattern-tracker breaker reset
${library(`
const tracker = new PatternTracker();
// Temporarily increase timeout
tracker.timeout = 15.0; // Increase from default 5.0
const [pattern] = await tracker.queryPatterns({ limit: 1 });
console.log('Answer of the', pattern.source);`)}
pattern-tracker recover partition --yes`,
        sees: [
          '…/config.yaml: all is well.',
          'State     closed',
          'Answer of the api',
          '✓ Delivery   acknowledged by the server, after …',
          'It works: the event arrived.',
        ],
      },
    ],
    escalate: `**Level 2** after 15 minutes, if \`health --watch\` on the machine that serves is slow as well: its administrator, for load, disk and
database. **Level 3** after 30 minutes: the developers, with \`bench --json\` and \`report --daily --format json\`.`,
  },
  {
    chapter: CHAPTER,
    title: 'Medium Alert: Circuit Breaker Frequently Tripping',
    about: `**Severity**: medium. **Respond within**: 30 minutes. The circuit opens after five failures in a row, and leaves the service alone for a
minute; what is captured waits. The log says \`❌ [PatternTracker] Circuit breaker tripped\`.`,
    blocks: [
      {
        step: 'Check Circuit Breaker Status',
        fault: 'breaker tripped',
        shell: `pattern-tracker breaker
${library(`
const tracker = new PatternTracker();
const cb = tracker.circuitBreaker;
console.log('State:', cb.state);
console.log('Failure Count:', cb.failureCount);
console.log('Last Failure:', cb.lastFailureTime);
console.log('Last Success:', cb.lastSuccessTime);`)}`,
        sees: [
          'State     open',
          'Reason    5 failures in a row, the last: …',
          'State: open',
          'Failure Count: 5',
          'Last Failure: …',
          'Last Success: …',
        ],
      },
      {
        step: 'Manually Reset Circuit Breaker',
        fault: 'breaker tripped',
        note: '`pattern-tracker breaker reset` does the same.',
        shell: library(`
const tracker = new PatternTracker();
tracker.circuitBreaker.reset();
console.log('Circuit breaker reset');
console.log('State:', tracker.circuitBreaker.state);`),
        sees: ['Circuit breaker reset', 'State: closed'],
      },
      {
        step: 'Check API Stability',
        shell: 'pattern-tracker health --watch 20 --every 2',
        sees: ['✓ … the server is well', 'http://…: … 0 failures; min …, p50 …, p95 …'],
      },
      {
        step: 'Adjust Circuit Breaker Thresholds',
        note: 'Only if the service cannot be made steady: the wider the limits, the longer a dead service is asked.',
        change: {
          file: 'config.yaml',
          yaml: `resilience:
  circuit_breaker:
    failure_threshold: 10 # Increase from 5
    recovery_timeout: 30 # Decrease from 60
    half_open_attempts: 5 # Increase from 3`,
        },
        shell: `pattern-tracker config check
pattern-tracker breaker`,
        sees: [
          '…/config.yaml: all is well.',
          'State     closed',
          'Failures  0 in a row, opens at 10',
        ],
      },
    ],
    escalate: `**Level 2** after 30 minutes, if the circuit opens again after a reset: the administrator, for the network and the log of the service.
**Level 3**: the developers, with \`pattern-tracker breaker --json\`, which has its history.`,
  },
  {
    chapter: CHAPTER,
    title: 'Low Alert: High Cache Usage',
    about: `**Severity**: low. **Respond within**: an hour. The cache has answers of the service to programs that use the library. When it is full, the
oldest answers make room; \`⚠️ [PatternTracker] High cache usage\` stands in the log. What waits for the service is not in this cache: that is the backlog of \`check\`.`,
    blocks: [
      {
        step: 'Check Cache Status',
        fault: 'cache full',
        shell: `pattern-tracker logs --grep 'High cache' --limit 1
${library(`
const tracker = new PatternTracker();
const cache = tracker.patternCache;
console.log('Cache Size:', cache.length);
console.log('Cache Hit Rate:', cache.hitRate);
console.log('Cache Size:', cache.size);
console.log('Cache TTL:', cache.ttl);`)}`,
        sees: [
          '…  warn   ⚠️ [PatternTracker] High cache usage  …',
          'Cache Size: 1000',
          'Cache Hit Rate: …',
          'Cache Size: 1000',
          'Cache TTL: 3600',
        ],
      },
      {
        step: 'Clear Cache',
        fault: 'cache full',
        note: '`pattern-tracker cache clear` does the same.',
        shell: library(`
const tracker = new PatternTracker();
tracker.patternCache.clear();
console.log('Cache cleared');
console.log('Cache Size:', tracker.patternCache.length);`),
        sees: ['Cache cleared', 'Cache Size: 0'],
      },
      {
        step: 'Adjust Cache Configuration',
        change: {
          file: 'config.yaml',
          yaml: `pattern_tracking:
  cache_size: 500 # Reduce from 1000
  cache_ttl: 1800 # Reduce from 3600`,
        },
        shell: `pattern-tracker config check
pattern-tracker cache`,
        sees: ['…/config.yaml: all is well.', 'Entries   0 of at most 500', 'Kept for  1800 s'],
      },
    ],
    escalate: `Not needed. If events wait, go to [the service is down](#critical-alert-pattern-tracking-service-down).`,
  },
];
