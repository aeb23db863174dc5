import { plainLine } from '../output/plain-text.ts';
import type { PagePlot, PageTable, ReportPage } from './report-page.ts';

/**
 * A report as one HTML file that loads nothing and runs nothing. Its plots are SVG in the page: some bars need no
 * library, whose 50 kB of script no mail program and no page with a strict policy would run.
 */
export function htmlReport({ title, subtitle, tables, plots }: ReportPage): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${html(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${html(title)}</h1>
<p>${html(subtitle)}</p>
<div class="plots">
${plots
  .filter(({ values }) => values.some((value) => value !== null && value > 0))
  .map(figure)
  .join('\n')}
</div>
${tables.map(section).join('\n')}
</body>
</html>
`;
}

// --- internal ---

const STYLE = `
:root { color-scheme: light dark; --line: #8884; --bar: oklch(0.6 0.13 250); }
body { font: 14px/1.45 system-ui, sans-serif; max-width: 1200px; margin: 24px auto; padding: 0 16px; }
h1 { font-size: 20px; } h2 { font-size: 16px; margin-top: 32px; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 4px 12px 4px 0; border-bottom: 1px solid var(--line); text-align: right; }
th:first-child, td:first-child { text-align: left; overflow-wrap: anywhere; }
.plots { display: flex; flex-wrap: wrap; gap: 16px 32px; }
figure { margin: 0; } svg { width: 360px; max-width: 100%; height: auto; }
rect { fill: var(--bar); } text { font-size: 11px; fill: currentColor; }
`;

/** The size of a plot, in its own units. */
const WIDTH = 360;
const HEIGHT = 110;
const TOP = 14;
const BOTTOM = 16;

function section({ title, columns, rows }: PageTable): string {
  const line = (tag: 'th' | 'td') => (cells: readonly string[]) =>
    `<tr>${cells.map((cell) => `<${tag}>${html(cell)}</${tag}>`).join('')}</tr>`;
  return `<h2>${html(title)}</h2>
<table><thead>${line('th')(columns)}</thead><tbody>
${rows.map(line('td')).join('\n')}
</tbody></table>`;
}

function figure({ title, days, values, text }: PagePlot): string {
  const largest = Math.max(...values.map((value) => value ?? 0));
  const step = WIDTH / days.length;
  const bars = values.map((value, at) => {
    if (value === null) return '';
    const height = (value / largest) * (HEIGHT - TOP - BOTTOM);
    const place = `x="${round(at * step + step * 0.1)}" y="${round(HEIGHT - BOTTOM - height)}"`;
    const size = `width="${round(step * 0.8)}" height="${round(height)}"`;
    return `<rect ${place} ${size}><title>${html(`${days[at] ?? ''}: ${text(value)}`)}</title></rect>`;
  });
  return `<figure><figcaption>${html(title)}</figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${html(`${title}, at most ${text(largest)}`)}">
<text x="0" y="10">${html(text(largest))}</text>
${bars.join('')}
<text x="0" y="${HEIGHT - 3}">${html(days[0] ?? '')}</text>
<text x="${WIDTH}" y="${HEIGHT - 3}" text-anchor="end">${html(days.at(-1) ?? '')}</text>
</svg></figure>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Text that stays text, in an element as in an attribute. */
function html(text: string): string {
  return plainLine(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
