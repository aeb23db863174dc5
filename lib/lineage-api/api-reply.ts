import { asArray, asNumber, asObject, asString, isJsonObject } from '../base/json.ts';
import type { JsonObject } from '../base/json.ts';

/** A server's answer about one event. With `isServerFault`, sending the event again may succeed. */
export type EventAnswer =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'failed'; readonly message: string; readonly isServerFault: boolean };

/** A server's answer about its own health. */
export interface HealthAnswer {
  readonly isWell: boolean;
  /** Why, for people to read. */
  readonly detail: string;
}

/**
 * Reads the reply to a single event; undefined if it is not one. Only `success` counts, because every
 * version of the server sends it, while a gateway that answers 200 in the server's place does not.
 */
export function readTrackReply(body: unknown): EventAnswer | undefined {
  if (!isJsonObject(body)) return undefined;
  if (body['success'] === true) return { kind: 'accepted' };
  return body['success'] === false ? failure(body) : undefined;
}

/**
 * Reads the reply to a batch of `count` events: one answer for each, in order; undefined if it is not
 * such a reply. An event that the reply does not mention has failed, and the server is at fault.
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

/**
 * Reads the reply to a health check. A server with a broken store may answer 200 too, so the body
 * decides.
 */
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

/**
 * The message of an error reply, in any known shape and of any length; the raw text if the shape is
 * unknown.
 */
export function errorText(body: unknown, text: string): string {
  if (isJsonObject(body)) {
    const { detail, error, message } = body;
    const said = detailText(detail) ?? asString(error) ?? asString(message);
    if (said) return said;
  }
  return isPage(text) ? wordsOf(text) : text.trim();
}

// --- internal ---

/** Something for browsers, of a server that is not ours or of a proxy. */
function isPage(text: string): boolean {
  return /^\s*<(?:!doctype|html|head|body)\b/i.test(text);
}

/** What a page shows, in one line. */
function wordsOf(page: string): string {
  const words = page
    .slice(0, MOST_OF_PAGE)
    .replaceAll(/<(style|script|title)\b[^]*?<\/\1>|<[^>]*>/gi, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return words ? `a page for browsers: ${words}` : 'a page for browsers';
}

const MOST_OF_PAGE = 20_000;

const SILENCE: EventAnswer = {
  kind: 'failed',
  message: 'The reply says nothing of this event.',
  isServerFault: true,
};

/** Words in error messages of the known servers that blame the store, not the event. */
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

/** FastAPI's `detail` as text. It is a string or a list of {loc, msg}. */
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
