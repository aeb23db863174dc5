import { plainLine, plainLines } from '../output/plain-text.ts';
import type { PageBlock } from './timeline-page.ts';

/** A page as HTML in one file: no scripts, and nothing that a browser would fetch. Whatever was recorded is escaped. */
export function pageHtml(blocks: readonly PageBlock[]): string {
  const title = blocks.find((block) => block.kind === 'title')?.text ?? '';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${line(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${blocks.map(blockHtml).join('\n')}
</main>
</body>
</html>
`;
}

// --- internal ---

const STYLE = `
:root { color-scheme: light dark; --dim: #667; --line: #8884; --ok: #1a7f37; --bad: #c1272d; --wait: #9a6700 }
@media (prefers-color-scheme: dark) { :root { --dim: #99a; --ok: #56d364; --bad: #ff7b72; --wait: #e3b341 } }
body { font: 14px/1.45 system-ui, sans-serif; margin: 2rem 1rem }
main { max-width: 1100px; margin: auto }
h1 { font-size: 20px } h2 { font-size: 14px; font-weight: 400; color: var(--dim); margin: 2rem 0 .25rem }
pre, code { font: 13px/1.5 ui-monospace, monospace } pre { overflow-x: auto; margin: .25rem 0 }
pre.prompt { white-space: pre-wrap; font-weight: 600 }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: 0 } dt { color: var(--dim) } dd { margin: 0 }
.call { border-top: 1px solid var(--line); padding: .2rem 0; overflow-wrap: anywhere }
.dim { color: var(--dim) } .ok { color: var(--ok) } .failed { color: var(--bad) } .other { color: var(--wait) }
.add { color: var(--ok) } .cut { color: var(--bad) }
`;

function blockHtml(block: PageBlock): string {
  switch (block.kind) {
    case 'title':
      return `<h1>${line(block.text)}</h1>`;
    case 'facts':
    case 'files':
      return `<dl>${block.facts.map(([name, text]) => `<dt>${line(name)}</dt><dd>${line(text)}</dd>`).join('')}</dl>`;
    case 'heading':
      return `<h2>${line(block.text)}</h2>${block.prompt === null ? '' : `<pre class="prompt">${text(block.prompt.trim())}</pre>`}`;
    case 'call': {
      const { depth, time, tool, what, outcome, took, lines, notes } = block;
      const look = outcome === 'ok' || outcome === 'failed' ? outcome : 'other';
      const facts = [took, lines, ...notes].filter((fact) => fact !== '').map(line);
      return `<div class="call"${margin(depth)}><span class="dim">${line(time)}</span> <b>${line(tool)}</b> <code>${line(what)}</code> <span class="${look}">${line(outcome)}</span> <span class="dim">${facts.join(' · ')}</span></div>`;
    }
    case 'agent':
      return `<div class="call dim"${margin(block.depth)}>${line(block.text)}</div>`;
    case 'diff':
      return `<div${margin(block.depth + 1)}><span class="dim">${line(block.title)}</span><pre>${plainLines(block.text.trimEnd()).map(diffLine).join('\n')}</pre></div>`;
    case 'note':
      return `<p class="dim">${line(block.text)}</p>`;
  }
}

function margin(depth: number): string {
  return depth === 0 ? '' : ` style="margin-left:${Math.min(depth, MAX_DEPTH) * 2}rem"`;
}

/** Deeper subagents are not indented further. */
const MAX_DEPTH = 10;

function diffLine(plain: string): string {
  const look = plain.startsWith('+') ? 'add' : plain.startsWith('-') ? 'cut' : undefined;
  return look === undefined ? escaped(plain) : `<span class="${look}">${escaped(plain)}</span>`;
}

function line(text: string): string {
  return escaped(plainLine(text));
}

function text(lines: string): string {
  return escaped(plainLines(lines).join('\n'));
}

function escaped(plain: string): string {
  return plain.replaceAll(/[&<>"'`]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
