import type { CliEnvironment } from '../environment.ts';
import { printJson } from './json-output.ts';
import { renderTable } from './table.ts';
import type { Column } from './table.ts';

export interface ListOutput<Row> {
  readonly rows: readonly Row[];
  /** The columns of the table. */
  readonly columns: readonly Column<Row>[];
  /** What is said in place of an empty table. */
  readonly nothing: string;
  /** What a program gets of a row, where one asks. */
  readonly forJson: (row: Row) => object;
}

/** Prints a list: for a program an array, for people a table, or that there is nothing. */
export function printList<Row>(
  cli: CliEnvironment,
  json: boolean | undefined,
  { rows, columns, nothing, forJson }: ListOutput<Row>,
): void {
  if (json) printJson(cli, rows.map(forJson));
  else cli.out(rows.length === 0 ? nothing : renderTable<Row>(cli, columns, rows));
}

/** What a list says when it is empty: that nothing was recorded yet, or that nothing matches. */
export function nothingFound(what: string, isFiltered: boolean): string {
  return isFiltered
    ? `No ${what} match.\n`
    : `No ${what} yet. They appear as Claude Code works; \`pattern-tracker status\` says whether it is recorded.\n`;
}
