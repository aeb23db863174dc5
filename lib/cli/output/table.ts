import colors from 'picocolors';
import stringWidth from 'string-width';
import type { CliEnvironment } from '../environment.ts';
import { plainLine } from './plain-text.ts';

/** A column of a table. */
export interface Column<Row> {
  readonly title: string;
  /** The text of the cell; made safe to print here. */
  readonly cell: (row: Row) => string;
  /** @default 'left' */
  readonly align?: 'left' | 'right';
  /** True for a column that must not be cut, such as an id. @default false */
  readonly isWhole?: boolean;
  /** The style of the cell. @default none */
  readonly paint?: (row: Row) => Paint | undefined;
}

/** A style of text; each is a function of picocolors. */
export type Paint = 'dim' | 'bold' | 'red' | 'green' | 'yellow' | 'cyan' | 'magenta';

type Surface = Pick<CliEnvironment, 'isTTY' | 'columns' | 'color'>;

/** No column is cut to less than this, in characters. */
const LEAST_WIDTH = 8;
const GAP = '  ';

/** Rows as aligned text without borders, one per line; on a terminal, lines are cut to its width. */
export function renderTable<Row>(
  surface: Surface,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): string {
  const paint = painter(surface.color);
  const cells = rows.map((row) => columns.map((column) => plainLine(column.cell(row))));
  const titles = columns.map(({ title }) => title);
  const widths = fittedWidths(surface, columns, [titles, ...cells]);
  const line = (texts: readonly string[], paintOf: (column: Column<Row>) => Paint | undefined) => {
    const parts = columns.map((column, at) => {
      const { text, space } = fitted(texts[at] ?? '', widths[at] ?? 0);
      const painted = paint(paintOf(column), text);
      if (column.align === 'right') return space + painted;
      return at === columns.length - 1 ? painted : painted + space;
    });
    return `${parts.join(GAP).trimEnd()}\n`;
  };
  const body = rows.map((row, index) => line(cells[index] ?? [], (column) => column.paint?.(row)));
  return line(titles, () => 'dim') + body.join('');
}

/** A function that styles text; it returns the text unchanged when `color` is false. */
export function painter(color: boolean): (paint: Paint | undefined, text: string) => string {
  const palette = colors.createColors(color);
  return (paint, text) => (paint === undefined ? text : palette[paint](text));
}

// --- internal ---

/** The widths of the columns. The widest column that may be cut shrinks, again and again, until a line fits. */
function fittedWidths<Row>(
  { isTTY, columns: room }: Surface,
  columns: readonly Column<Row>[],
  lines: readonly (readonly string[])[],
): number[] {
  const widths = columns.map((_, at) =>
    lines.reduce((widest, line) => Math.max(widest, widthOf(line[at] ?? '')), 1),
  );
  if (!isTTY) return widths;
  const gaps = GAP.length * (widths.length - 1);
  const cuttable = [...columns.keys()].filter((at) => !columns[at]?.isWhole);
  for (const at of cuttable) widths[at] = Math.min(widths[at] ?? 0, Math.max(room, LEAST_WIDTH));
  for (let over = sum(widths) + gaps - room; over > 0; over--) {
    const widest = Math.max(...cuttable.map((at) => widths[at] ?? 0));
    if (widest <= LEAST_WIDTH) break;
    const at = cuttable.find((index) => widths[index] === widest) ?? 0;
    widths[at] = widest - 1;
  }
  return widths;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** `text`, cut if it is wider than `width`, and the spaces that fill the rest. */
function fitted(text: string, width: number): { text: string; space: string } {
  const own = widthOf(text);
  if (own <= width) return { text, space: ' '.repeat(width - own) };
  let cut = '';
  let used = 1; // the ellipsis
  for (const character of text) {
    used += widthOf(character);
    if (used > width) break;
    cut += character;
  }
  const space = ' '.repeat(Math.max(0, width - widthOf(cut) - 1));
  return { text: `${cut}…`, space };
}

/** How many columns of a terminal a text takes. */
function widthOf(text: string): number {
  return /^[ -~]*$/.test(text) ? text.length : stringWidth(text);
}
