import { InvariantError, TrackerError } from '../../base/errors.ts';
import { parseRetryAfter } from '../breaker/backoff.ts';
import type { Undelivered } from '../sink-client.ts';
import type { HttpReply } from './http-client.ts';
import { NoReplyError } from './no-reply-error.ts';

/** Why a reply means that the sink did not accept the request. */
export interface ReplyFailure {
  /**
   * `redirect`: 3xx, which is not followed, because records go only to the address that the user named.
   * `unwell`: 408, 429, 5xx. `refused`: any other 4xx. `foreign`: something other than the sink answered,
   * such as a captive portal, or the reply cannot be understood.
   */
  readonly cause: 'redirect' | 'unwell' | 'refused' | 'foreign';
  /** True when it counts against the breaker. */
  readonly serverFault: boolean;
  /** The wait that Retry-After asks for, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

/** The failure of a reply whose body does not answer the request. */
export const ODD_BODY: ReplyFailure = { cause: 'foreign', serverFault: true };

/**
 * Why a request was not accepted; undefined for 2xx, whose body has the answer.
 *
 * @param isOwn whether the body looks like one that the sink itself sends, and not a proxy or a portal
 * @param now milliseconds since 1970 UTC, from which a date in Retry-After counts
 */
export function classify(
  { status, headers }: Pick<HttpReply, 'status' | 'headers'>,
  isOwn: boolean,
  now: number,
): ReplyFailure | undefined {
  if (status >= 300 && status < 400) return { cause: 'redirect', serverFault: true };
  if (status >= 500 || status === 408 || status === 429) {
    const retryAfterMs = parseRetryAfter(headers['retry-after'], now);
    return { cause: 'unwell', serverFault: status >= 500, retryAfterMs };
  }
  if (!isOwn && !TRUSTED.has(status)) return ODD_BODY;
  return isSuccess(status) ? undefined : { cause: 'refused', serverFault: false };
}

/** True for 2xx. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/** The outcome for an event whose request failed in this way. `message` says what happened, for people. */
export function undelivered(
  { cause, retryAfterMs }: ReplyFailure,
  status: number,
  message: string,
): Undelivered {
  if (cause === 'refused') return { kind: 'rejected', status, message };
  return { kind: 'retry', status, message, retryAfterMs };
}

/**
 * The outcome for an event whose request got no reply, or was never made because the token cannot be read.
 * A request that was aborted, or whose client `isClosed`, is not the server's fault.
 *
 * @throws `error` itself if it is neither of these
 */
export function unanswered(
  error: unknown,
  isClosed: boolean,
): { readonly outcome: Undelivered; readonly serverFault: boolean } {
  if (!(error instanceof TrackerError) || error instanceof InvariantError) throw error;
  const isGivenUp = error instanceof NoReplyError && (error.isAborted || isClosed);
  return { outcome: { kind: 'retry', message: error.message }, serverFault: !isGivenUp };
}

/** True when the token or the secret headers were refused; the client reads them again before its next request. */
export function refusesCredentials(status: number): boolean {
  return status === 401 || status === 403;
}

/** True for a status that concerns the credentials or the address rather than the event. */
export function concernsSetup(status: number): boolean {
  return SETUP.has(status);
}

/** True for 429 and 503, which mean an overloaded server, not a bad event. */
export function isOverloaded(status: number | undefined): boolean {
  return status === 429 || status === 503;
}

// --- internal ---

/** Trusted from proxies too: 401, 403 and 407 concern the credentials, 413 the request size. */
const TRUSTED: ReadonlySet<number> = new Set([401, 403, 407, 413]);

const SETUP: ReadonlySet<number> = new Set([401, 403, 404, 405, 407]);
