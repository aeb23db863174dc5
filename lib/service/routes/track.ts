import * as z from 'zod';
import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { hexDigest } from '../../base/digest.ts';
import { InvariantError } from '../../base/errors.ts';
import type { JsonObject } from '../../base/json.ts';
import { lineageEventSchema } from '../../lineage-api/lineage-event.ts';
import { batchReplySchema, trackReplySchema } from '../../lineage-api/lineage-reply.ts';
import { detailReplySchema, failureReplySchema } from '../../lineage-api/service-reply.ts';
import { batchRequestSchema } from '../../lineage-api/service-request.ts';
import type { SettledAnswer, TrackAnswer, TrackedEvent } from '../store/rows/tracked-event.ts';
import { readEvent } from '../ingest/event-reading.ts';
import type { EventReading } from '../ingest/event-reading.ts';
import { fault, HttpFault, reusedKeyFault } from '../http/http-fault.ts';
import { MAX_GROUP } from '../ingest/ingest-queue.ts';
import { okReply, route } from '../http/route.ts';
import type { Call, Route } from '../http/route.ts';
import { refusal, trackMetadata, trackResult } from '../replies/track-reply.ts';
import type { TrackResult } from '../replies/track-reply.ts';

/** The most values of a batch: 1,000 events with 200 each. */
const MAX_BATCH_VALUES = 200_000;

const description = `A 200 is sent when the event is on disk. An event whose \`event_id\` (or, without one, \`Idempotency-Key\`
header) was applied before changes nothing and is a success. A key that another request had is answered 422, and nothing of
the request is stored.`;

/** Routes that record lineage events, one or a batch. */
export const trackRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/lineage/track',
    tag: 'Lineage',
    summary: 'Record what happened to a pattern',
    description,
    scope: 'write',
    shownBody: lineageEventSchema,
    replies: { 200: trackReplySchema, 400: z.union([failureReplySchema, detailReplySchema]) },
    async handle(call) {
      const reading = readEvent(call.body, {
        place: ['body'],
        eventId: call.idempotencyKey ?? randomUUID(),
        request: requestOf(call),
        receivedAt: call.service.clock(),
        redactor: call.service.redactor,
      });
      if (reading.kind !== 'event') throw readingFault(reading);
      const { event } = reading;
      const [answer] = await submit(call, [event]);
      const { isSuccess, data, error } = counted(call, event, answer);
      const metadata = trackMetadata(event, call.requestId, call.elapsedMs());
      if (isSuccess) return okReply({ success: true, data, metadata });
      throw new HttpFault(400, {
        success: false,
        error: error ?? '',
        metadata: { ...metadata, error_type: 'validation_error' },
        processing_time_ms: call.elapsedMs(),
      });
    },
  }),
  route({
    method: 'POST',
    path: '/lineage/track/batch',
    tag: 'Lineage',
    summary: `Record up to ${MAX_GROUP} events, in their order`,
    description: `${description} Both modes keep the order. \`success\` is false when any event failed; the others
are stored. One event that cannot be read refuses the whole batch.`,
    scope: 'write',
    body: batchRequestSchema,
    maxValues: MAX_BATCH_VALUES,
    shownBody: batchRequestSchema.omit({ events: true }).extend({
      events: lineageEventSchema.array().min(1).max(MAX_GROUP),
    }),
    replies: { 200: batchReplySchema },
    async handle(call) {
      const { events: bodies } = call.body;
      if (bodies.length === 0)
        throw fault(400, 'The batch is empty: events needs at least one event');
      if (bodies.length > MAX_GROUP) {
        throw fault(413, `A batch may have ${MAX_GROUP} events, this one has ${bodies.length}`);
      }
      return okReply(await trackBatch(call, bodies));
    },
  }),
];

// --- internal ---

type BatchCall = Call<unknown, ReturnType<typeof batchRequestSchema.parse>>;
type Readable = Extract<EventReading, { kind: 'event' | 'incomplete' }>;

