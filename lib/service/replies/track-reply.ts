import { isoTime } from '../../base/clock.ts';
import type { JsonObject } from '../../base/json.ts';
import type { SettledAnswer, PatternNode, TrackedEvent } from '../store/rows/tracked-event.ts';
import { OPERATIONS } from '../ingest/event-reading.ts';
import { lineageUuid, nodeId } from './node-id.ts';

/** What a client is told about one event. */
export interface TrackResult {
  readonly isSuccess: boolean;
  /** Undefined when the event failed. */
  readonly data: JsonObject | undefined;
  readonly error: string | undefined;
  /** True if the event, or this version of the pattern, was stored before. */
  readonly isRepeat: boolean;
}

/** Says in the API's words what the store answered. */
export function trackResult(event: TrackedEvent, answer: SettledAnswer): TrackResult {
  if (answer.kind === 'refused') return refusal(answer.message);
  const { node } = answer;
  const ids = {
    lineage_id: lineageUuid(node.lineageId),
    pattern_node_id: nodeId(node),
    event_id: event.eventId,
    pattern_id: event.patternId,
  };
  switch (answer.kind) {
    case 'created':
      return success({ ...ids, ...createdData(event, node, answer.parents) });
    case 'noted': {
      const isDeprecated = event.eventType === 'pattern_deprecated';
      const data = { ...ids, timestamp: isoTime(event.at) };
      return success(isDeprecated ? { ...data, deprecated: true } : data);
    }
    case 'exists': {
      const message = `Pattern ${event.patternId} version ${node.version} exists already`;
      return success({ ...ids, status: 'already_exists', message }, true);
    }
    case 'duplicate': {
      const message = `Event ${event.eventId} was applied before`;
      return success({ ...ids, status: 'already_exists', message }, true);
    }
  }
}

/** The result for an event that the client has to correct: sent again, it would fail again. */
export function refusal(message: string): TrackResult {
  const error = message.startsWith(VALIDATION) ? message : VALIDATION + message;
  return { isSuccess: false, data: undefined, error, isRepeat: false };
}

/** The `metadata` of one event's reply. */
export function trackMetadata(
  event: Pick<TrackedEvent, 'eventType' | 'patternId'>,
  requestId: string,
  elapsedMs: number,
): JsonObject {
  return {
    correlation_id: requestId,
    operation: OPERATIONS[event.eventType],
    duration_ms: elapsedMs,
    pattern_id: event.patternId,
    processing_time_ms: elapsedMs,
  };
}

// --- internal ---

const VALIDATION = 'Validation error: ';

function createdData(
  event: TrackedEvent,
  node: PatternNode,
  parents: readonly PatternNode[],
): JsonObject {
  const created_at = isoTime(event.at);
  if (parents.length === 0) {
    return { pattern_name: event.name, generation: node.generation, created_at };
  }
  const parent_node_ids = parents.map(nodeId);
  const count = event.eventType === 'pattern_merged' ? { parent_count: parents.length } : {};
  return { parent_node_ids, generation: node.generation, ...count, created_at };
}

function success(data: JsonObject, isRepeat = false): TrackResult {
  return { isSuccess: true, data, error: undefined, isRepeat };
}
