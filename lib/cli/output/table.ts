import colors from 'picocolors';
import stringWidth from 'string-width';
import type { CliEnvironment } from '../environment.ts';
import { plainLine } from './plain-text.ts';

export interface Column<Row> {
  readonly title: string;
  /** The text of the cell; made safe to print here. */
  readonly cell: (row: Row) => string;
  /** @default 'left' */
  readonly align?: 'left' | 'right';
  /** True where a part would be of no use, as of an id. @default false */
  readonly isWhole?: boolean;
  /** A function of picocolors, chosen by the row. @default none */
  readonly paint?: (row: Row) => Paint | undefined;
}

export type Paint = 'dim' | 'bold' | 'red' | 'green' | 'yellow' | 'cyan' | 'magenta';

type Surface = Pick<CliEnvironment, 'isTTY' | 'columns' | 'color'>;

/** Narrower than this no column is cut. */
const LEAST_WIDTH = 8;
const GAP = '  ';

/** Rows as aligned text without borders, one a line; on a terminal cut to its width. */
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

/** Paints text where colour is wanted, else hands it back. */
export function painter(color: boolean): (paint: Paint | undefined, text: string) => string {
  const palette = colors.createColors(color);
  return (paint, text) => (paint === undefined ? text : palette[paint](text));
}

// --- internal ---

/** The widest column that may be cut gives way, again and again, until the line fits. */
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

/** `text` cut to a width where it is wider, and the space that is left of it. */
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

/** Columns that a text takes on a terminal. */
function widthOf(text: string): number {
  return /^[ -~]*$/.test(text) ? text.length : stringWidth(text);
}
