import { counted, shareText } from '../base/amount-text.ts';
import type { AlertFacts } from './alert-facts.ts';
import type { AlertRule } from './alert-rule.ts';
import { LEAST_CACHE_HITS } from './machine-rules.ts';
import type { ServiceFacts } from './service-facts.ts';

/** The runbook's bounds: more than 95 % of requests succeed, and usually take less than 500 ms; more than 1 s is critical. */
const MOST_FAILING = 0.05;
const LATE_SECONDS = 0.5;
const VERY_LATE_SECONDS = 1;
/** So many events may wait: at 10,000 the service answers 503. */
const LONG_QUEUE = 1_000;
const DOWN = 'critical-alert-pattern-tracking-service-down';
const SLOW = 'high-alert-pattern-tracking-performance-degradation';
const MINUTE_MS = 60_000;
const P95 = `histogram_quantile(0.95,
  sum by (le) (rate(http_request_duration_seconds_bucket{job="pattern-tracker"}[5m])))`;

/** What a service judges of itself, and Prometheus of all its replicas. */
export const SERVICE_RULES: readonly AlertRule[] = [
  {
    id: 'service_down',
    level: 'critical',
    title: 'The service does not answer',
    action: 'pattern-tracker supervise, or the service manager that runs it',
    section: DOWN,
    holdMs: MINUTE_MS,
    prometheus: {
      alert: 'PatternTrackerDown',
      expr: 'sum(up{job="pattern-tracker"}) == 0 or absent(up{job="pattern-tracker"})',
      summary: 'No replica of the service answers',
      description:
        "Developers' machines keep their events and send them later, so nothing is lost.",
      action: 'docker compose ps; docker compose logs --tail=50 service-1 service-2 database',
    },
  },
  {
    id: 'service_replica_down',
    level: 'high',
    title: 'A replica of the service does not answer',
    action: 'docker compose logs --tail=50 service-1 service-2',
    section: DOWN,
    holdMs: 3 * MINUTE_MS,
    prometheus: {
      alert: 'PatternTrackerReplicaDown',
      expr: 'up{job="pattern-tracker"} == 0',
      summary: '{{ $labels.instance }} does not answer',
      description: 'The other replicas carry on. A wrong metrics token looks the same.',
    },
  },
  {
    id: 'service_store_down',
    level: 'critical',
    title: 'The service cannot reach its database',
    action: 'pattern-tracker logs --level error, and the log of the database',
    section: DOWN,
    holdMs: MINUTE_MS,
    judge: (facts) =>
      ofService(facts, ({ isStoreUp }) =>
        isStoreUp ? undefined : 'it answers 503, and machines keep their events',
      ),
    prometheus: {
      alert: 'PatternTrackerStoreDown',
      expr: 'min(pattern_tracker_store_up) == 0',
      summary: 'The service cannot reach its database',
      description: "It answers 503, and developers' machines keep their events.",
      action: 'docker compose ps database; docker compose logs --tail=50 database',
    },
  },
  {
    id: 'service_errors',
    level: 'high',
    title: 'Requests to the service fail',
    action: 'pattern-tracker serve --log, and what it says of each request',
    section: DOWN,
    holdMs: 3 * MINUTE_MS,
    judge: (facts) =>
      ofService(facts, ({ requests, failed }) =>
        failed <= requests * MOST_FAILING
          ? undefined
          : `${shareText(failed / requests)} of ${counted(requests, 'request')} failed`,
      ),
    prometheus: {
      alert: 'PatternTrackerErrors',
      expr: `sum(rate(http_requests_total{job="pattern-tracker",status=~"5.."}[5m]))
  / sum(rate(http_requests_total{job="pattern-tracker"}[5m])) > ${MOST_FAILING}`,
      summary: '{{ $value | humanizePercentage }} of requests fail',
      description: 'More than 95 % should succeed.',
      action: `docker compose logs service-1 service-2 | grep '"level":"error"'`,
    },
  },
  {
    id: 'service_slow',
    level: 'high',
    title: 'The service answers late',
    action: 'pattern-tracker health --watch 10',
    section: SLOW,
    holdMs: 10 * MINUTE_MS,
    judge: (facts) => ofService(facts, late(LATE_SECONDS)),
    prometheus: {
      alert: 'PatternTrackerSlow',
      expr: `${P95} > ${LATE_SECONDS}`,
      summary: 'One request in twenty takes more than {{ $value | humanizeDuration }}',
      action:
        'See on the dashboard pattern-performance which route is slow; then look at the database.',
    },
  },
  {
    id: 'service_very_slow',
    level: 'critical',
    title: 'The service answers very late',
    action: 'pattern-tracker health --watch 10',
    section: SLOW,
    holdMs: 3 * MINUTE_MS,
    judge: (facts) => ofService(facts, late(VERY_LATE_SECONDS)),
    prometheus: {
      alert: 'PatternTrackerVerySlow',
      expr: `${P95} > ${VERY_LATE_SECONDS}`,
      summary: 'One request in twenty takes more than {{ $value | humanizeDuration }}',
      description:
        'Machines count requests of 4 s and more as slow (slow_call_seconds); enough of them open the breaker.',
      action: 'docker compose stats --no-stream; docker compose logs --tail=50 database',
    },
  },
  {
    id: 'service_queue',
    level: 'medium',
    title: 'The queue of the service grows',
    action: 'docs/scaling.md says how to add capacity',
    section: SLOW,
    holdMs: 15 * MINUTE_MS,
    judge: (facts) =>
      ofService(facts, ({ queued, queueGrowth }) =>
        queued > LONG_QUEUE && queueGrowth > 0 ? `${counted(queued, 'event')} wait` : undefined,
      ),
    prometheus: {
      alert: 'PatternTrackerQueueGrows',
      expr: `min_over_time(pattern_tracker_ingest_queue_events[10m]) > ${LONG_QUEUE}
  and deriv(pattern_tracker_ingest_queue_events[10m]) > 0`,
      for: '5m',
      summary: '{{ $value }} events wait in {{ $labels.instance }}, and their number grows',
      description:
        'Events arrive faster than the database stores them. At 10,000 the service answers 503.',
      action: 'docker compose stats --no-stream; docs/scaling.md says how to add capacity',
    },
  },
  {
    id: 'service_refuses_events',
    level: 'medium',
    title: 'Events are not accepted',
    action: 'pattern-tracker outbox list --dead, on a machine that sends them',
    section: DOWN,
    holdMs: 15 * MINUTE_MS,
    prometheus: {
      alert: 'PatternTrackerRefusesEvents',
      expr: `sum(rate(pattern_tracker_ingested_events_total{job="pattern-tracker",result=~"refused|failed"}[15m]))
  / sum(rate(pattern_tracker_ingested_events_total{job="pattern-tracker"}[15m])) > ${MOST_FAILING}`,
      summary: '{{ $value | humanizePercentage }} of events are not accepted',
      description:
        'The usual cause is a client of another version. A refused event becomes a dead letter on its machine.',
    },
  },
  {
    id: 'service_unauthorized',
    level: 'medium',
    title: 'Requests come with a wrong or expired token',
    action: 'pattern-tracker token list',
    section: DOWN,
    holdMs: 15 * MINUTE_MS,
    prometheus: {
      alert: 'PatternTrackerUnauthorized',
      expr: 'sum(rate(http_requests_total{job="pattern-tracker",status=~"401|403"}[15m])) > 0.1',
      summary: 'Requests come with a wrong or expired token',
      description: 'Machines with such a token keep their events until they have a valid one.',
    },
  },
];

