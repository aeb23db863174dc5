import {
  asNumber,
  asObject,
  asString,
  hasMoreValues,
  isJsonObject,
  isNestedDeeper,
} from '../../base/json.ts';
import type { Json, JsonObject } from '../../base/json.ts';
import { lineageEventSchema } from '../../lineage-api/lineage-event.ts';
import type { LineageEventType } from '../../lineage-api/lineage-terms.ts';
import type { Redactor } from '../../redact/redact.ts';
import type { TrackedEvent } from '../store/rows/tracked-event.ts';
import { MAX_VALUES } from '../http/request-body.ts';
import { validationDetail } from '../http/validation.ts';

/** The result of reading one event. */
export type EventReading =
  | { readonly kind: 'event'; readonly event: TrackedEvent }
  /** A field has a wrong type or length; `detail` is in the shape of FastAPI's errors. */
  | { readonly kind: 'malformed'; readonly detail: readonly JsonObject[] }
  /** The event is larger than its bounds, or a field has a text that its enumeration does not contain. */
  | { readonly kind: 'refused'; readonly message: string }
  /** The event is well-formed, but lacks what its type needs. */
  | { readonly kind: 'incomplete'; readonly message: string; readonly type: LineageEventType };

/** What reading an event needs beside its body. */
export interface EventReadingOptions {
  /** Where the event stands in the request: `['body']`, `['body', 'events', 3]`. */
  readonly place: readonly (string | number)[];
  /** The id of an event that brings none of its own. */
  readonly eventId: string;
  /** Works out the digest of the request, if its `Idempotency-Key` is that id. */
  readonly request?: (() => string) | undefined;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  /** Takes secrets out of the event. Undefined stores it as it came. */
  readonly redactor: Redactor | undefined;
}

/** The API's names of the operations that events ask for. */
export const OPERATIONS: Readonly<Record<LineageEventType, string>> = {
  pattern_created: 'track_creation',
  pattern_validated: 'track_creation',
  pattern_modified: 'track_modification',
  pattern_forked: 'track_fork',
  pattern_merged: 'track_merge',
  pattern_applied: 'track_application',
  pattern_deprecated: 'track_deprecation',
};

/** Reads the body of `POST /lineage/track`, or one event of a batch. */
export function readEvent(body: unknown, options: EventReadingOptions): EventReading {
  const { place } = options;
  // Bounds come first: validating what passes them may take seconds, in which nobody else is served.
  if (isJsonObject(body) && hasMoreValues(body, MAX_VALUES)) {
    return { kind: 'refused', message: `the event has more than ${MAX_VALUES} values` };
  }
  if (isJsonObject(body) && isNestedDeeper(body, MAX_DEPTH)) {
    return { kind: 'refused', message: `the event is nested deeper than ${MAX_DEPTH} levels` };
  }
  const result = lineageEventSchema.safeParse(body, { reportInput: true });
  if (result.success) {
    const wrong = wrongId(result.data);
    if (wrong) return malformed([...place, ...wrong.path], wrong.msg);
    const event = trackedEvent(result.data, options, isJsonObject(body) ? body : {});
    const { redactor } = options;
    const kept = redactor ? redacted(event, redactor) : event;
    if (kept.eventId === event.eventId) return { kind: 'event', event: kept };
    // Without the secret, it could be the same as that of another event, which would then be dropped.
    return malformed([...place, 'event_id'], 'It looks like a secret: take another id');
  }
  const { issues } = result.error;
  const unknownWords = issues.filter(
    ({ code, input }) => code === 'invalid_value' && typeof input === 'string',
  );
  const incomplete = issues.filter(({ code }) => code === 'custom');
  const wrongTypes = issues.filter(
    (issue) => !unknownWords.includes(issue) && !incomplete.includes(issue),
  );
  if (wrongTypes.length > 0) {
    return { kind: 'malformed', detail: validationDetail(wrongTypes.map(typeOfWord), place) };
  }
  const [word] = unknownWords;
  if (word) {
    const name = ENUMERATIONS[String(word.path[0])] ?? 'value';
    const said = JSON.stringify(String(word.input).slice(0, 100)).slice(1, -1);
    return { kind: 'refused', message: `'${said}' is not a valid ${name}` };
  }
  const type = (body as { readonly event_type: LineageEventType }).event_type;
  const needed =
    incomplete[0]?.path[0] === 'pattern_data'
      ? 'pattern_data'
      : type === 'pattern_merged'
        ? 'at least 2 parent_pattern_ids'
        : 'parent_pattern_ids';
  return { kind: 'incomplete', message: `${OPERATIONS[type]} requires ${needed}`, type };
}

