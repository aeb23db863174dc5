import { expect, test } from 'vitest';
import { readEvent } from '../../../lib/service/ingest/event-reading.ts';

function eventOf(body: object): unknown {
  const options = { place: ['body'], eventId: 'given', receivedAt: 0, redactor: undefined };
  const reading = readEvent(body, options);
  return reading.kind === 'event' ? reading.event : reading;
}

test('an id that a courier sends in two places is kept once', () => {
  const data = { event_id: 'e1', code: 'x', machine: 'm' };
  const body = { event_type: 'pattern_created', pattern_id: 'p', pattern_data: data };
  expect(eventOf({ ...body, event_id: 'e1' })).toMatchObject({
    eventId: 'e1',
    extra: { machine: 'm' },
  });
  expect(eventOf({ ...body, event_id: 'e1' })).not.toHaveProperty('extra.event_id');
  expect(eventOf({ ...body, event_id: 'other' })).toMatchObject({
    eventId: 'other',
    extra: { event_id: 'e1' },
  });
});
