import { isoTime } from '../../base/clock.ts';
import type { OutboxRowWithBody } from '../../delivery/store/outbox-rows.ts';

/** An event as CloudEvents 1.0 has it: source and id together identify it, and subject must not be empty. */
export function cloudEvent({ eventId, eventType, patternId, createdAt, body }: OutboxRowWithBody) {
  return {
    specversion: '1.0',
    id: eventId,
    source: 'urn:claude-pattern-tracker', // not the sink's URL: the event is the same for another server
    type: `dev.claude-pattern-tracker.${eventType}`,
    ...(patternId === '' ? {} : { subject: patternId }),
    time: isoTime(createdAt),
    datacontenttype: 'application/json',
    data: JSON.parse(body) as unknown,
  };
}
