import type { TokenScope } from '../store/token-store.ts';
import { fault } from '../http/http-fault.ts';
import type { HttpFault } from '../http/http-fault.ts';
import { addressCaller } from '../http/rate-limiter.ts';
import type { RateState } from '../http/rate-limiter.ts';
import type { ServiceParts } from '../service-parts.ts';
import { hasScope } from './token-gate.ts';
import type { Caller } from './token-gate.ts';

/** What a request tells about its sender. */
export interface Credentials {
  /** The `Authorization` header. */
  readonly authorization: string | undefined;
  /** The client's IP address; undefined where there is no socket. */
  readonly address: string | undefined;
}

/** A request that was let in. */
export interface Admitted {
  /** Undefined for a stranger on a route that is open to all. */
  readonly caller: Caller | undefined;
  /** The key of the rate limit: the token, else the address. */
  readonly limitedAs: string;
  /** Undefined when the request did not count against the rate limit. */
  readonly rate: RateState | undefined;
}

/**
 * Lets a request in, or throws the reply that refuses it.
 *
 * @param scope the scope that the route needs; null for a route that is open to all
 * @param isLimited whether an open route counts against the rate limit; every other route does
 * @throws HttpFault 401 without a valid token, 403 without the scope, 429 past the rate limit
 * @throws StoreUnavailableError when a token cannot be looked up and the route is not open
 */
export async function admit(
  service: ServiceParts,
  scope: TokenScope | null,
  { authorization, address }: Credentials,
  isLimited = false,
): Promise<Admitted> {
  const { gate, limiter } = service;
  const anonymous = addressCaller(address);
  const isKnown = gate.isKnown(authorization);
  // An unknown token costs a look-up, so an address past its limit gets none. A few spare look-ups a
  // second remain for all such addresses together; without them, whoever guesses tokens behind a proxy
  // would lock out everyone who shares its address.
  const state = limiter.state(anonymous);
  const mayLookUp = isKnown || !state.isExceeded || !service.spareLookUps.count('all').isExceeded;
  if (scope === null) {
    const caller = mayLookUp
      ? await callerOf(service, authorization, anonymous).catch(() => undefined) // store unreachable
      : undefined;
    const limitedAs = caller?.tokenId ? `token:${caller.tokenId}` : anonymous;
    const rate = isLimited ? limiter.count(limitedAs) : undefined;
    if (rate?.isExceeded) throw tooMany(rate);
    return { caller, limitedAs, rate };
  }
  if (!mayLookUp) throw tooMany(state);
  const caller = await callerOf(service, authorization, anonymous);
  if (!caller) throw unauthorized(authorization);
  const limitedAs = caller.tokenId ? `token:${caller.tokenId}` : anonymous;
  const rate = limiter.count(limitedAs);
  if (rate.isExceeded) throw tooMany(rate);
  if (!hasScope(caller, scope)) {
    throw fault(403, `This token has no scope "${scope}"`, {
      'WWW-Authenticate': `Bearer error="insufficient_scope", scope="${scope}"`,
    });
  }
  return { caller, limitedAs, rate };
}

/** The `RateLimit-*` headers, which tell a caller how many requests are left; none without a limit. */
export function rateHeaders({ limit, used, resetSeconds }: RateState): Record<string, string> {
  if (limit === 0) return {};
  return {
    'RateLimit-Limit': String(limit),
    'RateLimit-Remaining': String(limit - used),
    'RateLimit-Reset': String(resetSeconds),
  };
}

// --- internal ---

/** Who sends the token; undefined for an invalid one, which counts against the address. */
async function callerOf(
  { gate, limiter }: ServiceParts,
  authorization: string | undefined,
  anonymous: string,
): Promise<Caller | undefined> {
  const admission = await gate.admit(authorization);
  if (admission.kind === 'admitted') return admission.caller;
  if (authorization !== undefined) limiter.count(anonymous);
  return undefined;
}

function unauthorized(authorization: string | undefined): HttpFault {
  const isMissing = authorization === undefined;
  return fault(
    401,
    isMissing
      ? 'A token is needed: Authorization: Bearer ptk_…'
      : 'The token is not valid, or no longer',
    { 'WWW-Authenticate': isMissing ? 'Bearer' : 'Bearer error="invalid_token"' },
  );
}

function tooMany(state: RateState): HttpFault {
  return fault(429, 'Rate limit exceeded', {
    ...rateHeaders(state),
    'Retry-After': String(state.resetSeconds),
  });
}
