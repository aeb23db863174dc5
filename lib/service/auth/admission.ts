import type { TokenScope } from '../store/token-store.ts';
import { fault } from '../http/http-fault.ts';
import type { HttpFault } from '../http/http-fault.ts';
import { addressCaller } from '../http/rate-limiter.ts';
import type { RateState } from '../http/rate-limiter.ts';
import type { ServiceParts } from '../service-parts.ts';
import { hasScope } from './token-gate.ts';
import type { Caller } from './token-gate.ts';

/** What a request shows of who sends it. */
export interface Credentials {
  readonly authorization: string | undefined;
  /** Undefined where there is no socket. */
  readonly address: string | undefined;
}

export interface Admitted {
  /** Undefined: nobody we know, on a route that is open to all. */
  readonly caller: Caller | undefined;
  /** By which the rate is limited: the token, else the address. */
  readonly limitedAs: string;
  /** Undefined where nothing was counted. */
  readonly rate: RateState | undefined;
}

/**
 * Lets a request in, or not.
 *
 * @param scope what the route needs; null: it is open
 * @param isLimited whether an open route is counted; the others are
 * @throws HttpFault 401, 403, 429
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
  // Guessing tokens costs look-ups, so it is limited before; not wholly, or whoever guesses behind one
  // proxy or router would lock out all that come the same way.
  const state = limiter.state(anonymous);
  const mayLookUp = isKnown || !state.isExceeded || !service.spareLookUps.count('all').isExceeded;
  if (scope === null) {
    const caller = mayLookUp
      ? await callerOf(service, authorization, anonymous).catch(() => undefined) // the store is away
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

/** The headers that tell a caller how many requests are left. */
export function rateHeaders({ limit, used, resetSeconds }: RateState): Record<string, string> {
  if (limit === 0) return {};
  return {
    'RateLimit-Limit': String(limit),
    'RateLimit-Remaining': String(limit - used),
    'RateLimit-Reset': String(resetSeconds),
  };
}

// --- internal ---

/** Undefined for a token that is none; that counts against the address. */
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