// --- internal ---

/** The deepest nesting, in levels. A deeper value could not be written as JSON again. */
const MAX_DEPTH = 64;

const ENUMERATIONS: Readonly<Record<string, string>> = {
  event_type: 'LineageEventType',
  edge_type: 'EdgeType',
  transformation_type: 'TransformationType',
};

function malformed(loc: readonly (string | number)[], msg: string): EventReading {
  return { kind: 'malformed', detail: [{ type: 'value_error', loc: [...loc], msg, input: null }] };
}

type Issue = Parameters<typeof validationDetail>[0][number];

/** Reports a field of an enumeration that is not even a text as one of a wrong type. */
function typeOfWord(issue: Issue): Issue {
  if (issue.code !== 'invalid_value') return issue;
  return { ...issue, code: 'invalid_type', expected: 'string' };
}

type Body = ReturnType<typeof lineageEventSchema.parse>;

/** Finds an id that the schema accepts but the service could not serve; undefined if there is none. */
function wrongId({ pattern_id, pattern_data }: Body): { path: string[]; msg: string } | undefined {
  if (pattern_id === '.' || pattern_id === '..') {
    return { path: ['pattern_id'], msg: 'A path can not name "." and "..": take another id' };
  }
  const { event_id: id } = pattern_data;
  if (typeof id === 'string' && id.length > MAX_KEY) {
    // Ignoring a longer id would let the event be applied twice.
    const msg = `String should have at most ${MAX_KEY} characters`;
    return { path: ['pattern_data', 'event_id'], msg };
  }
  return undefined;
}

/** The limit of `event_id`, in characters. */
const MAX_KEY = 255;

/** @param sent the event before the schema filled in defaults */
function trackedEvent(body: Body, options: EventReadingOptions, sent: JsonObject): TrackedEvent {
  const { receivedAt } = options;
  const {
    event_id,
    event_type,
    pattern_id,
    pattern_name,
    pattern_type,
    pattern_version,
    tool_name,
    file_path,
    language,
    pattern_data,
    parent_pattern_ids,
    edge_type,
    transformation_type,
    reason,
    triggered_by,
    ...unknown
  } = body;
  const data = new DataReader(pattern_data as JsonObject);
  // Couriers send it in both places, for servers that know one of them; it is stored once.
  const ownId = event_id ?? data.text('event_id', 255);
  if (pattern_data['event_id'] === event_id) data.text('event_id', 255);
  const occurredAt = data.time('occurred_at');
  // Where the hooks of the older clients put file, session and language: in the data, in its `context`, and in
  // `metadata` beside it.
  const beside = [data.object('context'), data.object('metadata'), asObject(sent['metadata'])];
  const from = (key: string, maxLength?: number) =>
    data.text(key, maxLength) ??
    beside.map((place) => shortText(place?.[key], maxLength)).find((text) => text !== undefined);
  return {
    eventId: ownId ?? options.eventId,
    request: ownId === undefined ? options.request?.() : undefined,
    eventType: event_type,
    patternId: pattern_id,
    name: pattern_name,
    patternType: pattern_type,
    version: pattern_version,
    language: (sent['language'] === undefined && from('language', 50)) || (language ?? 'unknown'),
    code: data.text('code') ?? '',
    parentIds: parent_pattern_ids,
    edgeType: edge_type ?? undefined,
    transformationType: transformation_type ?? null,
    reason: reason ?? null,
    triggeredBy: triggered_by,
    toolName: tool_name ?? null,
    filePath: file_path ?? from('file_path') ?? null,
    sessionId: from('session_id', 255) ?? null,
    toolUseId: data.text('tool_use_id', 255) ?? null,
    agentName: data.text('agent_name', 255) ?? null,
    startLine: data.whole('start_line'),
    endLine: data.whole('end_line'),
    durationMs: data.number('duration_ms'),
    // A client's clock that is fast must not put an event into the future.
    at: Math.min(occurredAt ?? receivedAt, receivedAt),
    receivedAt,
    extra: merged(unknown as JsonObject, data.rest()),
  };
}

