import { counted } from '../base/amount-text.ts';
import { span } from '../base/time-text.ts';
import type { LoadedConfig } from '../config/config-file.ts';
import { isSameServer } from '../config/server-address.ts';
import { deliveryHealth, namedReasons, unhealthySummary } from './delivery-health.ts';
import type { DeliveryHealth } from './delivery-health.ts';
import type { HealthFacts } from './health-facts.ts';
import { localReasons } from './local-reasons.ts';
import type { SinkProbes } from './sink-probes.ts';
import { factsInUse } from './stored-facts.ts';
import type { StoredFacts } from './stored-facts.ts';

/**
 * The health of everything on this machine: recording, the courier, the spool, the database and delivery.
 * It is unhealthy when nothing is recorded or the database cannot be used, and degraded for any other
 * reason.
 *
 * @param probes the answers of the sinks that were asked just now
 */
export function trackerHealth(
  facts: HealthFacts,
  config: LoadedConfig,
  probes?: SinkProbes,
): DeliveryHealth {
  const { value: content, error: databaseError } = facts.stored.content;
  const delivery = deliveryOf(facts, config, probes);
  const fatal = fatalReasons(facts);
  const reasons = [
    ...fatal,
    ...localReasons({ ...facts, setAside: content?.setAside, evicted: content?.evicted }),
    ...stalledReasons(facts, config),
    // When the database cannot be read, delivery has no other reason.
    ...(databaseError ? [] : delivery.reasons),
  ];
  const status =
    fatal.length > 0 || delivery.status === 'unhealthy'
      ? 'unhealthy'
      : reasons.length > 0
        ? 'degraded'
        : 'healthy';
  return { ...delivery, status, reasons };
}

/**
 * The reasons for sinks that a courier should deliver to, but that got nothing for a long time although
 * something waits. A single event that waits while others are delivered is no reason: in time it becomes a
 * dead letter.
 */
export function stalledReasons(
  { at, stored }: Pick<HealthFacts, 'at'> & { readonly stored: Pick<StoredFacts, 'delivery'> },
  { config, courier }: Pick<LoadedConfig, 'config' | 'courier'>,
): string[] {
  const inUse = factsInUse(courier.config, stored.delivery.value);
  const sinks = inUse.map(({ sink }) => sink);
  return inUse.flatMap(({ sink, outbox, lastDeliveredAt }) => {
    const address = sink.address(courier.config);
    if (address === null || outbox.oldestAt === null) return [];
    if (!isSameServer(address, sink.address(config))) return []; // the facts are those of another server
    const idle = at - Math.max(outbox.oldestAt, lastDeliveredAt ?? 0);
    if (idle < STALLED_MS) return [];
    return namedReasons(sink, sinks, [
      `Nothing was delivered for ${span(idle)}, and ${counted(outbox.waiting, 'event')} wait${outbox.waiting === 1 ? 's' : ''}: run \`pattern-tracker flush\`.`,
    ]);
  });
}

// --- internal ---

/** Three times the longest wait between two attempts (5 min), in milliseconds. */
const STALLED_MS = 900_000;

function deliveryOf(
  { stored }: HealthFacts,
  config: LoadedConfig,
  probes?: SinkProbes,
): DeliveryHealth {
  const { value, error } = stored.delivery;
  const health = deliveryHealth({ config, stored: value, probes });
  return error ? { ...health, ...unhealthySummary({ config }, error.message) } : health;
}

function fatalReasons({ recording, stored }: HealthFacts): string[] {
  const { error } = stored.content;
  const reasons: string[] = [];
  if (recording.state === 'off') reasons.push(`Nothing is recorded: ${recording.why}.`);
  if (error) reasons.push(`The database cannot be read: ${error.message}.`);
  return reasons;
}
