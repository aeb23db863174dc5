import type { ComponentChildren } from 'preact';
import { renderToString } from 'preact-render-to-string';
import type { Reply } from '../../service/http/route.ts';
import { ClientContext, serverSide } from '../frame/client-side.ts';
import type { AssetManifest } from '../server/assets.ts';

/** Draws a page of the team's server as a whole document. It needs no script. */
export function teamDocument(
  manifest: AssetManifest,
  {
    title,
    at,
    status = 200,
  }: { readonly title: string; readonly at: number; readonly status?: number },
  children: ComponentChildren,
): Reply {
  const { style, settings } = manifest;
  const nothing = { at, behindMs: 0, waiting: 0, health: 'healthy' } as const;
  const html = renderToString(
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${title} · Pattern tracker`}</title>
        <link rel="icon" href="/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href={`/assets/${style}`} />
        <script src={`/assets/${settings}`} />
      </head>
      <body>
        <ClientContext.Provider value={serverSide(nothing, at)}>{children}</ClientContext.Provider>
      </body>
    </html>,
  );
  return {
    status,
    body: `<!doctype html>${html}`,
    contentType: 'text/html; charset=utf-8',
    headers: {
      'Content-Security-Policy': POLICY,
      // With none at all, a browser would not say that a form is this page's own.
      'Referrer-Policy': 'same-origin',
    },
  };
}

// --- internal ---

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; " +
  "base-uri 'none'; frame-ancestors 'none'";
