import type { ComponentChildren } from 'preact';
import * as z from 'zod';
import { tokenEntry } from '../../service/accounting/token-entry.ts';
import { SignInFault } from '../../service/auth/oidc/oidc-sign-in.ts';
import type { OidcSignIn, SignedIn } from '../../service/auth/oidc/oidc-sign-in.ts';
import { createToken } from '../../service/auth/token.ts';
import { SIGNED_IN_SECONDS, tokenCookie } from '../../service/auth/token-cookie.ts';
import { route } from '../../service/http/route.ts';
import type { Call, Reply, Route } from '../../service/http/route.ts';
import { detailOf, pathHere, seeOther } from './sign-in-replies.ts';

/** What the routes of the pages share. */
interface Pages {
  /** What every page has. */
  readonly page: Pick<Route, 'tag' | 'replies' | 'refusal'>;
  readonly now: () => number;
  /** The page that asks who they are, and says why they are asked again. */
  readonly refused: (why: string, to: string, status: number) => Reply;
  readonly document: (title: string, status: number, children: ComponentChildren) => Reply;
}

/** To an OpenID Connect provider and back; who comes back is given a token for a working day, as if they had pasted one. */
export function oidcRoutes(
  oidc: OidcSignIn,
  { page, now, refused, document }: Pages,
): readonly Route[] {
  const open = { ...page, method: 'GET', scope: null, isLimited: true } as const;
  /** What a sign-in that fails shows; the log has why. */
  const orRefused = async (call: Call, to: string, work: () => Promise<Reply>): Promise<Reply> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof SignInFault)) throw error;
      if (error.cause !== undefined) {
        call.service.log.error('a sign-in failed', error.cause, { request_id: call.requestId });
      }
      return refused(`${detailOf(error)}.`, to, error.status);
    }
  };
  return [
    route({
      ...open,
      path: '/sign-in/ask',
      summary: 'Asks the provider who they are',
      query: z.object({ to: z.string().optional() }),
      handle: async (call) => {
        const to = pathHere(call.query.to);
        return await orRefused(call, to, async () => {
          const { location, cookie } = await oidc.begin(to);
          return seeOther(location, cookie);
        });
      },
    }),
    route({
      ...open,
      path: '/sign-in/back',
      summary: 'Takes what the provider answers',
      query: z.object({
        code: text,
        state: text,
        iss: text,
        error: text,
        error_description: text,
      }),
      handle: async (call) =>
        await orRefused(call, '/', async () => {
          const told = Object.entries(call.query).filter(([, value]) => value !== undefined);
          const who = await oidc.finish(
            new URLSearchParams(told as [string, string][]),
            call.cookies,
          );
          const token = await tokenFor(call, who, { by: oidc.host, at: now() });
          const to = pathHere(who.to); // it was in a cookie, which others may be able to set
          // Not by a redirect: a browser that comes from another site would follow it without the new cookie.
          const shown = document(
            'Signed in',
            200,
            <main id="main" class="sign-in">
              <h1>You are signed in</h1>
              <p>
                <a href={to}>Go on</a>
              </p>
            </main>,
          );
          const headers = {
            ...shown.headers,
            'Set-Cookie': tokenCookie(oidc.publicUrl, token),
            Refresh: `0; url=${to}`,
          };
          return { ...shown, headers };
        }),
    }),
  ];
}

// --- internal ---

const text = z.string().optional();
const MAX_NAME = 100;

/** A token that reads, noted in the audit log; the person's tokens that are over are removed. */
async function tokenFor(
  { service, actor }: Call,
  who: SignedIn,
  { by, at }: { readonly by: string; readonly at: number },
): Promise<string> {
  const { tenant } = who;
  const name = `${who.name} at ${by}`.slice(0, MAX_NAME);
  const expiresAt = at + SIGNED_IN_SECONDS * 1000;
  const { text, stored } = createToken({
    name,
    tenant,
    scopes: ['read'],
    createdAt: at,
    expiresAt,
  });
  await service.store.tokens.removeExpired(name, tenant, at);
  await service.store.tokens.add(stored);
  await service.store.audit.add([tokenEntry('token_created', stored, actor, at)]);
  return text;
}
