import type { CliEnvironment } from '../environment.ts';
import { printJson } from './json-output.ts';
import { renderTable } from './table.ts';
import type { Column } from './table.ts';

/** A list, and how to print it. */
export interface ListOutput<Row> {
  readonly rows: readonly Row[];
  /** The columns of the table. */
  readonly columns: readonly Column<Row>[];
  /** The text to print when there are no rows. */
  readonly nothing: string;
  /** A row as `--json` prints it. */
  readonly forJson: (row: Row) => object;
}

/** Prints a list: with `json` an array, else a table, or `nothing` when there are no rows. */
export function printList<Row>(
  cli: CliEnvironment,
  json: boolean | undefined,
  { rows, columns, nothing, forJson }: ListOutput<Row>,
): void {
  if (json) printJson(cli, rows.map(forJson));
  else cli.out(rows.length === 0 ? nothing : renderTable<Row>(cli, columns, rows));
}

/** The text of an empty list: nothing matches the filters, or, without filters, nothing was recorded yet. */
export function nothingFound(what: string, isFiltered: boolean): string {
  return isFiltered
    ? `No ${what} match.\n`
    : `No ${what} yet. They appear as Claude Code works; \`pattern-tracker status\` says whether it is recorded.\n`;
}
