import type { CliEnvironment } from '../environment.ts';
import { painter, renderTable } from '../listing/table.ts';
import { bar } from '../statistics/figures-text.ts';
import type { PagePlot, PageTable, ReportPage } from './report-page.ts';

/** Characters of a bar. */
const BAR = 24;

/** A report for a terminal. The plots are there at a terminal only: the table of days says the same. */
export function textReport(
  cli: CliEnvironment,
  { title, subtitle, tables, plots }: ReportPage,
): string {
  const paint = painter(cli.color);
  const shown = plots.slice(0, 1).filter(({ values }) => cli.isTTY && values.some(Boolean));
  return [
    `${paint('bold', title)}\n${subtitle}\n`,
    ...tables.map(
      (table) =>
        (table.title === 'Numbers' ? '' : `${paint('bold', table.title)}\n`) +
        tableText(cli, table),
    ),
    ...shown.map((plot) => `${paint('bold', plot.title)}\n${plotText(cli, plot)}`),
  ].join('\n');
}

// --- internal ---

function tableText(cli: CliEnvironment, { columns, rows }: PageTable): string {
  return renderTable<readonly string[]>(
    cli,
    columns.map((title, at) => ({
      title: title.toUpperCase(),
      cell: (row: readonly string[]) => row[at] ?? '',
      ...(at === 0
        ? { least: 12, cut: 'start' }
        : { align: 'right', isWhole: true, rank: at > 3 ? at : 0 }),
    })),
    rows,
  );
}

function plotText(cli: CliEnvironment, { days, values, text }: PagePlot): string {
  const largest = Math.max(...values.map((value) => value ?? 0));
  const rows = days.map((day, at) => ({ day, value: values[at] ?? 0 }));
  return renderTable<(typeof rows)[number]>(
    cli,
    [
      { title: 'DAY', cell: ({ day }) => day, isWhole: true },
      { title: '', cell: ({ value }) => text(value), align: 'right', isWhole: true },
      { title: '', cell: ({ value }) => bar(value, largest, BAR), paint: () => 'cyan' },
    ],
    rows,
  );
}
