import { plainLine } from '../output/plain-text.ts';
import type { PageTable, ReportPage } from './report-page.ts';

/** A report as Markdown, for a pull request or a chat. Nothing in it that was recorded has a meaning there. */
export function markdownReport({ title, subtitle, tables }: ReportPage): string {
  const parts = tables.map((table) => `### ${inert(table.title)}\n\n${markdownTable(table)}`);
  return [`## ${inert(title)}\n\n${inert(subtitle)}\n`, ...parts].join('\n');
}

// --- internal ---

function markdownTable({ columns, rows }: PageTable): string {
  const line = (cells: readonly string[]) => `| ${cells.map(inert).join(' | ')} |\n`;
  const rule = `| ${columns.map((_, at) => (at === 0 ? '---' : '---:')).join(' | ')} |\n`;
  return line(columns) + rule + rows.map(line).join('');
}

/** Text that Markdown shows as it is: no markup, no HTML, no link, no mention of anybody. */
function inert(text: string): string {
  return plainLine(text)
    .replaceAll(/[\\`*_{}[\]<>()#|~!&$]/g, String.raw`\$&`)
    .replaceAll('@', '@\u200B')
    .replaceAll('://', ':\u200B//')
    .replaceAll(/\bwww\./gi, (found) => `${found.slice(0, -1)}\u200B.`);
}
