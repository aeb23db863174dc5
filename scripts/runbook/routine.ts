import type { Section } from './block.ts';
import { library } from './library-script.ts';

const CHAPTER = 'Standard Operating Procedures';

/** What is done when nothing is wrong. */
export const ROUTINE: readonly Section[] = [
  {
    chapter: CHAPTER,
    title: 'Morning Checklist (9:00 AM)',
    about:
      'Daily. Each line of `check` says what to do if it is not a ✓; the exit code is 1 if one fails.',
    blocks: [
      {
        step: 'Service Health Check',
        shell: `pattern-tracker check --daily
${library(`
import assert from 'node:assert/strict';
const tracker = new PatternTracker();
const health = tracker.getHealthSummary();
assert(health.status === 'healthy');
console.log('✅ All systems healthy');`)}`,
        sees: [
          '✓  Health         healthy',
          '✓  Service        answers at http://…',
          '✓  Backlog        …',
          '✓  Disk           … free',
          '✅ All systems healthy',
        ],
      },
      {
        step: 'Metrics Review',
        shell: `${library(`
const tracker = new PatternTracker();
const metrics = tracker.getErrorMetrics();

// Check key metrics
const success_rate = metrics.successful_requests / metrics.total_requests;
console.log(\`Success Rate: \${(success_rate * 100).toFixed(2)}%\`);
console.log(\`Circuit Breaker Trips: \${metrics.circuit_breaker_trips}\`);
console.log(\`Cached Events: \${metrics.cached_events}\`);

// Alert if metrics are out of bounds
if (success_rate < 0.95) console.log('⚠️ Low success rate detected');
if (metrics.circuit_breaker_trips > 0) console.log('⚠️ Circuit breaker trips detected');`)}
pattern-tracker report --daily --day yesterday`,
        sees: [
          'Success Rate: …%',
          'Circuit Breaker Trips: …',
          'Cached Events: 0',
          'Daily report of all projects',
        ],
      },
      {
        step: 'Log Review',
        note: 'A service logs to its standard error: where it is a unit, `journalctl --user -u pattern-tracker`; where `recover` started it, `~/.claude/hooks/pattern-tracker/data/logs/serve.log`.',
        shell: 'pattern-tracker logs --since 24h --level error --limit 10',
        sees: ['…  error  ❌ [PatternTracker] …'],
      },
    ],
    escalate: 'A ❌ is the alert of its line: go to its procedure above.',
  },
  {
    chapter: CHAPTER,
    title: 'Evening Checklist (5:00 PM)',
    about: 'Daily.',
    blocks: [
      {
        step: 'Performance Summary',
        shell: `pattern-tracker check --evening
${library(`
const tracker = new PatternTracker();
const metrics = tracker.getErrorMetrics();
console.log('=== Daily Performance Summary ===');
console.log(\`Total Requests: \${metrics.total_requests}\`);
console.log(\`Success Rate: \${(metrics.successful_requests / metrics.total_requests * 100).toFixed(2)}%\`);
console.log(\`Average Response Time: \${metrics.avg_response_time_ms.toFixed(1)}ms\`);
console.log(\`Circuit Breaker Trips: \${metrics.circuit_breaker_trips}\`);
console.log(\`Cache Hit Rate: \${((metrics.cache_hit_rate ?? 0) * 100).toFixed(2)}%\`);`)}`,
        sees: [
          '✓  Performance    server: … events, … delivered, … on average, … trips; cache hits: …',
          '=== Daily Performance Summary ===',
          'Total Requests: …',
          'Success Rate: …%',
          'Average Response Time: …ms',
          'Circuit Breaker Trips: …',
          'Cache Hit Rate: …%',
        ],
      },
      {
        step: 'Resource Usage Check',
        shell: `pattern-tracker status
pattern-tracker report --daily`,
        sees: [
          'Recorded    1 session, … tool calls, … patterns, … events (…)',
          'Average response …',
          'Circuit breaker trips …',
        ],
      },
      {
        step: 'Backup Configuration',
        shell: 'pattern-tracker config backup',
        sees: ['Backed up 1 file as …'],
      },
    ],
    escalate:
      'An average above 1 s, or a success rate below 95 %, is the [high alert](#high-alert-pattern-tracking-performance-degradation).',
  },
  {
    chapter: CHAPTER,
    title: 'Sunday Maintenance Window (2:00 AM - 4:00 AM)',
    about: 'Weekly. Claude Code may work meanwhile: hooks go on, and what they capture waits.',
    blocks: [
      {
        step: 'Service Restart',
        shell: `pattern-tracker recover partition --restart --yes
pattern-tracker health --probe`,
        sees: [
          '✗ the server is to be started again',
          '✓ kill …; pattern-tracker serve …',
          'It works: the event arrived.',
          'healthy',
        ],
      },
      {
        step: 'Log Rotation',
        note: 'This does all of the week at once: it checks and backs up the database, restores that backup on trial, and sees to retention, cache, metrics, free space, logs and drift. The next two blocks do two of its parts by hand.',
        shell: 'pattern-tracker maintain --weekly',
        sees: [
          '✓ Integrity        sound, …',
          '✓ Backup           …',
          '✓ Test restore     … restored and removed',
          '✓ Cache            …',
          '✓ Metrics          http: … delivered; noted in the log, and reset',
          '✓ Logs             …',
          'All is well.',
        ],
      },
      {
        step: 'Cache Maintenance',
        shell: library(`
const tracker = new PatternTracker();

// Clear old cache entries
tracker.patternCache.cleanup();

// Reset error metrics
tracker.resetErrorMetrics();
console.log('Cache cleaned and metrics reset');`),
        sees: ['Cache cleaned and metrics reset'],
      },
      {
        step: 'Performance Test',
        shell: `pattern-tracker bench --ops 50
${library(`
import assert from 'node:assert/strict';
const tracker = new PatternTracker();

// Run performance test
const start_time = performance.now();
for (let i = 0; i < 50; i += 1) {
  await tracker.trackPatternCreation({
    code: 'def test(): pass',
    context: { file_path: \`/test/test_\${i}.py\` },
  });
}
const duration = (performance.now() - start_time) / 1000;

console.log(\`50 operations in \${duration.toFixed(2)}s\`);
console.log(\`Average: \${(duration / 50 * 1000).toFixed(1)}ms per operation\`);

// Assert performance is acceptable
assert(duration / 50 < 1.0, 'Performance degradation detected');`)}`,
        sees: [
          '50 operations in the database in …',
          'Verdict  …',
          '50 operations in …s',
          'Average: …ms per operation',
        ],
      },
      {
        step: 'Configuration Review',
        fault: 'configuration drifted',
        note: 'Names every key that is not as it was backed up last. `config restore` brings that back; `config backup` keeps what is there now.',
        shell: `pattern-tracker config diff
pattern-tracker check --weekly
pattern-tracker config restore
pattern-tracker config backup`,
        sees: [
          'courier.linger_seconds …',
          '⚠️ Drift          1 key changed since …: courier.linger_seconds',
          'Restored config.yaml from …',
          'Backed up 1 file as …',
        ],
      },
    ],
    escalate:
      'If `maintain` ends with 1, its ❌ says what was not done. A database that is not sound is [scenario 2](#scenario-2-database-corruption).',
  },
  {
    chapter: CHAPTER,
    title: 'First Sunday of Month (2:00 AM - 6:00 AM)',
    about: 'Monthly.',
    blocks: [
      {
        step: 'System Updates',
        note: 'On the machine that serves as well, and there the last line.',
        shell: `npx claude-pattern-tracker@latest install
pattern-tracker recover partition --restart --yes`,
        sees: [
          'claude-pattern-tracker … is installed.',
          '✓ kill …; pattern-tracker serve …',
          'It works: the event arrived.',
        ],
      },
      {
        step: 'Database Maintenance',
        shell: `pattern-tracker backup
pattern-tracker maintain --monthly`,
        sees: [
          'Backed up to …',
          '✓ Integrity        sound, …',
          '✓ Test restore     … restored and removed',
          '✓ Optimise         … before, … after',
          'All is well.',
        ],
      },
      {
        step: 'Comprehensive Performance Test',
        shell: `${library(`
const tracker = new PatternTracker();

// Load test
console.log('=== Load Test ===');
const start_time = performance.now();
for (let i = 0; i < 1000; i += 1) {
  await tracker.trackPatternCreation({
    code: \`def test_\${i}(): pass\`,
    context: { file_path: \`/test/test_\${i}.py\` },
  });
  if (i % 100 === 0) console.log(\`Completed \${i} operations\`);
}
const duration = (performance.now() - start_time) / 1000;

console.log(\`1000 operations in \${duration.toFixed(2)}s\`);
console.log(\`Average: \${(duration / 1000 * 1000).toFixed(1)}ms per operation\`);
console.log(\`Operations per second: \${(1000 / duration).toFixed(1)}\`);`)}
pattern-tracker bench --ops 1000`,
        sees: [
          '=== Load Test ===',
          'Completed 0 operations',
          '1000 operations in …s',
          'Average: …ms per operation',
          'Operations per second: …',
          'Average  … per operation',
          'Verdict  …',
        ],
      },
      {
        step: 'Security Audit',
        fault: 'configuration open to others',
        shell: `pattern-tracker audit
chmod 600 ~/.claude/hooks/config.yaml
pattern-tracker audit
pattern-tracker check --monthly`,
        sees: [
          '✗ Program and settings  others may write …/config.yaml (mode 666)',
          '✓ Program and settings  … paths that only you can change',
          '✓ Secrets in config     nothing that looks like one in … files',
          '✓  Store                 …',
        ],
      },
      {
        step: 'Documentation Update',
        note: 'Installing brings the pages in `~/.claude/hooks/docs/` up to date, and with them the contacts at the top of this one.',
        shell: `${library(`
const tracker = new PatternTracker();

// Generate current configuration
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
console.log(JSON.stringify(config, null, 2));`)}
pattern-tracker install`,
        sees: [
          'Current Configuration:',
          '  "timeout": 15,',
          '  "cache_size": 500,',
          '    "failure_threshold": 10,',
          'claude-pattern-tracker … is installed.',
        ],
      },
    ],
    escalate:
      'What `audit` finds goes to whoever is responsible for the security of the machine, on the same day.',
  },
];
