import type { BreakerSummary, HealthSummary } from '../../contract/health-summary.ts';
import type { BreakerState } from '../../resilience/breaker.ts';
import type { OutboxTotals } from '../../store/queries/outbox-totals.ts';

export interface HealthFacts {
  readonly baseUrl: string | null;
  readonly enabled: boolean;
  /** What is wrong with the configuration; null when all is well. */
  readonly configError: string | null;
  /** Why no request can be made: a token file that is not there. Null when nothing is in the way. */
  readonly accessFault: string | null;
  /** False: no courier delivers, for the configuration's files name no server. */
  readonly hasDelivery: boolean;
  readonly breaker: Pick<BreakerState, 'phase' | 'reason' | 'lastFailureAt' | 'lastSuccessAt'>;
  readonly lastError: string | null;
  readonly outbox: OutboxTotals;
  readonly cacheSize: number;
  readonly circuitBreaker: BreakerSummary;
  /** What the server says at this moment, if it was asked. */
  readonly probe?: { readonly isWell: boolean; readonly detail: string } | undefined;
}

export function healthSummary(facts: HealthFacts): HealthSummary {
  const { baseUrl, breaker, outbox, probe } = facts;
  const apiAvailable = baseUrl === null ? null : (probe?.isWell ?? lastKnown(breaker));
  const reasons: string[] = [];
  if (facts.configError !== null) reasons.push(`The configuration is broken: ${facts.configError}`);
  if (facts.accessFault !== null) reasons.push(accessReason(facts.accessFault));
  if (baseUrl !== null && breaker.phase !== 'closed') {
    reasons.push(`The circuit is ${breaker.phase.replace('_', ' ')}: ${breaker.reason ?? ''}.`);
  }
  if (apiAvailable === false) {
    reasons.push(`The server is not available: ${probe?.detail ?? facts.lastError ?? 'no reply'}.`);
  }
  if (outbox.dead > 0) {
    reasons.push(`The server refused ${counted(outbox.dead)}: see \`pattern-tracker outbox\`.`);
  }
  if (outbox.waiting > 0 && !facts.hasDelivery) {
    reasons.push(
      `${counted(outbox.waiting)} can not be delivered by a courier: put api.base_url into config.yaml, or run \`pattern-tracker flush\`.`,
    );
  }
  return {
    status: reasons.length === 0 ? 'healthy' : 'degraded',
    api_available: apiAvailable,
    cache_size: facts.cacheSize,
    base_url: baseUrl,
    enabled: facts.enabled,
    outbox: {
      waiting: outbox.waiting,
      dead: outbox.dead,
      oldest_at: outbox.oldestAt === null ? null : new Date(outbox.oldestAt).toISOString(),
    },
    circuit_breaker: facts.circuitBreaker,
    reasons,
  };
}

/** What is said where no request can be made. */
export function accessReason(fault: string): string {
  return `Nothing can be sent: ${fault}.`;
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