/** What Prometheus can tell of machines over a longer time than they look at themselves. */
export const FLEET_RULES: readonly AlertRule[] = [
  {
    id: 'delivery_fails',
    level: 'medium',
    title: 'Too little of what was tried was delivered',
    action: 'pattern-tracker status, on that machine',
    section: 'medium-alert-circuit-breaker-frequently-tripping',
    holdMs: 30 * MINUTE_MS,
    prometheus: {
      alert: 'PatternTrackerDeliveryFails',
      expr: `claude_pattern_tracker_success_ratio < ${1 - MOST_FAILING}`,
      summary:
        '{{ $labels.instance }} delivered only {{ $value | humanizePercentage }} of the events it tried to send',
    },
  },
  {
    id: 'events_wait',
    level: 'low',
    title: 'Events have waited for hours',
    action: 'pattern-tracker health --probe, on that machine',
    section: 'scenario-3-network-partition',
    holdMs: 360 * MINUTE_MS,
    prometheus: {
      alert: 'PatternTrackerEventsWait',
      expr: 'claude_pattern_tracker_events_waiting > 0',
      summary: '{{ $labels.instance }} has had events waiting for six hours',
    },
  },
  {
    id: 'dead_letters',
    level: 'low',
    title: 'Events were refused',
    action: 'pattern-tracker outbox list --dead, on that machine',
    section: DOWN,
    holdMs: 60 * MINUTE_MS,
    prometheus: {
      alert: 'PatternTrackerDeadLetters',
      expr: 'claude_pattern_tracker_dead_letters > 0',
      summary: '{{ $value }} events of {{ $labels.instance }} were refused ({{ $labels.sink }})',
    },
  },
  {
    id: 'cache_misses',
    level: 'low',
    title: 'The cache answers few queries',
    action: 'raise pattern_tracking.cache_size or cache_ttl there',
    section: 'low-alert-high-cache-usage',
    holdMs: 1440 * MINUTE_MS,
    prometheus: {
      alert: 'PatternTrackerCacheMisses',
      expr: `claude_pattern_tracker_cache_hit_ratio < ${LEAST_CACHE_HITS}`,
      summary:
        'The cache of {{ $labels.instance }} answers {{ $value | humanizePercentage }} of queries',
    },
  },
];

// --- internal ---

/** Null in a process that has no service. */
function ofService(
  { service }: AlertFacts,
  judge: (service: ServiceFacts) => string | undefined,
): string | undefined | null {
  return service ? judge(service) : null;
}

function late(seconds: number): (service: ServiceFacts) => string | undefined {
  return ({ p95Seconds }) =>
    p95Seconds === null || p95Seconds <= seconds
      ? undefined
      : `one request in twenty took more than ${seconds} s`;
}
