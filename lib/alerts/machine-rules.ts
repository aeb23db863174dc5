import { byteText, counted, shareText } from '../base/amount-text.ts';
import { span } from '../base/time-text.ts';
import { WARN_FREE_BYTES } from '../health/checks/storage.ts';
import type { SinkFacts } from '../health/sink-facts.ts';
import { factsInUse } from '../health/stored-facts.ts';
import { stalledReasons } from '../health/tracker-health.ts';
import type { AlertFacts, AlertStoredFacts } from './alert-facts.ts';
import type { AlertRule } from './alert-rule.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** More trips of a breaker than this in an hour are an alert. */
export const MOST_TRIPS = 2;
/** So many couriers in an hour that did not end as they should are a crash loop. */
const CRASHES = 3;
/** So many requests have to be slow, and this share of all. */
const SLOW_REQUESTS = 3;
const SLOW_SHARE = 0.1;
/** How long an event may wait in the spool, in milliseconds: a courier takes it within a second. */
const SPOOL_WAIT_MS = 10 * MINUTE_MS;
/** How long Claude may work without a sign of a hook, in milliseconds. Long answers call none. */
const UNSEEN_MS = 15 * MINUTE_MS;
/** From this share of its bound on the cache is nearly full, and below this share of hits it is of little use. */
const HIGH_CACHE_USAGE = 0.9;
export const LEAST_CACHE_HITS = 0.8;

/** What each machine judges of itself: the worst first. */
export const MACHINE_RULES: readonly AlertRule[] = [
  {
    id: 'api_down',
    level: 'critical',
    title: 'API unavailable',
    action: 'pattern-tracker health --watch 10, and pattern-tracker recover',
    section: 'critical-alert-pattern-tracking-service-down',
    holdMs: 2 * MINUTE_MS,
    judge: (facts) => fromStore(facts, () => joined(sinksUsed(facts).map(downText))),
  },
  {
    id: 'store_unusable',
    level: 'critical',
    title: 'The database cannot be used',
    action: 'pattern-tracker recover corruption',
    section: 'scenario-2-database-corruption',
    holdMs: MINUTE_MS,
    judge: ({ stored: { error } }) => error?.message,
  },
  {
    id: 'recording_stopped',
    level: 'high',
    title: 'Claude works, and nothing is recorded',
    action: 'pattern-tracker doctor, and pattern-tracker reconcile for what is missing',
    section: 'critical-alert-pattern-tracking-service-down',
    holdMs: 0,
    judge: recordingStopped,
  },
  {
    id: 'courier_crash_loop',
    level: 'high',
    title: 'The courier ends again and again',
    action: 'pattern-tracker doctor, and pattern-tracker logs --level error',
    section: 'critical-alert-pattern-tracking-service-down',
    holdMs: 0,
    judge: ({ at, courier }) => {
      const crashes = courier.crashes.filter((when) => when > at - HOUR_MS && when <= at).length;
      return crashes < CRASHES
        ? undefined
        : `${counted(crashes, 'courier')} did not end as they should within an hour`;
    },
  },
  {
    id: 'courier_stuck',
    level: 'high',
    title: 'The courier takes in no events',
    action: 'pattern-tracker status, and pattern-tracker doctor',
    section: 'critical-alert-pattern-tracking-service-down',
    holdMs: 2 * MINUTE_MS,
    judge: ({ courier: { status, reason } }) =>
      status === 'degraded' || status === 'stalled'
        ? `${status}: ${reason ?? 'it gives no reason'}`
        : undefined,
  },
  {
    id: 'spool_drops',
    level: 'high',
    title: 'Events were dropped',
    action: 'pattern-tracker doctor, and pattern-tracker reconcile for what is missing',
    section: 'scenario-1-complete-system-failure',
    holdMs: 0,
    judge: ({ spool, marks: { drops } }) => {
      if (spool.isFull) return 'the spool is full';
      if (!drops || drops.at === null) return undefined;
      return `${counted(drops.seen - drops.before, 'event')} could not be kept`;
    },
  },
  {
    id: 'disk',
    level: 'high',
    title: 'The disk is nearly full',
    action: 'df -h; pattern-tracker maintain --weekly',
    section: 'scenario-1-complete-system-failure',
    holdMs: MINUTE_MS,
    judge: ({ freeBytes }) => {
      if (freeBytes === undefined) return null;
      if (freeBytes >= WARN_FREE_BYTES) return undefined;
      return `${byteText(freeBytes)} are free, less than ${byteText(WARN_FREE_BYTES)}`;
    },
  },
  {
    id: 'api_degraded',
    level: 'high',
    title: 'Requests take more than 5 seconds',
    action: 'pattern-tracker health --watch 10, and pattern-tracker metrics',
    section: 'high-alert-pattern-tracking-performance-degradation',
    holdMs: 0,
    judge: (facts) =>
      fromStore(facts, ({ requests: { all, slow } }) =>
        slow < SLOW_REQUESTS || slow < all * SLOW_SHARE
          ? undefined
          : `${slow} of ${counted(all, 'request')} of the last minutes took more than 5 s`,
      ),
  },
  {
    id: 'breaker_trips',
    level: 'medium',
    title: 'Circuit breaker tripped',
    action: 'pattern-tracker breaker, and pattern-tracker health --watch 20 --every 2',
    section: 'medium-alert-circuit-breaker-frequently-tripping',
    holdMs: 0,
    judge: (facts) =>
      fromStore(facts, ({ trips }) =>
        joined(
          trips.map(({ noun, count }) =>
            count > MOST_TRIPS ? `that of the ${noun} opened ${count} times in an hour` : undefined,
          ),
        ),
      ),
  },
  {
    id: 'backlog_age',
    level: 'medium',
    title: 'Events wait for too long',
    action: 'pattern-tracker flush, and pattern-tracker outbox',
    section: 'scenario-3-network-partition',
    holdMs: 5 * MINUTE_MS,
    judge: backlogAge,
  },
  {
    id: 'completeness',
    level: 'medium',
    title: 'Not all that Claude did is recorded',
    action: 'pattern-tracker reconcile',
    section: 'scenario-2-database-corruption',
    holdMs: 0,
    judge: (facts) =>
      fromStore(facts, ({ proof }) =>
        proof === null || proof.tracked >= proof.calls
          ? undefined
          : `${counted(proof.calls - proof.tracked, 'call')} of ${proof.calls.toLocaleString('en-US')} in the transcripts are not recorded`,
      ),
  },
  {
    id: 'high_cache_usage',
    level: 'low',
    title: 'High cache usage',
    action: 'pattern-tracker cache',
    section: 'low-alert-high-cache-usage',
    holdMs: 10 * MINUTE_MS,
    judge: (facts) =>
      fromStore(facts, ({ cache: { entries, size, hitRate } }) =>
        entries < size * HIGH_CACHE_USAGE || (hitRate ?? 1) >= LEAST_CACHE_HITS
          ? undefined
          : `${entries.toLocaleString('en-US')} of ${counted(size, 'answer')}, and only ${shareText(hitRate ?? 0)} of queries find theirs`,
      ),
  },
];

