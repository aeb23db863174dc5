import * as z from 'zod';
import { DOCS_CSP, docsPage } from '../openapi/docs-page.ts';
import type { Endpoint } from '../http/route.ts';
import { openApi } from '../openapi/openapi.ts';
import { route } from '../http/route.ts';
import type { Route } from '../http/route.ts';

/**
 * The routes that document `endpoints`, as JSON and as a page. Each text is made at its first request and
 * then kept.
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
        contentType: 'text/html; charset=utf-8',
        headers: { 'Content-Security-Policy': DOCS_CSP },
      }),
    }),
  ];
}
