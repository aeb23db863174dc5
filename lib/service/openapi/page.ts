import { hash } from 'node:crypto';

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1b1f;background:#fff}
h2{margin-top:2.5rem}summary{cursor:pointer;padding:.4rem 0}summary code{font-weight:600}
code,summary,td,li{overflow-wrap:anywhere}ul{list-style:none;padding:0}li a{display:block;padding:.3rem 0}
.method{display:inline-block;min-width:3.5rem;color:#0a5c36}details{border-top:1px solid #ddd}
details[open]{padding-bottom:1rem}pre{background:#f5f5f7;padding:.8rem;overflow:auto;max-width:100%;box-sizing:border-box;font-size:.85rem;border-radius:4px}
table{border-collapse:collapse}td{padding:.1rem .8rem .1rem 0;vertical-align:top}
@media(prefers-color-scheme:dark){body{color:#e8e8ea;background:#16161a}pre{background:#222227}.method{color:#6cc897}a{color:#8ab4f8}details{border-color:#333}}`;

/** The Content-Security-Policy of a page: it may use its own style and nothing else. */
export const PAGE_CSP = `default-src 'none'; style-src 'sha256-${hash('sha256', STYLE, 'base64')}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`;

/** A page that runs no script and loads nothing. Both arguments are HTML. */
export function htmlPage(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>${STYLE}</style></head>
<body><h1>${title}</h1>${body}</body></html>
`;
}

/** A text as HTML. */
export function escaped(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
