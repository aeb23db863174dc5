import { TrackerError } from '../../base/errors.ts';
import type { JsonObject } from '../../base/json.ts';

/** A request that can not be answered as it was asked: becomes its reply. Code `E_HTTP_` and the status. */
export class HttpFault extends TrackerError {
  override readonly name = 'HttpFault';
  readonly status: number;
  readonly body: JsonObject;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, body: JsonObject, headers: Readonly<Record<string, string>> = {}) {
    super(`E_HTTP_${status}`, `${status}`);
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** A fault in the shape most of the API's errors have. */
export function fault(
  status: number,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): HttpFault {
  return new HttpFault(status, { detail }, headers);
}

/** The service is well but has more to do than it can: the same request will do in a second. */
export function busyFault(detail: string): HttpFault {
  return fault(503, detail, { 'Retry-After': '1' });
}

/** What a pattern that is not there is answered with. */
export function patternNotFound(patternId: string, elapsedMs: number): HttpFault {
  return new HttpFault(404, {
    success: false,
    error: `Validation error: Pattern not found: ${patternId}`,
    pattern_id: patternId,
    metadata: { error_type: 'validation_error', pattern_id: patternId },
    processing_time_ms: elapsedMs,
  });
}
