import type { ComponentChildren } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { ClientContext, serverSide } from '../frame/client-side.ts';

/** Draws a page of a static copy: no script, and nothing that a browser would fetch but the style sheet beside it. */
export function staticPage(title: string, at: number, children: ComponentChildren): string {
  const live = { at, behindMs: 0, waiting: 0, health: 'healthy' } as const;
  const html = renderToString(
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'self' file:; base-uri 'none'; form-action 'none'"
        />
        <meta name="referrer" content="no-referrer" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{title}</title>
        <link rel="stylesheet" href="style.css" />
      </head>
      <body class="static">
        <ClientContext.Provider value={{ ...serverSide(live, at), isStatic: true }}>
          <main>{children}</main>
        </ClientContext.Provider>
      </body>
    </html>,
  );
  return `<!doctype html>${html}`;
}
