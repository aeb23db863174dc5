import { setTimeout as sleep } from 'node:timers/promises';
import { Hono } from 'hono';
import type { Context } from 'hono';
import { stream, streamSSE } from 'hono/streaming';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { terminalSafe } from '../../base/terminal-safe.ts';
import { HostCheck } from '../../service/http/host-check.ts';
import { HttpFault } from '../../service/http/http-fault.ts';
import { acceptsGzip, gzipped } from '../../service/http/reply.ts';
import { liveStream } from '../live/live-stream.ts';
import { PAGES } from '../pages/page-list.ts';
import type { Page } from '../pages/page.ts';
import { runAction } from './actions.ts';
import type { AppParts } from './app-parts.ts';
import type { Assets } from './assets.ts';
import { csvText } from './csv.ts';
import { documentFrame, documentRest, documentTitle } from './document.tsx';
import { ICON } from './icon.ts';
import { PageReader } from './page-reader.ts';
import type { BegunPage, PageReading } from './page-reader.ts';

/** Builds the app that turns a Request into a Response. It opens no port. */
export function createDashboardApp(parts: AppParts): Hono {
  const { assets, watch, actions } = parts;
  const app = new Hono();
  const hosts = new HostCheck([]);
  const reader = new PageReader(parts);
  app.use('*', async (c, next) => {
    for (const [name, value] of HEADERS) c.header(name, value);
    hosts.check({
      host: c.req.header('host') ?? new URL(c.req.url).host,
      origin: c.req.header('origin'),
      fetchSite: c.req.header('sec-fetch-site'),
      fetchMode: c.req.header('sec-fetch-mode'),
    });
    await next();
  });
  app.get('/assets/:name', (c) => asset(c, assets));
  app.get('/icon.svg', (c) => {
    c.header('Cache-Control', 'max-age=86400');
    return c.body(ICON, 200, { 'Content-Type': 'image/svg+xml' });
  });
  app.get('/events', (c) => {
    const after = Number(c.req.header('last-event-id') ?? c.req.query('after') ?? NaN);
    return streamSSE(c, (stream) => liveStream(watch, stream, after));
  });
  app.post('/actions/:name', async (c) => {
    const answer = await runAction(c, actions);
    parts.sources.refresh();
    return answer;
  });
  for (const page of PAGES) app.get(page.path, (c) => answered(c, page, reader, assets));
  app.notFound(async (c) => await shown(c, await reader.notFound(address(c)), undefined, assets));
  app.onError(async (error, c) => {
    if (error instanceof HttpFault) return c.json(error.body, error.status as ContentfulStatusCode);
    return c.json({ detail: 'The dashboard failed; its window says why' }, 500);
  });
  return app;
}

// --- internal ---

/**
 * Nothing but the dashboard's own files is loaded or run, nothing is embedded, and no page of another site reads it. There are
 * no CORS headers on purpose.
 */
