import { isLoopback } from '../../base/loopback.ts';

/** How long somebody stays signed in: a working day. */
export const SIGNED_IN_SECONDS = 8 * 3_600;

/**
 * The cookie of somebody who has signed in to the pages of the service. Scripts cannot read it, and a browser sends it with
 * no request that another site has caused. The API does not take it.
 *
 * @param origin the address under which the reader knows the service
 * @param token the token; null ends it
 */
export function tokenCookie(origin: string, token: string | null): string {
  const isHere = isLoopback(new URL(origin).hostname);
  const age = token === null ? 0 : SIGNED_IN_SECONDS;
  const parts = [
    `${isHere ? NAME : SAFE_NAME}=${token ?? ''}`,
    'Path=/',
    `Max-Age=${age}`,
    'HttpOnly',
    'SameSite=Strict',
    ...(isHere ? [] : ['Secure']), // behind a proxy, TLS is not seen here
  ];
  return parts.join('; ');
}

/** The `Authorization` that a cookie stands for; undefined without one. */
export function cookieAuthorization(header: string | undefined): string | undefined {
  for (const part of (header ?? '').split(';')) {
    const [name = '', value = ''] = part.trim().split('=', 2);
    if ((name === NAME || name === SAFE_NAME) && value) return `Bearer ${value}`;
  }
  return undefined;
}

// --- internal ---

const NAME = 'tracker-token';
/** With this prefix, a browser takes it over TLS only, and from this host only. */
const SAFE_NAME = `__Host-${NAME}`;
