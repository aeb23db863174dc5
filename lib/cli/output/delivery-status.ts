import { counted } from '../../base/amount-text.ts';
import { isoTime } from '../../base/clock.ts';
import { ago, span } from '../../base/time-text.ts';
import type { Config } from '../../config/config.ts';
import { isSameServer, serverAddress } from '../../config/server-address.ts';
import { accessFault } from '../../delivery/sink-access.ts';
import { elsewhereText } from '../../delivery/waiting-elsewhere.ts';
import type { WaitingElsewhere } from '../../delivery/waiting-elsewhere.ts';
import type { SinkFacts } from '../../health/sink-facts.ts';
import type { StoredDelivery } from '../../health/stored-facts.ts';
import type { Paint } from '../listing/table.ts';
import { noAddressText, titleOf } from './sink-text.ts';

/** A line of `status`. */
export type StatusRow = readonly [label: string, text: string, paint?: Paint];

/** Delivery to one sink, as `status` shows it. */
export interface DeliveryStatus extends SinkFacts {
  /** Null when the configuration files name none. */
  readonly address: string | null;
  /** Why no request can be made, such as a token file that others can read; null when one can. */
  readonly fault: string | null;
  /** What waits for servers that the configuration files do not name. */
  readonly elsewhere: readonly WaitingElsewhere[];
}

/** The facts of a sink with what the configuration of a courier says about it. */
export function deliveryStatus(
  facts: SinkFacts,
  config: Config | undefined,
  stored: StoredDelivery | null,
): DeliveryStatus {
  const { sink } = facts;
  return {
    ...facts,
    address: config ? sink.address(config) : null,
    fault: config ? accessFault(config, sink) : null,
    elsewhere: (stored?.elsewhere ?? []).filter((waiting) => waiting.sink === sink),
  };
}

/** The lines about delivery to one of `all` sinks. `now` is in milliseconds since 1970. */
export function deliveryLines(
  delivery: DeliveryStatus,
  all: readonly DeliveryStatus[],
  now: number,
): StatusRow[] {
  const { sink, address, breaker, delivered, lastDeliveredAt, lastError } = delivery;
  const { waiting, dead, oldestAt } = delivery.outbox;
  const lines: StatusRow[] = [[titleOf(sink), address ?? noAddressText('none', all)]];
  if (delivery.fault !== null) lines.push(['', `Nothing can be sent: ${delivery.fault}`, 'red']);
  for (const other of delivery.elsewhere) lines.push(['', elsewhereText(other), 'yellow']);
  if (address === null && waiting === 0 && dead === 0) return lines;
  const last = lastDeliveredAt === null ? '' : `, the last ${ago(lastDeliveredAt, now)}`;
  lines.push(['Delivered', `${counted(delivered, 'event')}${last}`]);
  if (waiting > 0) {
    const age = oldestAt === null ? '' : `, the oldest from ${ago(oldestAt, now)}`;
    const next = delivery.nextAttemptAt;
    const when =
      next === null || address === null ? '' : `; next attempt in ${span(Math.max(0, next - now))}`;
    lines.push(['Outbox', `${counted(waiting, 'event')} waiting${age}${when}`, 'yellow']);
    const former = formerServer(delivery);
    if (former !== null) lines.push(['', `queued for ${former}; the new address gets them`]);
    if (lastError !== null && (delivery.lastErrorAt ?? 0) > (lastDeliveredAt ?? 0)) {
      lines.push(['', lastError]);
    }
  }
  if (dead > 0) {
    lines.push(
      ['Refused', `${counted(dead, 'event')} by the ${sink.noun}`, 'red'],
      ['', 'See `pattern-tracker outbox list --dead`.'],
    );
  }
  if (breaker.phase !== 'closed') {
    const reason = breaker.reason === null ? '' : `: ${breaker.reason}`;
    lines.push(['Circuit', `${breaker.phase.replace('_', ' ')}${reason}`, 'red']);
  }
  return lines;
}

/** The same for `--json`, without name and address of the sink. */
export function deliveryNumbers(delivery: DeliveryStatus) {
  const { outbox, breaker, elsewhere, fault, ...facts } = delivery;
  return {
    waiting: outbox.waiting,
    oldestAt: isoTime(outbox.oldestAt),
    dead: outbox.dead,
    delivered: facts.delivered,
    lastDeliveredAt: isoTime(facts.lastDeliveredAt),
    nextAttemptAt: isoTime(facts.nextAttemptAt),
    breaker: breaker.phase,
    breakerReason: breaker.phase === 'closed' ? null : breaker.reason,
    lastError: facts.lastError,
    lastErrorAt: isoTime(facts.lastErrorAt),
    accessFault: fault,
    queuedFor: formerServer(delivery),
    elsewhere: elsewhere.map(({ address, waiting, dead }) => ({ address, waiting, dead })),
  };
}

// --- internal ---

/** The server that a sink was before its address was changed, until the new one is delivered to. */
function formerServer({ address, server }: DeliveryStatus): string | null {
  if (address === null || server === null || isSameServer(address, server)) return null;
  return serverAddress(server);
}
