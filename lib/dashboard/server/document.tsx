import { randomUUID } from 'node:crypto';
import { renderToString } from 'preact-render-to-string';
import { terminalSafe } from '../../base/terminal-safe.ts';
import { App, PageBody } from '../frame/app.tsx';
import { ClientContext, serverSide } from '../frame/client-side.ts';
import { pageNamed } from '../pages/page-list.ts';
import type { PageView } from '../pages/page.ts';
import type { AssetManifest } from './assets.ts';
import type { PageReading } from './page-reader.ts';
import type { PageState } from './page-state.ts';

/** A document in which what the page shows is still missing. */
export interface DocumentFrame {
  /** What comes before: the browser can load what it needs, and paint the frame. */
  readonly before: string;
  /** What comes between it and the state. */
  readonly between: string;
  readonly after: string;
}

/** Draws the frame of a page. @param title what the window is called */
export function documentFrame(
  state: PageState,
  title: string,
  { script, settings, style, colours, pages }: AssetManifest,
): DocumentFrame {
  const chunks = (state.page !== null && pages[state.page]) || [];
  const html = renderToString(
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="code-colours" content={`/assets/${colours}`} />
        <title>{`${title} · Pattern tracker`}</title>
        <link rel="icon" href="/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href={`/assets/${style}`} />
        <script src={`/assets/${settings}`} />
        <script type="module" src={`/assets/${script}`} />
        {chunks.map((chunk) => (
          <link rel="modulepreload" href={`/assets/${chunk}`} key={chunk} />
        ))}
      </head>
      <body>
        <div id="app">
          <App state={{ ...state, fault: null }} View={() => GAP} />
        </div>
        {GAP}
      </body>
    </html>,
  );
  const [before = '', between = '', after = ''] = html.split(GAP);
  return { before: `<!doctype html>${before}`, between, after };
}

/**
 * Draws what a page shows into its frame, with the state that the browser goes on from. A state that is large, or only a beginning,
 * is left out, so that the page is painted before it comes: the browser asks for it.
 */
export function documentRest(
  { between, after }: DocumentFrame,
  { state, query }: PageReading,
  view: PageView<unknown> | undefined,
): string {
  const { live, actionToken } = state.frame;
  const body = renderToString(
    <ClientContext.Provider value={serverSide(live, state.at, actionToken)}>
      <PageBody state={state} View={view?.View} />
    </ClientContext.Provider>,
  );
  const isPart = state.data !== null && query?.isPart?.(state.data) === true;
  const text = isPart ? '' : terminalSafe(JSON.stringify(state));
  const isTold = text !== '' && text.length <= MOST_INLINE;
  // Nothing in it can end the element.
  const json = text.replaceAll('<', '\\u003c');
  const told = isTold ? `<script id="state" type="application/json">${json}</script>` : '';
  return `${body}${between}${told}${after}`;
}

/** What the window of a page is called. */
export function documentTitle(
  { page, data, fault }: PageState,
  view: PageView<unknown> | undefined,
): string {
  if (fault) return fault.message;
  const own = data === null ? undefined : view?.titleOf?.(data);
  return own || (page !== null && pageNamed(page)?.title) || 'Not found';
}

// --- internal ---

/** Characters: a long session has megabytes, of which some kB are in view. */
const MOST_INLINE = 500_000;

/** Stands in the frame where something is missing. No text that is shown can hold it. */
const GAP = randomUUID();
