import type { TokenScope } from '../store/token-store.ts';
import { fault } from '../http/http-fault.ts';
import type { HttpFault } from '../http/http-fault.ts';
import { addressCaller } from '../http/rate-limiter.ts';
import type { RateState } from '../http/rate-limiter.ts';
import type { ServiceParts } from '../service-parts.ts';
import { hasScope } from './token-gate.ts';
import type { Caller } from './token-gate.ts';
import type { Actor } from '../accounting/audit-log.ts';
import { DEFAULT_TENANT } from '../store/tenants.ts';

/** What a request tells about its sender. */
export interface Credentials {
  /** The `Authorization` header. */
  readonly authorization: string | undefined;
  /** The client's IP address; undefined where there is no socket. */
  readonly address: string | undefined;
}

/** What a request asks for. */
export interface Asked {
  /** The scope that the route needs; null for a route that is open to all. */
  readonly scope: TokenScope | null;
  /** Whether an open route counts against the rate limit; every other route does. @default false */
  readonly isLimited?: boolean;
  /** Method and path of the route. */
  readonly path: string;
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
 * @throws HttpFault 401 without a valid token, 403 without the scope, 429 past the rate limit
 * @throws StoreUnavailableError when a token cannot be looked up and the route is not open
 */
export async function admit(
  service: ServiceParts,
  { scope, isLimited = false, path }: Asked,
  credentials: Credentials,
): Promise<Admitted> {
  const { authorization, address } = credentials;
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
      ? await callerOf(service, path, credentials).catch(() => undefined) // store unreachable
      : undefined;
    const limitedAs = caller?.tokenId ? `token:${caller.tokenId}` : anonymous;
    const rate = isLimited ? limiter.count(limitedAs) : undefined;
    if (rate?.isExceeded) throw tooMany(rate);
    return { caller, limitedAs, rate };
  }
  if (!mayLookUp) throw tooMany(state);
  const caller = await callerOf(service, path, credentials);
  if (!caller) throw unauthorized(authorization);
  const limitedAs = caller.tokenId ? `token:${caller.tokenId}` : anonymous;
  const rate = limiter.count(limitedAs);
  if (rate.isExceeded) throw tooMany(rate);
  if (!hasScope(caller, scope)) {
    service.audit.refused(actorOf(caller, caller.tenant, path, address), 'scope');
    throw fault(403, `This token has no scope "${scope}"`, {
      'WWW-Authenticate': `Bearer error="insufficient_scope", scope="${scope}"`,
    });
  }
  return { caller, limitedAs, rate };
}

/** Who asks, for the audit log. */
export function actorOf(
  caller: Partial<Pick<Caller, 'tokenId' | 'tokenName'>> | undefined,
  tenant: string,
  route: string,
  address: string | undefined,
): Actor {
  const { tokenId = null, tokenName = null } = caller ?? {};
  return { tenant, tokenId, tokenName, route, address: address ?? null };
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
  { gate, limiter, audit }: ServiceParts,
  path: string,
  { authorization, address }: Credentials,
): Promise<Caller | undefined> {
  const admission = await gate.admit(authorization);
  if (admission.kind === 'admitted') return admission.caller;
  if (authorization !== undefined) limiter.count(addressCaller(address));
  if (admission.kind === 'invalid') {
    const { token, reason } = admission;
    const claimed = token && { tokenId: token.id, tokenName: token.name };
    // A token that there is not belongs to nobody: the default tenant's admins see it.
    audit.refused(actorOf(claimed, token?.tenant ?? DEFAULT_TENANT, path, address), reason);
  }
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
