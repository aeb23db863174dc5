import type { BreakerSummary, HealthSummary } from './health-summary.ts';
import type { BreakerState } from '../delivery/breaker/breaker.ts';
import type { OutboxTotals } from '../delivery/store/outbox-totals.ts';
import { MAIN_SINK } from '../delivery/sinks.ts';
import type { Sink } from '../delivery/sink.ts';

/** What is known of one sink. */
export interface SinkFacts {
  /** Why no request can be made: a token file that is not there. Null when nothing is in the way. */
  readonly accessFault: string | null;
  /** False: no courier delivers, for the configuration's files name no server. */
  readonly hasDelivery: boolean;
  readonly breaker: BreakerState;
  readonly lastError: string | null;
  readonly outbox: OutboxTotals;
  /** What it says at this moment, if it was asked. */
  readonly probe?: { readonly isWell: boolean; readonly detail: string } | undefined;
}

/** What is known of the server, and of what is about no sink. */
export interface HealthFacts extends SinkFacts {
  readonly baseUrl: string | null;
  readonly enabled: boolean;
  /** What is wrong with the configuration; null when all is well. */
  readonly configError: string | null;
  readonly cacheSize: number;
  /** Null while there is no database. */
  readonly circuitBreaker: BreakerSummary | null;
}

/** How delivery to the server is. */
export function healthSummary(facts: HealthFacts): HealthSummary {
  const { baseUrl, configError } = facts;
  const reasons = [...configReasons(configError), ...sinkReasons(MAIN_SINK, baseUrl, facts)];
  return {
    status: reasons.length === 0 ? 'healthy' : 'degraded',
    api_available: sinkAvailable(baseUrl, facts),
    cache_size: facts.cacheSize,
    base_url: baseUrl,
    enabled: facts.enabled,
    outbox: outboxSummary(facts.outbox),
    circuit_breaker: facts.circuitBreaker,
    reasons,
  };
}

/** What is wrong with the configuration, as a reason. */
export function configReasons(configError: string | null): string[] {
  return configError === null ? [] : [`The configuration is broken: ${configError}`];
}

/** Whether a sink did its work when it was last asked; null: there is none, or it never was. */
export function sinkAvailable(address: string | null, facts: SinkFacts): boolean | null {
  return address === null ? null : (facts.probe?.isWell ?? lastKnown(facts.breaker));
}

/** Why delivery to a sink is not healthy, a sentence each. */
export function sinkReasons(sink: Sink, address: string | null, facts: SinkFacts): string[] {
  const { breaker, outbox, probe } = facts;
  const noun = sink.noun;
  const reasons: string[] = [];
  if (facts.accessFault !== null) reasons.push(`Nothing can be sent: ${facts.accessFault}.`);
  if (address !== null && breaker.phase !== 'closed') {
    reasons.push(`The circuit is ${breaker.phase.replace('_', ' ')}: ${breaker.reason}.`);
  }
  if (sinkAvailable(address, facts) === false) {
    reasons.push(
      `The ${noun} is not available: ${probe?.detail ?? facts.lastError ?? 'no reply'}.`,
    );
  }
  if (outbox.dead > 0) {
    reasons.push(`The ${noun} refused ${counted(outbox.dead)}: see \`pattern-tracker outbox\`.`);
  }
  if (outbox.waiting > 0 && !facts.hasDelivery) {
    const command = address === null ? `outbox drop --all --sink ${sink.name}` : 'flush';
    reasons.push(
      `${counted(outbox.waiting)} can not be delivered by a courier: put ${sink.key} into config.yaml, or run \`pattern-tracker ${command}\`.`,
    );
  }
  return reasons;
}

/** How much waits, for programs. */
export function outboxSummary({ waiting, dead, oldestAt }: OutboxTotals): HealthSummary['outbox'] {
  return { waiting, dead, oldest_at: oldestAt === null ? null : new Date(oldestAt).toISOString() };
}

/** The summary when tracker.db can't be used. */
export function unhealthySummary(
  facts: Pick<HealthFacts, 'baseUrl' | 'enabled'>,
  reason: string,
): HealthSummary {
  return {
    status: 'unhealthy',
    api_available: null,
    cache_size: 0,
    base_url: facts.baseUrl,
    enabled: facts.enabled,
    outbox: { waiting: 0, dead: 0, oldest_at: null },
    circuit_breaker: null,
    reasons: [reason],
  };
}

// --- internal ---

function lastKnown({
  phase,
  lastFailureAt,
  lastSuccessAt,
}: HealthFacts['breaker']): boolean | null {
  if (phase === 'open') return false;
  if (lastFailureAt === null && lastSuccessAt === null) return null;
  return (lastSuccessAt ?? 0) >= (lastFailureAt ?? 0);
}

function counted(events: number): string {
  return `${events} event${events === 1 ? '' : 's'}`;
}
