import { InvariantError, TrackerError } from '../../base/errors.ts';
import { parseRetryAfter } from '../breaker/backoff.ts';
import type { Undelivered } from '../sink-client.ts';
import type { HttpReply } from './http-client.ts';
import { NoReplyError } from './no-reply-error.ts';

/** A reply to a request that the sink has not taken. */
export interface ReplyFailure {
  /**
   * `redirect`: 3xx, which is not followed, for what is sent goes where the user has said and nowhere
   * else. `unwell`: 408, 429, 5xx. `refused`: any other 4xx. `foreign`: something else has answered,
   * such as a captive portal, or nobody can tell what it means.
   */
  readonly cause: 'redirect' | 'unwell' | 'refused' | 'foreign';
  /** Counts against the circuit breaker. */
  readonly serverFault: boolean;
  /** The wait that Retry-After asks for, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

/** A reply whose body says nothing that its request has asked for. */
export const ODD_BODY: ReplyFailure = { cause: 'foreign', serverFault: true };

/**
 * Says why the request was not taken; undefined for 2xx, whose body has to be read. `isOwn`: the body is
 * one that the sink itself sends with such a status, as far as its client can tell. `now`: milliseconds
 * since 1970.
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

/** What becomes of an event that was answered so. `message`: what happened, for people. */
export function undelivered(
  { cause, retryAfterMs }: ReplyFailure,
  status: number,
  message: string,
): Undelivered {
  if (cause === 'refused') return { kind: 'rejected', status, message };
  return { kind: 'retry', status, message, retryAfterMs };
}

/**
 * What becomes of an event whose request got no reply, or was not made because its token cannot be read.
 * A client that `isClosed` has given it up, which is nobody's fault.
 *
 * @throws `error` if it is neither
 */
export function unanswered(
  error: unknown,
  isClosed: boolean,
): { readonly outcome: Undelivered; readonly serverFault: boolean } {
  if (!(error instanceof TrackerError) || error instanceof InvariantError) throw error;
  const isGivenUp = error instanceof NoReplyError && (error.isAborted || isClosed);
  return { outcome: { kind: 'retry', message: error.message }, serverFault: !isGivenUp };
}

/** True when the token or the secret headers were refused: they may have expired or been replaced. */
export function refusesCredentials(status: number): boolean {
  return status === 401 || status === 403;
}

/** True for a status that concerns the credentials or the address, and not the event that was sent. */
export function concernsSetup(status: number): boolean {
  return SETUP.has(status);
}

/** True for a server that has too much to do, whatever it was sent. */
export function isOverloaded(status: number | undefined): boolean {
  return status === 429 || status === 503;
}

// --- internal ---

/** Trusted from proxies too: 401, 403 and 407 concern the credentials, 413 the request size. */
const TRUSTED: ReadonlySet<number> = new Set([401, 403, 407, 413]);

const SETUP: ReadonlySet<number> = new Set([401, 403, 404, 405, 407]);
