import { MOST_COUNTED } from '../../store/queries/listing.ts';
import type { Listing } from '../../store/queries/listing.ts';
import type { CliEnvironment } from '../environment.ts';
import { printJson } from '../output/json-output.ts';
import { printPaged } from './pager.ts';
import { painter, renderTable } from './table.ts';
import type { Column } from './table.ts';

/** A list, and how to print it. */
export interface ListOutput<Row> extends Listing<Row> {
  /** The columns of the table. */
  readonly columns: readonly Column<Row>[];
  /** The text to print when there are no rows. */
  readonly nothing: string;
  /** What else is to be said of it. @default nothing */
  readonly note?: string | undefined;
  /** A row as `--json` prints it. */
  readonly forJson: (row: Row) => object;
}

/** How the user wants a list printed. */
export interface ListStyle {
  readonly json?: boolean | undefined;
  readonly pager?: boolean | undefined;
}

/** Prints a list: with `json` an array, else a table, or `nothing` when there are no rows. */
export async function printList<Row>(
  cli: CliEnvironment,
  { json, pager }: ListStyle,
  { rows, total, offset, columns, nothing, forJson, note: more }: ListOutput<Row>,
): Promise<void> {
  if (json) return printJson(cli, rows.map(forJson));
  const table = rows.length === 0 ? nothing : renderTable<Row>(cli, columns, rows);
  const notes = [cutNote(rows.length, total, offset), more].filter((note) => note !== undefined);
  const note = notes.length > 0 ? notes.join('\n') : undefined;
  if (note === undefined || cli.isTTY) {
    const end = note === undefined ? '' : `${painter(cli.color)('dim', note)}\n`;
    return printPaged(cli, table + end, pager);
  }
  cli.out(table);
  cli.err(`${note}\n`); // a program that reads the lines is not to take it for a row
}

/** `20 of 29; --limit 0 for all`, or `21 to 29 of 29` behind some that were passed over; undefined when all are shown. */
export function cutNote(shown: number, total: number, offset = 0): string | undefined {
  if (total <= shown) return undefined;
  if (offset > 0) {
    const known = (count: number) => count.toLocaleString('en-US');
    const which = shown === 0 ? 'None' : `${known(offset + 1)} to ${known(offset + shown)}`;
    return `${which} of ${totalText(total)}`;
  }
  return `${shown.toLocaleString('en-US')} of ${totalText(total)}; --limit 0 for all`;
}

/** A number of rows that were counted: `29`, `1,000 or more`. */
export function totalText(total: number): string {
  return total.toLocaleString('en-US') + (total === MOST_COUNTED ? ' or more' : '');
}

/** The text of an empty list: nothing matches the filters, or, without filters, nothing was recorded yet. */
export function nothingFound(what: string, isFiltered: boolean): string {
  return isFiltered
    ? `No ${what} match.\n`
    : `No ${what} yet. They appear as Claude Code works; \`pattern-tracker status\` says whether it is recorded.\n`;
}
