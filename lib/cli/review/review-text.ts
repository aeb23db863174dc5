import { counted, shareText } from '../../base/amount-text.ts';
import { ago } from '../../base/time-text.ts';
import type { CliEnvironment } from '../environment.ts';
import { shortSession } from '../listing/row-text.ts';
import { painter, renderTable } from '../listing/table.ts';
import type { Column } from '../listing/table.ts';
import { codeSpan } from '../output/markdown.ts';
import { plainLine } from '../output/plain-text.ts';
import type { AddedCounts, AddedRange, Review, ReviewedFile } from './added-lines.ts';

/** A review for the terminal. */
export function reviewText(
  cli: Pick<CliEnvironment, 'isTTY' | 'columns' | 'color' | 'now'>,
  { files, totals }: Review,
): string {
  const paint = painter(cli.color);
  const rows = files.flatMap(({ ranges }) => ranges);
  // One table, so that its columns stand below each other in all files.
  const lines = renderTable<AddedRange>(cli, columnsOf(cli.now()), rows).split('\n').slice(1);
  const blocks = files.map((file) => {
    const head = `${paint('bold', plainLine(file.name))}  ${paint('dim', countsText(file))}`;
    return [head, ...lines.splice(0, file.ranges.length), ''].join('\n');
  });
  return `${[...blocks, summaryText(totals, files)].join('\n')}\n`;
}

/** A review as Markdown for a pull request. What was recorded stands in code: none of it is markup, link or mention. */
export function reviewMarkdown({ files, totals }: Review): string {
  const parts = files
    .filter(({ claude }) => claude > 0)
    .map((file) => {
      const own = file.ranges.filter(({ line }) => line.by === 'claude');
      const rows = own.slice(0, MAX_ROWS).map((range) => `- ${factsOf(range)}`);
      const more = own.length > MAX_ROWS ? [`- … and ${own.length - MAX_ROWS} more`] : [];
      return `\n#### ${codeSpan(file.name)}: ${countsText(file)}\n\n${[...rows, ...more].join('\n')}\n`;
    });
  return `### Lines written by Claude\n\n${summaryText(totals, files)}\n${parts.slice(0, MAX_FILES).join('')}${
    parts.length > MAX_FILES ? `\n… and ${counted(parts.length - MAX_FILES, 'more file')}\n` : ''
  }`;
}

// --- internal ---

/** A comment on a pull request has room for 65,536 characters. */
const MAX_FILES = 50;
const MAX_ROWS = 10;
const MAX_PROMPT = 80;

function columnsOf(now: number): Column<AddedRange>[] {
  return [
    { title: 'LINES', cell: (range) => `  ${linesOf(range)}`, isWhole: true },
    {
      title: 'WHO',
      cell: ({ line: { by, writer } }) =>
        by === 'claude'
          ? writer
            ? shortSession(writer.sessionId)
            : 'Claude'
          : by === 'other'
            ? 'not Claude'
            : 'unknown',
      isWhole: true,
      paint: ({ line: { by } }) => (by === 'claude' ? 'yellow' : 'dim'),
    },
    {
      title: 'WHEN',
      cell: ({ line: { writer } }) => (writer ? ago(writer.at, now) : ''),
      isWhole: true,
      rank: 1,
    },
    { title: 'TOOL', cell: ({ line: { writer } }) => writer?.toolName ?? '', rank: 3 },
    { title: 'SURE', cell: ({ line: { confidence } }) => confidence, isWhole: true, rank: 2 },
    { title: 'PROMPT', cell: ({ line: { prompt } }) => headOf(prompt?.text), least: 16 },
  ];
}

function linesOf({ first, last }: AddedRange): string {
  return first === last ? String(first) : `${first}-${last}`;
}

function factsOf(range: AddedRange): string {
  const { writer, prompt, confidence } = range.line;
  const lines = range.first === range.last ? `line ${range.first}` : `lines ${linesOf(range)}`;
  const facts = [
    ...(writer ? [`session ${codeSpan(shortSession(writer.sessionId))}`] : []),
    ...(writer?.model ? [codeSpan(writer.model)] : []),
    ...(confidence === 'high' ? [] : [`${confidence} confidence`]),
  ];
  const asked = headOf(prompt?.text);
  return `${lines}: ${facts.join(', ')}${asked === '' ? '' : `: ${codeSpan(asked)}`}`;
}

function headOf(prompt: string | null | undefined): string {
  const line = plainLine((prompt ?? '').slice(0, MAX_PROMPT * 4))
    .replaceAll(/\s+/g, ' ')
    .trim();
  const characters = Array.from(line);
  return characters.length > MAX_PROMPT
    ? `${characters
        .slice(0, MAX_PROMPT - 1)
        .join('')
        .trimEnd()}…`
    : line;
}

function countsText({ added, claude, unknown }: AddedCounts): string {
  const rest = unknown > 0 ? `, ${unknown.toLocaleString('en-US')} unknown` : '';
  return `${claude.toLocaleString('en-US')} of ${counted(added, 'added line')}${rest}`;
}

function summaryText(totals: AddedCounts, files: readonly ReviewedFile[]): string {
  if (totals.added === 0) return 'No lines were added.';
  const share = shareText(totals.claude / totals.added);
  const where = counted(files.length, 'file');
  return `Claude wrote ${countsText(totals)} in ${where} (${share}).`;
}
