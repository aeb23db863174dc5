import { renderToString } from 'preact-render-to-string';
import { terminalSafe } from '../../base/terminal-safe.ts';
import { App } from '../frame/app.tsx';
import { pageNamed } from '../pages/page-list.ts';
import type { PageView } from '../pages/page.ts';
import type { AssetManifest } from './assets.ts';
import type { PageState } from './page-state.ts';

/**
 * Draws a page as HTML, with all that it shows, and with the state that the browser goes on from. A large state is left out, so
 * that the page is painted before it comes: the browser asks for it.
 */
export function documentHtml(
  state: PageState,
  view: PageView<unknown> | undefined,
  { script, settings, style, colours, pages }: AssetManifest,
): string {
  const page = state.page === null ? undefined : pageNamed(state.page);
  const data = state.fault === null ? state.data : null;
  const title =
    (data !== null && view?.titleOf?.(data)) ||
    (state.fault?.message ?? page?.title ?? 'Not found');
  const chunks = (page && pages[page.name]) ?? [];
  const text = terminalSafe(JSON.stringify(state));
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
          <App state={state} View={view?.View} />
        </div>
        {text.length <= MOST_INLINE && (
          <script
            id="state"
            type="application/json"
            // Nothing in it can end the element.
            dangerouslySetInnerHTML={{ __html: text.replaceAll('<', '\\u003c') }}
          />
        )}
      </body>
    </html>,
  );
  return `<!doctype html>${html}`;
}

// --- internal ---

/** Characters: a long session has megabytes, of which some kB are in view. */
const MOST_INLINE = 500_000;