async function trackBatch(call: BatchCall, bodies: readonly unknown[]): Promise<JsonObject> {
  const readings = await readAll(call, bodies);
  const events = readings.flatMap((reading) => (reading.kind === 'event' ? [reading.event] : []));
  const answers = events.length === 0 ? [] : await submit(call, events);
  const succeeded: JsonObject[] = [];
  const failed: JsonObject[] = [];
  let repeats = 0;
  let next = 0;
  for (const [index, reading] of readings.entries()) {
    const { eventType, patternId } =
      reading.kind === 'event' ? reading.event : subjectOf(bodies[index], reading);
    const result =
      reading.kind === 'event'
        ? counted(call, reading.event, answers[next++])
        : refusal(reading.message);
    if (reading.kind !== 'event') call.service.metrics.ingested('refused');
    const metadata = trackMetadata({ eventType, patternId }, call.requestId, call.elapsedMs());
    if (result.isRepeat) repeats += 1;
    if (result.isSuccess) {
      const data = result.data ?? {};
      succeeded.push({ event_index: index, data, metadata, pattern_id: patternId });
    } else {
      failed.push({
        event_index: index,
        error: result.error ?? '',
        metadata: { ...metadata, error_type: 'validation_error' },
        pattern_id: patternId,
      });
    }
  }
  const { processing_mode: requested, sequential_processing, batch_id = null } = call.body;
  const ms = call.elapsedMs();
  return {
    success: failed.length === 0,
    batch_id,
    batch_summary: {
      total_events: bodies.length,
      successful_events: succeeded.length,
      failed_events: failed.length,
      handled_duplicates: repeats,
      processing_mode: sequential_processing ? 'sequential' : requested,
      requested_processing_mode: requested,
    },
    successful_results: succeeded,
    failed_results: failed.length === 0 ? null : failed,
    metadata: {
      processing_time_ms: ms,
      average_time_per_event: ms / bodies.length,
      batch_efficiency_gain: efficiencyGain(ms, bodies.length),
    },
  };
}

/** What the older servers reckon a request of its own to take for each event, in milliseconds. */
const SINGLE_REQUEST_MS = 50;

function efficiencyGain(ms: number, events: number): number {
  return Math.round((1 - ms / (events * SINGLE_REQUEST_MS)) * 1_000) / 10;
}

/** @throws HttpFault when an event cannot be read: 422 that names every malformed one, else 400 */
async function readAll(call: BatchCall, bodies: readonly unknown[]): Promise<Readable[]> {
  const { clock, redactor } = call.service;
  const receivedAt = clock();
  const key = call.idempotencyKey;
  const request = requestOf(call);
  const readings: EventReading[] = [];
  let begun = performance.now();
  for (const [index, body] of bodies.entries()) {
    if (performance.now() - begun > MOST_AT_ONCE_MS) {
      await setImmediate();
      begun = performance.now();
    }
    const place = ['body', 'events', index];
    const eventId = key === undefined ? randomUUID() : `${key}-${index}`;
    readings.push(readEvent(body, { place, eventId, request, receivedAt, redactor }));
  }
  const detail = readings.flatMap((reading) =>
    reading.kind === 'malformed' ? reading.detail : [],
  );
  if (detail.length > 0) throw new HttpFault(422, { detail: detail.slice(0, MAX_DETAILS) });
  return readings.map((reading, index) => {
    if (reading.kind === 'event' || reading.kind === 'incomplete') return reading;
    throw readingFault(reading, `events[${index}]: `);
  });
}

/** After this long, in milliseconds, the reading of a batch lets other requests have their turn. */
const MOST_AT_ONCE_MS = 20;

/** Malformed fields named in one reply, to bound its size. */
const MAX_DETAILS = 20;

function readingFault(reading: Exclude<EventReading, { kind: 'event' }>, where = ''): HttpFault {
  if (reading.kind === 'malformed') return new HttpFault(422, { detail: [...reading.detail] });
  return fault(400, where + reading.message);
}

async function submit(
  { service, tenant, bytes }: Call,
  events: readonly TrackedEvent[],
): Promise<SettledAnswer[]> {
  let answers: TrackAnswer[];
  try {
    answers = await service.queue.submit(tenant, events, bytes);
  } catch (error) {
    service.metrics.ingested('failed', events.length);
    throw error;
  }
  const applied = answers.filter((answer) => answer.kind !== 'conflict');
  if (applied.length === answers.length) return applied;
  service.metrics.ingested('refused', events.length);
  throw reusedKeyFault();
}

/** What tells a request with an `Idempotency-Key` from another one with the same key. */
function requestOf({ idempotencyKey, body }: Call): (() => string) | undefined {
  if (idempotencyKey === undefined) return undefined;
  let digest: string | undefined;
  return () => (digest ??= hexDigest(`${idempotencyKey}\0${JSON.stringify(body)}`, 32));
}

function counted(
  { service }: Call,
  event: TrackedEvent,
  answer: SettledAnswer | undefined,
): TrackResult {
  if (!answer) throw new InvariantError('the store left an event unanswered');
  service.metrics.ingested(COUNTED_AS[answer.kind]);
  return trackResult(event, answer);
}

/** The label of the ingest metric for each answer of the store. */
const COUNTED_AS = {
  created: 'created',
  exists: 'repeated',
  noted: 'noted',
  duplicate: 'repeated',
  refused: 'refused',
} as const satisfies Record<SettledAnswer['kind'], string>;

function subjectOf(
  body: unknown,
  { type }: Extract<EventReading, { kind: 'incomplete' }>,
): Pick<TrackedEvent, 'eventType' | 'patternId'> {
  return { eventType: type, patternId: (body as { readonly pattern_id: string }).pattern_id };
}
