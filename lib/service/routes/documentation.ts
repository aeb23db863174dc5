import * as z from 'zod';
import { fault } from '../http/http-fault.ts';
import { docsPage } from '../openapi/docs-page.ts';
import { PAGE_CSP } from '../openapi/page.ts';
import { startPage } from '../openapi/start-page.ts';
import type { Endpoint } from '../http/route.ts';
import { openApi } from '../openapi/openapi.ts';
import { route } from '../http/route.ts';
import type { Route } from '../http/route.ts';

/**
 * The start page, and the routes that document `endpoints`, as JSON and as a page. The text of each of
 * these two is made at its first request and then kept.
 */
export function documentationRoutes(endpoints: readonly Endpoint[]): readonly Route[] {
  let document: string | undefined;
  let page: string | undefined;
  return [
    route({
      method: 'GET',
      path: '/openapi.json',
      tag: 'Service',
      summary: 'The API for programs',
      scope: null,
      isLimited: true,
      replies: { 200: z.looseObject({}) },
      handle: () => ({ status: 200, body: (document ??= JSON.stringify(openApi(endpoints))) }),
    }),
    route({
      method: 'GET',
      path: '/docs',
      tag: 'Service',
      summary: 'The API for people',
      scope: null,
      isLimited: true,
      replies: { 200: z.string() },
      handle: () => ({
        status: 200,
        body: (page ??= docsPage(openApi(endpoints))),
        ...HTML,
      }),
    }),
    route({
      method: 'GET',
      path: '/',
      tag: 'Service',
      summary: 'Where a person begins',
      scope: null,
      isLimited: true,
      replies: { 200: z.string() },
      handle({ origin, wantsPage }) {
        if (!wantsPage) throw fault(404, 'Not Found'); // the API begins elsewhere
        return { status: 200, body: startPage(origin), ...HTML };
      },
    }),
  ];
}

// --- internal ---

/** What makes a reply a page. */
const HTML = {
  contentType: 'text/html; charset=utf-8',
  headers: { 'Content-Security-Policy': PAGE_CSP },
} as const;
