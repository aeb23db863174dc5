import type { CliEnvironment } from '../environment.ts';
import { outcomePaint } from '../listing/row-text.ts';
import { painter, renderTable } from '../listing/table.ts';
import type { Column } from '../listing/table.ts';
import { diffLines } from '../diff/diff-lines.ts';
import { plainLine } from '../output/plain-text.ts';
import { columns } from '../output/wrapped-text.ts';
import { promptLines } from './prompt-lines.ts';
import type { PageBlock, PageCall } from './timeline-page.ts';

/** A page for the terminal. */
export function pageText(surface: Surface, blocks: readonly PageBlock[]): string {
  const paint = painter(surface.color);
  const calls = blocks.filter((block) => block.kind === 'call');
  // One table, so that its columns stand below each other on the whole page.
  const rows = renderTable<PageCall>(surface, columnsOf(calls), calls).split('\n').slice(1);
  const lines = blocks.flatMap((block): string[] => {
    switch (block.kind) {
      case 'title':
        return [paint('bold', plainLine(block.text))];
      case 'facts':
        return factLines(surface, block.facts);
      case 'files':
        return fileLines(surface, block.facts);
      case 'heading':
        return [
          '',
          paint('dim', plainLine(block.text)),
          ...promptLines(block.prompt).map((line) => paint('bold', line)),
        ];
      case 'call':
        return [rows.shift() ?? ''];
      case 'agent':
        return [`${indent(block.depth)}${paint('dim', plainLine(block.text))}`];
      case 'diff': {
        const space = indent(block.depth + 1);
        const head = paint('dim', plainLine(block.title));
        return [
          `${space}${head}`,
          ...diffLines(block.text, surface.color).map((line) => `${space}${line}`),
        ];
      }
      case 'note':
        return ['', paint('dim', plainLine(block.text))];
    }
  });
  return `${lines.join('\n')}\n`;
}

// --- internal ---

function indent(depth: number): string {
  return '  '.repeat(depth + 1);
}

type Surface = Pick<CliEnvironment, 'isTTY' | 'columns' | 'color'>;
type Facts = readonly (readonly [string, string])[];

function factLines({ isTTY, columns: width }: Surface, facts: Facts): string[] {
  const plain = facts.map(([name, text]) => [plainLine(name), plainLine(text)] as const);
  return columns(plain, isTTY ? width : Number.POSITIVE_INFINITY);
}

/** The end of a path says most, so where a terminal is narrow, its beginning is cut. */
function fileLines(surface: Surface, files: Facts): string[] {
  const table = renderTable<Facts[number]>(
    { ...surface, columns: surface.columns - 2 },
    [
      { title: 'FILE', cell: ([path]) => path, cut: 'start', least: 16 },
      { title: 'FACTS', cell: ([, text]) => text },
    ],
    files,
  );
  return table
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => `  ${line}`);
}

function columnsOf(calls: readonly PageCall[]): Column<PageCall>[] {
  const linesColumn: Column<PageCall> = {
    title: 'LINES',
    cell: ({ lines }) => lines,
    isWhole: true,
    rank: 3,
  };
  return [
    { title: 'AT', cell: ({ time }) => `  ${time}`, isWhole: true, rank: 4, paint: () => 'dim' },
    { title: 'TOOL', cell: ({ depth, tool }) => `${'  '.repeat(depth)}${tool}` },
    { title: 'WHAT', cell: ({ what }) => what, least: 16 },
    ...(calls.some(({ lines }) => lines !== '') ? [linesColumn] : []),
    {
      title: 'OUTCOME',
      cell: ({ outcome }) => outcome,
      isWhole: true,
      paint: ({ outcome }) => outcomePaint(outcome),
    },
    { title: 'TOOK', cell: ({ took }) => took, align: 'right', isWhole: true, rank: 2 },
    {
      title: 'NOTES',
      cell: ({ notes }) => notes.join(' · '),
      least: 12,
      rank: 1,
      paint: ({ outcome }) => (outcome === 'ok' ? 'dim' : outcomePaint(outcome)),
    },
  ];
}
