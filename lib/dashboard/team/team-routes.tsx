import type { ComponentChildren } from 'preact';
import * as z from 'zod';
import { admit } from '../../service/auth/admission.ts';
import type { OidcSignIn } from '../../service/auth/oidc/oidc-sign-in.ts';
import { tokenCookie } from '../../service/auth/token-cookie.ts';
import { fault, HttpFault } from '../../service/http/http-fault.ts';
import { route } from '../../service/http/route.ts';
import type { Call, Reply, Route } from '../../service/http/route.ts';
import { PAGE_CSP } from '../../service/openapi/page.ts';
import { startPage } from '../../service/openapi/start-page.ts';
import { cursorOf, placeOf } from '../../service/replies/list-cursor.ts';
import { searchedWords } from '../../service/store/rows/pattern-search.ts';
import type { Assets } from '../server/assets.ts';
import { ICON } from '../server/icon.ts';
import { Plain } from '../parts/plain.tsx';
import { Empty } from '../parts/states.tsx';
import { oidcRoutes } from './oidc-routes.tsx';
import { detailOf, pathHere, seeOther } from './sign-in-replies.ts';
import { teamFileTree } from './team-file-tree.ts';
import { SignIn } from './sign-in.tsx';
import { teamDocument } from './team-document.tsx';
import { TeamFilesPage } from './team-files.tsx';
import { TeamFrame } from './team-frame.tsx';
import { teamHealthRoutes } from './team-health-routes.tsx';
import type { Shown } from './team-health-routes.tsx';
import { PatternPage, PatternsPage, SearchPage, TeamInsightPage } from './team-pages.tsx';

/**
 * The pages of a team's server, for who has signed in with a token that may read: each shows what is its tenant's. They are
 * routes of the service, and so are limited, logged and audited as those of the API are.
 */