// --- internal ---

/** What the database tells; null when it cannot be read now, and undefined while there is none. */
function fromStore(
  { stored: { value, error } }: AlertFacts,
  judge: (stored: AlertStoredFacts) => string | undefined,
): string | undefined | null {
  if (error) return null;
  return value ? judge(value) : undefined;
}

function joined(texts: readonly (string | undefined)[]): string | undefined {
  return texts.filter((text) => text !== undefined).join('; ') || undefined;
}

/** The sinks that a courier delivers to. */
function sinksUsed({ config: { courier }, stored }: AlertFacts): readonly SinkFacts[] {
  const used = factsInUse(courier.config, stored.value?.delivery ?? null);
  return used.filter(({ sink }) => sink.delivers(courier.config));
}

/** A sink to which nothing is to be sent may be away as long as it likes. */
function downText({ sink, outbox, breaker, lastError }: SinkFacts): string | undefined {
  const { phase, lastFailureAt, lastSuccessAt } = breaker;
  const isDown = phase === 'open' || (lastFailureAt ?? 0) > (lastSuccessAt ?? 0);
  if (outbox.waiting === 0 || !isDown) return undefined;
  return `${counted(outbox.waiting, 'event')} wait${outbox.waiting === 1 ? 's' : ''} for the ${sink.noun}: ${lastError ?? 'it does not answer'}`;
}

/** Nobody who works means nothing to record, so a machine that is shut is no alert. */
function recordingStopped({
  recording,
  work: { lastWorkAt, lastSignAt },
  spool,
}: AlertFacts): string | undefined {
  if (lastWorkAt === null || lastSignAt === null) return undefined; // nothing was ever recorded
  if (spool.waiting > 0 || lastWorkAt - lastSignAt < UNSEEN_MS) return undefined;
  const unseen = `the last sign of a hook is ${span(lastWorkAt - lastSignAt)} older than Claude's last work`;
  return recording.state === 'off' ? `${recording.why}; ${unseen}` : unseen;
}

function backlogAge(facts: AlertFacts): string | undefined | null {
  const { at, spool, config, stored } = facts;
  const waitsMs = spool.oldestAt === null ? 0 : at - spool.oldestAt;
  const inSpool =
    waitsMs > SPOOL_WAIT_MS
      ? `${counted(spool.waiting, 'event')} in the spool, the oldest for ${span(waitsMs)}`
      : undefined;
  const inOutbox = fromStore(facts, ({ delivery }) =>
    joined(
      stalledReasons(
        { at, stored: { delivery: { value: delivery, error: null } } },
        { config: config.courier.config, courier: config.courier },
      ).map((reason) => reason.replace(/: run .*$/, '')),
    ),
  );
  if (inSpool === undefined) return stored.error ? null : inOutbox;
  return joined([inSpool, inOutbox ?? undefined]);
}
