import { asArray, asNumber, asObject, asString, isJsonObject } from '../base/json.ts';
import type { JsonObject } from '../base/json.ts';

/** What a server says of one event. */
export type EventAnswer =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'failed'; readonly message: string; readonly isServerFault: boolean };

/** What a server says of itself. */
export interface HealthAnswer {
  readonly isWell: boolean;
  /** For people. */
  readonly detail: string;
}

/**
 * The reply to a single event; undefined when it can't be told. Only `success` counts, which every
 * version of the server sends: a gateway that answers 200 in its place has taken nothing.
 */
export function readTrackReply(body: unknown): EventAnswer | undefined {
  if (!isJsonObject(body)) return undefined;
  if (body['success'] === true) return { kind: 'accepted' };
  return body['success'] === false ? failure(body) : undefined;
}

/**
 * The reply to a batch of `count` events, by index; undefined when it can't be told. An event of which
 * it says nothing has failed by the server's fault.
 */
export function readBatchReply(body: unknown, count: number): EventAnswer[] | undefined {
  if (!isJsonObject(body)) return undefined;
  const answers = Array.from({ length: count }, (): EventAnswer => SILENCE);
  const succeeded = body['successful_results'];
  const failed = body['failed_results'];
  if (!Array.isArray(succeeded) && !Array.isArray(failed)) {
    if (body['success'] !== true) return undefined;
    return answers.map(() => ({ kind: 'accepted' }));
  }
  for (const result of objects(succeeded)) {
    const index = asNumber(result['event_index']);
    if (index !== undefined && index in answers) answers[index] = { kind: 'accepted' };
  }
  for (const result of objects(failed)) {
    const index = asNumber(result['event_index']);
    if (index !== undefined && index in answers) answers[index] = failure(result);
  }
  return answers;
}

/** The reply to a question after its health. That it is a 200 says nothing, so its words are read. */
export function readHealthReply(status: number, body: unknown, text: string): HealthAnswer {
  const reply = asObject(body);
  const components = asObject(reply?.['components']) ?? {};
  const tracker = components['lineage_tracker'];
  const isWell =
    status === 200 &&
    reply?.['status'] === 'healthy' &&
    (tracker === undefined || tracker === 'operational');
  if (isWell) return { isWell, detail: 'the server is well' };
  const ailing = Object.entries(components)
    .filter(([, state]) => state !== 'operational')
    .map(([name, state]) => `${name}: ${asString(state) ?? JSON.stringify(state)}`);
  const said = ailing.join(', ') || asString(reply?.['status']) || errorText(body, text);
  return { isWell, detail: `${status}: ${said || 'no reason given'}` };
}

/** The words of an error reply, in whatever of the known shapes, at any length; the raw text where it is none. */
export function errorText(body: unknown, text: string): string {
  if (isJsonObject(body)) {
    const { detail, error, message } = body;
    const said = detailText(detail) ?? asString(error) ?? asString(message);
    if (said) return said;
  }
  return text.trim();
}

// --- internal ---

const SILENCE: EventAnswer = {
  kind: 'failed',
  message: 'The reply says nothing of this event.',
  isServerFault: true,
};

/** Messages of a server whose store is at fault, in the replies of the known implementation. */
const SERVER_FAULT =
  /database|connection|timed? ?out|timeout|unavailable|operation failed|deadlock|pool/i;
const SERVER_FAULT_TYPE = /database|timeout|connection|unavailable|internal|unexpected/i;

function failure(result: JsonObject): EventAnswer {
  const message = errorText(result, '') || 'The server gave no reason.';
  const type =
    asString(asObject(result['metadata'])?.['error_type']) ?? asString(result['error_type']) ?? '';
  const isValidation = type === 'validation_error' || message.startsWith('Validation error');
  const isServerFault =
    !isValidation && (SERVER_FAULT_TYPE.test(type) || SERVER_FAULT.test(message));
  return { kind: 'failed', message, isServerFault };
}

/** FastAPI's `detail`: a text, or a list of {loc, msg}. */
function detailText(detail: unknown): string | undefined {
  if (typeof detail === 'string') return detail;
  if (!Array.isArray(detail)) return undefined;
  return objects(detail)
    .map(({ loc, msg }) => {
      const place = asArray(loc).flatMap((part) => asString(part) ?? asNumber(part) ?? []);
      return (place.length > 0 ? `${place.join('.')}: ` : '') + (asString(msg) ?? '');
    })
    .join('; ');
}

function objects(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
