import colors from 'picocolors';
import stringWidth from 'string-width';
import type { CliEnvironment } from '../environment.ts';
import { plainLine } from '../output/plain-text.ts';

/** A column of a table. */
export interface Column<Row> {
  readonly title: string;
  /** The text of the cell; made safe to print here. */
  readonly cell: (row: Row) => string;
  /** @default 'left' */
  readonly align?: 'left' | 'right';
  /** True for a column that must not be cut, such as an id. @default false */
  readonly isWhole?: boolean;
  /** Which part of a long text is left out; the end of a path says most. @default 'end' */
  readonly cut?: 'start' | 'end';
  /** Where a terminal is narrow, it is not cut to less than this, in characters. @default 8 */
  readonly least?: number;
  /** Where a terminal is too narrow, columns of the highest rank are left out first. @default 0, never */
  readonly rank?: number;
  /** The style of the cell. @default none */
  readonly paint?: (row: Row) => Paint | undefined;
}

/** A style of text; each is a function of picocolors. */
export type Paint = 'dim' | 'bold' | 'red' | 'green' | 'yellow' | 'cyan' | 'magenta';

type Surface = Pick<CliEnvironment, 'isTTY' | 'columns' | 'color'>;

const LEAST_WIDTH = 8;
const GAP = '  ';

/**
 * Rows as aligned text without borders, one per line. On a terminal, columns are left out and texts are cut until a
 * line fits its width.
 */
export function renderTable<Row>(
  surface: Surface,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): string {
  const paint = painter(surface.color);
  const cells = rows.map((row) => columns.map((column) => plainLine(column.cell(row))));
  const titles = columns.map(({ title }) => title);
  const shown = fittedColumns(surface, columns, [titles, ...cells]);
  const line = (texts: readonly string[], paintOf: (column: Column<Row>) => Paint | undefined) => {
    const parts = shown.map(({ column, at, width }, index) => {
      const { text, space } = fitted(texts[at] ?? '', width, column.cut);
      const painted = paint(paintOf(column), text);
      if (column.align === 'right') return space + painted;
      return index === shown.length - 1 ? painted : painted + space;
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

/** A column that is shown. */
interface ShownColumn<Row> {
  readonly column: Column<Row>;
  /** Its place among all columns. */
  readonly at: number;
  /** The width that it has to keep as long as a column of lower rank is shown. */
  readonly narrow: number;
  width: number;
}

/** The columns that are shown, and their widths: on a terminal, a line of them fits. */
function fittedColumns<Row>(
  { isTTY, columns: room }: Surface,
  columns: readonly Column<Row>[],
  lines: readonly (readonly string[])[],
): ShownColumn<Row>[] {
  const all = columns.map((column, at): ShownColumn<Row> => {
    const width = lines.reduce((widest, line) => Math.max(widest, widthOf(line[at] ?? '')), 1);
    const narrow = column.isWhole ? width : Math.min(width, column.least ?? LEAST_WIDTH);
    return { column, at, narrow, width: column.isWhole || !isTTY ? width : Math.min(width, room) };
  });
  if (!isTTY) return all;
  const shown = withoutLeastImportant(all, room);
  shrink(shown, room, ({ narrow }) => narrow);
  shrink(shown, room, () => 1); // a terminal narrower than any table
  return shown;
}

/** Leaves out columns until the others fit at their narrowest. */
function withoutLeastImportant<Row>(all: readonly ShownColumn<Row>[], room: number) {
  let shown = [...all];
  while (widthOfLine(shown.map(({ narrow }) => narrow)) > room) {
    const rank = Math.max(...shown.map(({ column }) => column.rank ?? 0));
    if (rank <= 0) break;
    const last = shown.findLast(({ column }) => column.rank === rank);
    shown = shown.filter((other) => other !== last);
  }
  return shown;
}

/** Takes from the widest column that may shrink, again and again, until a line fits. */
function shrink<Row>(
  shown: readonly ShownColumn<Row>[],
  room: number,
  leastOf: (column: ShownColumn<Row>) => number,
): void {
  for (let over = widthOfLine(shown.map(({ width }) => width)) - room; over > 0; over--) {
    const able = shown.filter((column) => column.width > leastOf(column));
    const widest = Math.max(...able.map(({ width }) => width));
    const next = able.find(({ width }) => width === widest);
    if (!next) return;
    next.width -= 1;
  }
}

function widthOfLine(widths: readonly number[]): number {
  return sum(widths) + GAP.length * (widths.length - 1);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** `text`, cut if it is wider than `width`, and the spaces that fill the rest. */
function fitted(
  text: string,
  width: number,
  cut: Column<unknown>['cut'] = 'end',
): { text: string; space: string } {
  const own = widthOf(text);
  if (own <= width) return { text, space: ' '.repeat(width - own) };
  const characters = cut === 'end' ? text : Array.from(text).reverse();
  let kept = '';
  let used = 1; // the ellipsis
  for (const character of characters) {
    used += widthOf(character);
    if (used > width) break;
    kept = cut === 'end' ? kept + character : character + kept;
  }
  const space = ' '.repeat(Math.max(0, width - widthOf(kept) - 1));
  return { text: cut === 'end' ? `${kept}…` : `…${kept}`, space };
}

/** How many columns of a terminal a text takes. */
function widthOf(text: string): number {
  if (NARROW.test(text)) return text.length;
  let width = WIDTHS.get(text);
  if (width === undefined) {
    if (WIDTHS.size >= MAX_WIDTHS) WIDTHS.clear();
    width = stringWidth(text);
    WIDTHS.set(text, width);
  }
  return width;
}

/**
 * What code and prose mostly consist of, each character one column wide: Latin letters, dashes, quotes and the ellipsis,
 * arrows, lines of boxes. Anything else is looked up in tables that take longer to load than most lists to print.
 */
const NARROW =
  /^[ -~\u00A1-\u00A8\u00AA-\u00AC\u00AF-\u02FF\u2010-\u2027\u2030-\u203B\u2190-\u2193\u2500-\u257F]*$/;

/** Widths that took long to find: the rows of a long table repeat texts. */
const WIDTHS = new Map<string, number>();
const MAX_WIDTHS = 1_000;
