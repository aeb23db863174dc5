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
  { rows, total, columns, nothing, forJson }: ListOutput<Row>,
): Promise<void> {
  if (json) return printJson(cli, rows.map(forJson));
  const table = rows.length === 0 ? nothing : renderTable<Row>(cli, columns, rows);
  const note = cutNote(rows.length, total);
  if (note === undefined || cli.isTTY) {
    const end = note === undefined ? '' : `${painter(cli.color)('dim', note)}\n`;
    return printPaged(cli, table + end, pager);
  }
  cli.out(table);
  cli.err(`${note}\n`); // a program that reads the lines is not to take it for a row
}

/** `20 of 29; --limit 0 for all`; undefined when all are shown. */
export function cutNote(shown: number, total: number): string | undefined {
  if (total <= shown) return undefined;
  const all = total.toLocaleString('en-US') + (total === MOST_COUNTED ? ' or more' : '');
  return `${shown.toLocaleString('en-US')} of ${all}; --limit 0 for all`;
}

/** The text of an empty list: nothing matches the filters, or, without filters, nothing was recorded yet. */
export function nothingFound(what: string, isFiltered: boolean): string {
  return isFiltered
    ? `No ${what} match.\n`
    : `No ${what} yet. They appear as Claude Code works; \`pattern-tracker status\` says whether it is recorded.\n`;
}