export function teamRoutes(
  assets: Assets,
  now: () => number,
  oidc: OidcSignIn | undefined,
): readonly Route[] {
  const { manifest } = assets;
  const document = (title: string, status: number, children: ComponentChildren): Reply =>
    teamDocument(manifest, { title, status, at: now() }, children);
  const shown = (call: Call, page: Shown, children: ComponentChildren): Reply =>
    document(
      page.title,
      200,
      <TeamFrame {...page} signedInAs={call.actor.tokenName}>
        {children}
      </TeamFrame>,
    );
  const signIn = (why: string | null, to: string, status: number) =>
    document('Sign in', status, <SignIn fault={why} to={to} provider={oidc?.host ?? null} />);
  /** Who has no token, or one that is over, is asked for one; everything else is said. */
  const refusal = (found: HttpFault, asked: string): Reply => {
    if (found.status === 401) return signIn(null, asked, 401);
    return document(
      'Refused',
      found.status,
      <TeamFrame path="" question="It cannot be shown" signedInAs={null}>
        <Empty title={detailOf(found)} why={<a href="/">Go to the patterns</a>} />
      </TeamFrame>,
    );
  };
  const page = { method: 'GET', tag: 'Pages', scope: 'read', replies: {}, refusal } as const;
  const file = { method: 'GET', tag: 'Pages', scope: null, isBlind: true, replies: {} } as const;
  return [
    route({
      ...page,
      path: '/',
      summary: 'The patterns of the team',
      query: z.looseObject({
        language: z.string().max(50).optional(),
        cursor: z.string().max(1_000).optional(),
      }),
      async handle(call) {
        if (!call.wantsPage) throw fault(404, 'Not Found'); // the API begins elsewhere
        const { language, cursor } = call.query;
        const order = 'last_seen';
        const rows = await call.store.patterns({
          limit: PAGE_ROWS + 1,
          order,
          before: cursor ? placeOf(cursor, order) : undefined,
          language: language || undefined,
        });
        const last = rows.length > PAGE_ROWS ? rows[PAGE_ROWS - 1] : undefined;
        const next =
          last &&
          new URLSearchParams({
            ...(language ? { language } : {}),
            cursor: cursorOf({ at: last.lastSeenAt, id: last.id }, order),
          });
        const aside = language && (
          <a class="button chip" href="/">
            <Plain text={language} />
            <span aria-hidden="true">✕</span>
            <span class="unseen"> only: show every language</span>
          </a>
        );
        return shown(
          call,
          { title: 'Patterns', path: '/', question: 'What was written?', aside },
          <PatternsPage
            patterns={rows.slice(0, PAGE_ROWS)}
            next={next && `/?${next.toString()}`}
          />,
        );
      },
    }),
    route({
      ...page,
      path: '/patterns/{pattern_id}',
      summary: 'A pattern of the team',
      async handle(call) {
        const { store, patternId, service, actor } = call;
        const pattern = await store.pattern(patternId);
        if (!pattern) throw fault(404, 'There is no such pattern');
        service.audit.read(actor, patternId, 1);
        const [ancestry, descendants] = await Promise.all([
          store.relatives(patternId, 'ancestry', LIMITS),
          store.relatives(patternId, 'descendants', LIMITS),
        ]);
        return shown(
          call,
          { title: pattern.name || pattern.id, path: '/', question: pattern.name || pattern.id },
          <PatternPage pattern={pattern} ancestry={ancestry} descendants={descendants} />,
        );
      },
    }),
    route({
      ...page,
      path: '/search',
      summary: 'Search of the code of the team',
      query: z.looseObject({ q: z.string().max(1_000).default('') }),
      async handle(call) {
        const { store, service, actor, query } = call;
        const words = searchedWords(query.q);
        const found = words.length === 0 ? [] : await store.search({ words, limit: PAGE_ROWS });
        if (found.length > 0) service.audit.read(actor, null, found.length);
        const title = query.q ? `${query.q} · Search` : 'Search';
        return shown(
          call,
          { title, path: '/search', question: 'Where was that?', query: query.q },
          <SearchPage query={query.q} found={found} />,
        );
      },
    }),
    route({
      ...page,
      path: '/files',
      summary: 'The files that the team’s newest patterns were written to',
      query: z.looseObject({ path: z.string().max(4_000).optional() }),
      async handle(call) {
        const { store, service, actor, query } = call;
        const [patterns, repositories] = await Promise.all([
          store.patterns({ limit: TREE_PATTERNS, order: 'last_seen' }),
          store.repositories(),
        ]);
        const tree = teamFileTree(patterns, repositories, query.path);
        if (tree.patterns.length > 0) service.audit.read(actor, null, tree.patterns.length);
        return shown(
          call,
          { title: 'Files', path: '/files', question: 'Where was it written?' },
          <TeamFilesPage tree={tree} of={patterns.length} />,
        );
      },
    }),
    route({
      ...page,
      path: '/insight',
      summary: 'Numbers of the team',
      async handle(call) {
        const [stats, tools] = await Promise.all([
          call.store.stats(),
          call.store.executionSummary(undefined),
        ]);
        return shown(
          call,
          { title: 'Insight', path: '/insight', question: 'What works, what doesn’t?' },
          <TeamInsightPage stats={stats} tools={tools} />,
        );
      },
    }),
    ...teamHealthRoutes(page, shown),
    route({
      ...page,
      method: 'POST',
      path: '/sign-in',
      summary: 'Takes a token',
      scope: null,
      async handle(call) {
        const form = await call.form();
        const token = form.get('token')?.trim() ?? '';
        const asked = form.get('to') ?? '/';
        const to = pathHere(asked);
        try {
          if (!/^[\w-]+$/.test(token)) throw fault(401, 'The token is not valid, or no longer');
          await admit(
            call.service,
            { scope: 'read', path: 'POST /sign-in' },
            {
              authorization: `Bearer ${token}`,
              address: call.actor.address ?? undefined,
            },
          );
        } catch (error) {
          if (!(error instanceof HttpFault)) throw error;
          return signIn(`${detailOf(error)}.`, to, error.status);
        }
        return seeOther(to, tokenCookie(call.origin, token));
      },
    }),
    ...(oidc ? oidcRoutes(oidc, { page, now, refused: signIn, document }) : []),
    route({
      ...page,
      method: 'POST',
      path: '/sign-out',
      summary: 'Forgets the token',
      scope: null,
      handle: ({ origin }) => seeOther('/', tokenCookie(origin, null)),
    }),
    route({
      ...file,
      path: '/start',
      summary: 'Where a program begins',
      handle: ({ origin }) => ({
        status: 200,
        body: startPage(origin),
        contentType: 'text/html; charset=utf-8',
        headers: { 'Content-Security-Policy': PAGE_CSP },
      }),
    }),
    route({
      ...file,
      path: '/icon.svg',
      summary: 'The picture of the window',
      handle: () => ({
        status: 200,
        body: ICON,
        contentType: 'image/svg+xml',
        headers: { 'Cache-Control': 'max-age=86400' },
      }),
    }),
    ...[manifest.style, manifest.settings].map((name) =>
      route({
        ...file,
        path: `/assets/${name}`,
        summary: 'A file of the pages',
        handle: () => {
          const asset = assets.get(name);
          if (!asset) throw fault(404, 'Not Found');
          return {
            status: 200,
            body: asset.body.toString('utf8'),
            contentType: asset.type,
            headers: { 'Cache-Control': 'public, max-age=31536000, immutable' },
          };
        },
      }),
    ),
  ];
}

// --- internal ---

const PAGE_ROWS = 50;
/** How many of the newest patterns the tree of files shows; each visit reads them all. */
const TREE_PATTERNS = 2_000;
const LIMITS = { depth: 5, rows: 50 };
