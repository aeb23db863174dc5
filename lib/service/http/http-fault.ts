import { TrackerError } from '../../base/errors.ts';
import type { JsonObject } from '../../base/json.ts';

/** Thrown where a request cannot be served; it becomes the reply. Code `E_HTTP_` and the status. */
export class HttpFault extends TrackerError {
  override readonly name = 'HttpFault';
  /** The status of the reply. */
  readonly status: number;
  /** The JSON body of the reply. */
  readonly body: JsonObject;
  /** Headers of the reply beside the usual ones. */
  readonly headers: Readonly<Record<string, string>>;

  /** @param headers @default none */
  constructor(status: number, body: JsonObject, headers: Readonly<Record<string, string>> = {}) {
    super(`E_HTTP_${status}`, `${status}`);
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** A fault whose body is `{detail}`, the shape of most errors of the API. */
export function fault(
  status: number,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): HttpFault {
  return new HttpFault(status, { detail }, headers);
}

/** The 422 of an `Idempotency-Key` that cannot be taken. `type`: as in FastAPI's validation errors. */
export function keyFault(type: string, msg: string): HttpFault {
  return new HttpFault(422, {
    detail: [{ type, loc: ['header', 'Idempotency-Key'], msg, input: null }],
  });
}

/** The 422 of a key that came before, with another request. */
export function reusedKeyFault(): HttpFault {
  return keyFault('key_reused', 'Another request had this key: nothing was stored, take a new one');
}

/** A 503 of an overloaded service; `Retry-After` asks the client to try again in a second. */
export function busyFault(detail: string): HttpFault {
  return fault(503, detail, { 'Retry-After': '1' });
}

/** The 404 of an unknown pattern. `elapsedMs`: milliseconds since the request came. */
export function patternNotFound(patternId: string, elapsedMs: number): HttpFault {
  return new HttpFault(404, {
    success: false,
    error: `Validation error: Pattern not found: ${patternId}`,
    pattern_id: patternId,
    metadata: { error_type: 'validation_error', pattern_id: patternId },
    processing_time_ms: elapsedMs,
  });
}
