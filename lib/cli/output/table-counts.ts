import type { TableCount, Verification } from '../../store/maintenance/verify.ts';
import type { CliEnvironment } from '../environment.ts';
import { byteText } from '../../base/amount-text.ts';
import { renderTable } from '../listing/table.ts';

/** A table that shows how many rows each table of a database has; empty ones are left out. */
export function countsText(cli: CliEnvironment, tables: readonly TableCount[]): string {
  const filled = tables.filter(({ rows }) => rows !== 0);
  if (filled.length === 0) return '';
  return renderTable<TableCount>(
    cli,
    [
      { title: 'TABLE', cell: ({ table }) => table, isWhole: true },
      {
        title: 'ROWS',
        align: 'right',
        cell: ({ rows }) => (rows === null ? '?' : rows.toLocaleString('en-US')),
      },
    ],
    filled,
  );
}

/** The row counts as `--json` prints them: `{table: rows}`, null for a table that cannot be counted. */
export function countsObject(tables: readonly TableCount[]): Record<string, number | null> {
  return Object.fromEntries(tables.map(({ table, rows }) => [table, rows]));
}

/** One line about a database: `FILE: 12 MB, schema 3`. */
export function databaseLine({
  path,
  bytes,
  schemaVersion,
}: Pick<Verification, 'path' | 'bytes' | 'schemaVersion'>): string {
  const schema = schemaVersion > 0 ? `, schema ${schemaVersion}` : '';
  return `${path}: ${byteText(bytes)}${schema}`;
}