const HEADERS = [
  ['Cache-Control', 'no-store'],
  [
    'Content-Security-Policy',
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
      "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  ],
  ['Cross-Origin-Opener-Policy', 'same-origin'],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
  ['Permissions-Policy', 'camera=(), geolocation=(), microphone=()'],
  ['Referrer-Policy', 'no-referrer'],
  ['X-Content-Type-Options', 'nosniff'],
  ['X-Frame-Options', 'DENY'],
] as const;

function asset(c: Context, assets: Assets): Response {
  const found = assets.get(c.req.param('name') ?? '');
  if (!found) return c.body('Not found', 404);
  // A page that is sent in parts waits until this one is asked for.
  const isSettings = c.req.param('name') === assets.manifest.settings;
  if (!isSettings) c.header('Cache-Control', 'public, max-age=31536000, immutable');
  c.header('Content-Type', found.type);
  c.header('Vary', 'Accept-Encoding');
  const isSmall = found.gzip !== undefined && acceptsGzip(c.req.header('accept-encoding'));
  if (isSmall) c.header('Content-Encoding', 'gzip');
  return c.body(new Uint8Array(isSmall ? (found.gzip ?? found.body) : found.body));
}

/** Answers with the page, or, where the request asks for it, with the state of the page, its data, or its rows as CSV. */
async function answered(
  c: Context,
  page: Page,
  reader: PageReader,
  assets: Assets,
): Promise<Response> {
  const format = c.req.query('format') ?? (prefersJson(c) ? 'json' : 'html');
  const isHtml = !['state', 'json', 'csv'].includes(format);
  const params = c.req.param() as Record<string, string>;
  const begun = await reader.begin(page, address(c), params, isHtml);
  const isBrowser = c.req.header('sec-fetch-dest') === 'document';
  if (isHtml && isBrowser && begun.isLong) return shownInParts(c, begun, page, assets);
  const reading = await begun.read();
  const { state } = reading;
  const status = (state.fault?.status ?? 200) as ContentfulStatusCode;
  if (format === 'state') return await json(c, state, status);
  if (format === 'json') {
    return await json(c, state.fault ? { error: state.fault } : state.data, status);
  }
  if (format === 'csv' && state.fault === null) {
    if (!reading.query?.rows) return c.json({ detail: 'This page has no list' }, 406);
    return c.body(csvText(reading.query.rows(state.data)), 200, {
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': `attachment; filename="${page.name}.csv"`,
    });
  }
  return await shown(c, reading, page, assets);
}

async function shown(
  c: Context,
  reading: PageReading,
  page: Page | undefined,
  assets: Assets,
): Promise<Response> {
  const { state } = reading;
  const view = await page?.view();
  const frame = documentFrame(state, documentTitle(state, view), assets.manifest);
  const html = frame.before + documentRest(frame, reading, view);
  return await compressed(c, html, HTML, state.fault?.status ?? 200);
}

/** Sends the frame of a page, which the browser paints while the rest is read. */
function shownInParts(c: Context, begun: BegunPage, page: Page, assets: Assets): Response {
  const { manifest } = assets;
  const frame = documentFrame(begun.state, documentTitle(begun.state, undefined), manifest);
  c.header('Content-Type', HTML);
  c.header('Vary', 'Accept, Accept-Encoding');
  return stream(c, async (document) => {
    // Reading holds up this thread, and without style and settings nothing is painted: they are asked for together.
    const asked = assets.asked(manifest.settings, MOST_WAIT_MS);
    await document.write(frame.before);
    await asked;
    await sleep(OTHERS_MS);
    if (document.aborted) return;
    const [reading, view] = await Promise.all([begun.read(), page.view()]);
    await document.write(documentRest(frame, reading, view));
  });
}

const HTML = 'text/html; charset=utf-8';
/** A browser asks for files sooner than this, in milliseconds. */
const MOST_WAIT_MS = 1_000;
/** Files that are asked for together come within this time, in milliseconds. */
const OTHERS_MS = 5;

async function json(c: Context, value: unknown, status: number): Promise<Response> {
  return await compressed(c, terminalSafe(JSON.stringify(value)), 'application/json', status);
}

async function compressed(
  c: Context,
  text: string,
  type: string,
  status: number,
): Promise<Response> {
  c.header('Content-Type', type);
  c.header('Vary', 'Accept, Accept-Encoding');
  // On loopback, compressing a short text takes longer than sending it.
  if (text.length < MIN_COMPRESSED || !acceptsGzip(c.req.header('accept-encoding'))) {
    return c.body(text, status as ContentfulStatusCode);
  }
  c.header('Content-Encoding', 'gzip');
  return c.body(new Uint8Array(await gzipped(text)), status as ContentfulStatusCode);
}

const MIN_COMPRESSED = 1_000_000;

/** Path and query, without what only says in which form it is wanted. */
function address(c: Context): string {
  const url = new URL(c.req.url);
  url.searchParams.delete('format');
  return `${url.pathname}${url.search}`;
}

function prefersJson(c: Context): boolean {
  const accepted = c.req.header('accept') ?? '';
  return accepted.includes('application/json') && !accepted.includes('text/html');
}