function redacted(event: TrackedEvent, redactor: Redactor): TrackedEvent {
  const clean = <T>(value: T) =>
    typeof value === 'string' ? (redactor.redactText(value).text as T) : value;
  return {
    ...event,
    eventId: clean(event.eventId),
    patternId: clean(event.patternId),
    name: clean(event.name),
    patternType: clean(event.patternType),
    version: clean(event.version),
    language: clean(event.language),
    code: clean(event.code),
    parentIds: event.parentIds.map(clean),
    reason: clean(event.reason),
    triggeredBy: clean(event.triggeredBy),
    toolName: clean(event.toolName),
    filePath: clean(event.filePath),
    sessionId: clean(event.sessionId),
    toolUseId: clean(event.toolUseId),
    agentName: clean(event.agentName),
    extra: redactor.redactPayload(event.extra).payload,
  };
}

/** Joins both. If both have a key, the value from the top gets the key `event.KEY`. */
function merged(top: JsonObject, data: JsonObject): JsonObject {
  const entries = Object.entries(top).map(([key, value]): [string, Json] => [
    Object.hasOwn(data, key) ? `event.${key}` : key,
    value,
  ]);
  return Object.fromEntries([...entries, ...Object.entries(data)]);
}

/** A text that is not empty and not too long. */
function shortText(value: Json | undefined, maxLength = Infinity): string | undefined {
  const text = asString(value);
  return text && text.length <= maxLength ? text : undefined;
}

/** Smaller numbers are seconds: as milliseconds they would be times before 1973. */
const SECONDS = 1e11;

/** Takes fields out of `pattern_data`. A field of an unexpected type or size stays among the rest. */
class DataReader {
  readonly #data: JsonObject;
  readonly #taken = new Set<string>();

  constructor(data: JsonObject) {
    this.#data = data;
  }

  text(key: string, maxLength = Infinity): string | undefined {
    return this.#take(key, shortText(this.#own(key), maxLength));
  }

  /** Stays among the rest. */
  object(key: string): JsonObject | undefined {
    return asObject(this.#own(key));
  }

  number(key: string): number | null {
    const value = asNumber(this.#own(key));
    const isSane = value !== undefined && value >= 0 && value < 1e12;
    return this.#take(key, isSane ? value : undefined) ?? null;
  }

  whole(key: string): number | null {
    const value = asNumber(this.#own(key));
    const isSane = Number.isInteger(value) && (value ?? -1) >= 0 && (value ?? 0) < 2 ** 31;
    return this.#take(key, isSane ? value : undefined) ?? null;
  }

  /** Reads ISO 8601, or milliseconds or seconds since 1970. Returns milliseconds. */
  time(key: string): number | undefined {
    const value = this.#own(key);
    const number = asNumber(value) ?? NaN;
    const at =
      typeof value === 'string' ? Date.parse(value) : number * (number < SECONDS ? 1000 : 1);
    return this.#take(key, at >= 0 && at < 8.64e15 ? Math.trunc(at) : undefined);
  }

  rest(): JsonObject {
    return Object.fromEntries(Object.entries(this.#data).filter(([key]) => !this.#taken.has(key)));
  }

  #own(key: string): Json | undefined {
    return Object.hasOwn(this.#data, key) ? this.#data[key] : undefined;
  }

  #take<T>(key: string, value: T | undefined): T | undefined {
    // A null means the same as leaving the field out.
    if (value !== undefined || this.#own(key) === null) this.#taken.add(key);
    return value;
  }
}
