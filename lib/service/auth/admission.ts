import type { TokenScope } from '../store/token-store.ts';
import { fault } from '../http/http-fault.ts';
import type { HttpFault } from '../http/http-fault.ts';
import { addressCaller } from '../http/rate-limiter.ts';
import type { RateState } from '../http/rate-limiter.ts';
import type { ServiceParts } from '../service-parts.ts';
import { hasScope } from './token-gate.ts';
import type { Caller } from './token-gate.ts';
import type { Actor } from '../accounting/audit-log.ts';
import { PROMPT_MS } from '../store/store-probe.ts';
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
  /** Whether an open route does without knowing who asks. @default false */
  readonly isBlind?: boolean;
  /** Whether the credential for metrics opens the route, which waits for no store. @default false */
  readonly isScraped?: boolean;
  /** Method and path of the route. */
  readonly path: string;
}

/** A request that was let in. */
export interface Admitted {
  /** Undefined for a stranger on a route that is open to all, and for who has the credential for metrics. */
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
  { scope, isLimited = false, isBlind = false, isScraped = false, path }: Asked,
  credentials: Credentials,
): Promise<Admitted> {
  const { authorization, address } = credentials;
  const { limiter } = service;
  const anonymous = addressCaller(address);
  const stranger = { caller: undefined, limitedAs: anonymous, rate: undefined };
  if (isBlind || (isScraped && service.scrape?.matches(authorization))) return stranger;
  if (scope === null) {
    const caller = await callerOf(service, path, credentials, PROMPT_MS).catch(() => undefined);
    const limitedAs = caller?.tokenId ? `token:${caller.tokenId}` : anonymous;
    const rate = isLimited ? limiter.count(limitedAs) : undefined;
    if (rate?.isExceeded) throw tooMany(rate);
    return { caller, limitedAs, rate };
  }
  const state = limiter.state(anonymous);
  const caller = await callerOf(service, path, credentials, isScraped ? PROMPT_MS : LOOK_UP_MS);
  // An address that has sent many invalid tokens is told to stop. Its valid ones are accepted as before:
  // whoever guesses tokens must not lock out everyone behind the same proxy.
  if (!caller) throw state.isExceeded ? tooMany(state) : unauthorized(authorization);
  const limitedAs = caller.tokenId ? `token:${caller.tokenId}` : anonymous;
  const rate = counted(service, limitedAs, caller.tenant);
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

/** How long a request waits for its token to be found, in milliseconds: its client gives up after 5 s. */
const LOOK_UP_MS = 2_000;

/** Who sends the token; undefined for an invalid one, which counts against the address. */
async function callerOf(
  { gate, limiter, audit }: ServiceParts,
  path: string,
  { authorization, address }: Credentials,
  waitMs: number,
): Promise<Caller | undefined> {
  const admission = await gate.admit(authorization, waitMs);
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

/** Counts the request for its token and for its tenant; the state of the limit that is nearer. */
function counted(
  { limiter, tenantLimiter }: ServiceParts,
  limitedAs: string,
  tenant: string,
): RateState {
  const own = limiter.count(limitedAs);
  if (own.isExceeded) return own;
  const shared = tenantLimiter.count(tenant);
  return left(shared) < left(own) ? shared : own;
}

function left({ limit, used, isExceeded }: RateState): number {
  if (limit === 0) return Infinity;
  return isExceeded ? -1 : limit - used;
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
