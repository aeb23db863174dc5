import type { CliEnvironment } from '../environment.ts';
import { outcomePaint } from '../listing/row-text.ts';
import { painter, renderTable } from '../listing/table.ts';
import type { Column } from '../listing/table.ts';
import { diffLines } from '../diff/pattern-diff.ts';
import { plainLine, plainLines } from '../output/plain-text.ts';
import type { PageBlock, PageCall } from './timeline-page.ts';

/** A page for the terminal. */
export function pageText(
  surface: Pick<CliEnvironment, 'isTTY' | 'columns' | 'color'>,
  blocks: readonly PageBlock[],
): string {
  const paint = painter(surface.color);
  const calls = blocks.filter((block) => block.kind === 'call');
  // One table, so that its columns stand below each other on the whole page.
  const rows = renderTable<PageCall>(surface, columnsOf(calls), calls).split('\n').slice(1);
  const lines = blocks.flatMap((block): string[] => {
    switch (block.kind) {
      case 'title':
        return [paint('bold', plainLine(block.text))];
      case 'facts':
        return factLines(block.facts).map((line) => line);
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

/** A prompt has more in `--json` and `--export`. */
const MAX_PROMPT_LINES = 5;

function promptLines(prompt: string | null): string[] {
  if (prompt === null) return [];
  const lines = plainLines(prompt.trim());
  const more = lines.length > MAX_PROMPT_LINES ? ['…'] : [];
  return [...lines.slice(0, MAX_PROMPT_LINES), ...more];
}

function indent(depth: number): string {
  return '  '.repeat(depth + 1);
}

function factLines(facts: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(0, ...facts.map(([name]) => plainLine(name).length));
  return facts.map(([name, text]) =>
    `  ${plainLine(name).padEnd(width)}  ${plainLine(text)}`.trimEnd(),
  );
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
