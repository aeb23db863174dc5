import { isoTime } from '../../base/clock.ts';
import type { OutboxRowWithBody } from '../../delivery/store/outbox-rows.ts';

/** Who sends CloudEvents: not the sink's URL, for the event is the same for another server. */
export const EVENT_SOURCE = 'urn:claude-pattern-tracker';
/** What the types of CloudEvents begin with. */
export const EVENT_TYPES = 'dev.claude-pattern-tracker';

/** An event as CloudEvents 1.0 has it: source and id together identify it, and subject must not be empty. */
export function cloudEvent({ eventId, eventType, patternId, createdAt, body }: OutboxRowWithBody) {
  return {
    specversion: '1.0',
    id: eventId,
    source: EVENT_SOURCE,
    type: `${EVENT_TYPES}.${eventType}`,
    ...(patternId === '' ? {} : { subject: patternId }),
    time: isoTime(createdAt),
    datacontenttype: 'application/json',
    data: JSON.parse(body) as unknown,
  };
}
