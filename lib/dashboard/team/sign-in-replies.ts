import type { HttpFault } from '../../service/http/http-fault.ts';
import type { Reply } from '../../service/http/route.ts';

/** Sends a browser to another page, with a cookie. */
export function seeOther(to: string, cookie: string): Reply {
  return { status: 303, body: '', headers: { Location: to, 'Set-Cookie': cookie } };
}

/** The path that somebody asked for, or `/` for what leads to another site. */
export function pathHere(asked: string | undefined): string {
  return asked !== undefined && /^\/(?![/\\])/.test(asked) ? asked : '/';
}

/** What a reply that refuses says. */
export function detailOf({ body: { detail }, status }: HttpFault): string {
  return typeof detail === 'string' ? detail : `The service answered with ${status}`;
}
