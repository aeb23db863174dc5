import type {
  PeriodFigures,
  PeriodReport,
  ReportDay,
} from '../../store/queries/statistics/period-report.ts';
import type { CliEnvironment } from '../environment.ts';
import { shownPath } from '../listing/row-text.ts';
import {
  allTokens,
  costText,
  numberText,
  rateText,
  shortNumber,
  spanText,
} from '../statistics/figures-text.ts';
import { namedDays, periodText } from './report-period.ts';
import type { ReportLength, ReportPeriods } from './report-period.ts';

/** A table of a report; its first column is a text, the others are numbers. */
export interface PageTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A plot: a value a day; null where there is none. */
export interface PagePlot {
  readonly title: string;
  readonly days: readonly string[];
  readonly values: readonly (number | null)[];
  /** A value for people. */
  readonly text: (value: number) => string;
}

/** A report, whatever it is written as. */
export interface ReportPage {
  readonly title: string;
  readonly subtitle: string;
  readonly tables: readonly PageTable[];
  readonly plots: readonly PagePlot[];
}

/** How a report names what it is about. */
interface ReportNames {
  readonly cli: Pick<CliEnvironment, 'env'>;
  /** The name of the chosen project; undefined for all. */
  readonly project: string | undefined;
  /** The root of the only project that it is about. */
  readonly root: string | null;
}

/** Puts a report into words and tables. */
export function reportPage(
  report: PeriodReport,
  length: ReportLength,
  { current, previous, days }: ReportPeriods,
  { cli, project, root }: ReportNames,
): ReportPage {
  const { statistics } = report.current;
  const all = namedDays(days);
  const byDay = new Map(report.days.map((day) => [day.day, day]));
  const plot = (
    title: string,
    of: (day: ReportDay) => number | null,
    text = shortNumber,
  ): PagePlot => ({
    title,
    days: all,
    values: all.map((day) => {
      const known = byDay.get(day);
      return known === undefined ? null : of(known);
    }),
    text,
  });
  const withDelivery = isDelivering(report);
  const tables: PageTable[] = [
    figuresTable(report, [periodText(current), periodText(previous)]),
    {
      title: 'Days',
      columns: [
        'Day',
        'Calls',
        'Ok',
        'Lines',
        'Tokens',
        'Captured',
        ...(withDelivery ? ['Delivered', 'p95', 'Trips'] : []),
      ],
      rows: report.days.map(({ day, calls, successRate, linesWritten, tokens, delivery }) => [
        day,
        numberText(calls),
        rateText(successRate),
        numberText(linesWritten),
        shortNumber(tokens),
        numberText(delivery?.captured ?? 0),
        ...(withDelivery
          ? [
              numberText(delivery?.delivered ?? 0),
              spanText(delivery?.p95Ms ?? null),
              numberText(delivery?.trips ?? 0),
            ]
          : []),
      ]),
    },
    {
      title: 'Failures',
      columns: ['Cause', 'Calls'],
      rows: statistics.failures.map(({ cause, calls }) => [cause, numberText(calls)]),
    },
    {
      title: 'Files',
      columns: ['File', 'Edits', 'Lines'],
      rows: statistics.files.map(({ file, edits, lines }) => [
        shownPath(file, root, cli.env),
        numberText(edits),
        numberText(lines),
      ]),
    },
    {
      title: 'Models',
      columns: ['Model', 'Answers', 'Tokens', 'Cost'],
      rows: statistics.models.map(({ model, answers, tokens, cost }) => [
        model,
        numberText(answers),
        shortNumber(allTokens(tokens)),
        costText(cost),
      ]),
    },
  ];
  return {
    title: `${TITLES[length]} of ${project ?? 'all projects'}`,
    subtitle: `${periodText(current)}, beside ${periodText(previous)}`,
    tables: tables.filter(({ rows }) => rows.length > 0),
    plots: [
      plot('Calls', ({ calls }) => calls),
      plot('Lines written', ({ linesWritten }) => linesWritten),
      plot('Tokens', ({ tokens }) => tokens),
      ...(withDelivery
        ? [
            plot('Events delivered', ({ delivery }) => delivery?.delivered ?? 0),
            plot('95 % of responses within', ({ delivery }) => delivery?.p95Ms ?? null, spanText),
          ]
        : []),
    ],
  };
}

// --- internal ---

/** False where nothing is sent anywhere: then there are no numbers about it. */
function isDelivering({ current, previous, waiting }: PeriodReport): boolean {
  return (
    waiting > 0 ||
    [current.delivery, previous.delivery].some(
      ({ requests, delivered, dead, trips, cacheHitRate }) =>
        requests + delivered + dead + trips > 0 || cacheHitRate !== null,
    )
  );
}

const TITLES: Readonly<Record<ReportLength, string>> = {
  daily: 'Daily report',
  weekly: 'Weekly report',
  monthly: 'Monthly report',
};

function figuresTable(report: PeriodReport, columns: readonly string[]): PageTable {
  const { current, previous, waiting } = report;
  const row = (label: string, of: (figures: PeriodFigures) => string): string[] => [
    label,
    of(current),
    of(previous),
  ];
  const share = (part: number, whole: number) => rateText(whole === 0 ? null : part / whole);
  const delivered = [
    row('Events delivered', ({ delivery }) => numberText(delivery.delivered)),
    ['Events waiting now', numberText(waiting), ''],
    row('Dead letters', ({ delivery }) => numberText(delivery.dead)),
    row('Requests', ({ delivery }) => numberText(delivery.requests)),
    row('Success rate of requests', ({ delivery }) => rateText(delivery.successRate)),
    row('Average response', ({ delivery }) => spanText(delivery.averageMs)),
    row('95 % of responses within', ({ delivery }) => spanText(delivery.p95Ms)),
    row('99 % of responses within', ({ delivery }) => spanText(delivery.p99Ms)),
    row('Circuit breaker trips', ({ delivery }) => numberText(delivery.trips)),
    row('Cache hit rate', ({ delivery }) => rateText(delivery.cacheHitRate)),
  ];
  return {
    title: 'Numbers',
    columns: ['', ...columns],
    rows: [
      row('Sessions', ({ statistics }) => numberText(statistics.sessions)),
      row('Calls', ({ statistics }) => numberText(statistics.calls)),
      row('Ok', ({ statistics }) => rateText(statistics.successRate)),
      row('Half of the calls within', ({ statistics }) => spanText(statistics.p50Ms)),
      row('95 % of the calls within', ({ statistics }) => spanText(statistics.p95Ms)),
      row('Lines written', ({ statistics }) => numberText(statistics.linesWritten)),
      row('Lines standing', ({ statistics }) => numberText(statistics.linesStanding)),
      row('Reworked within the hour', ({ statistics: { rework } }) =>
        share(rework.reworked, rework.edits),
      ),
      row('Tokens', ({ statistics: { tokens } }) => shortNumber(tokens ? allTokens(tokens) : 0)),
      row('Cost', ({ statistics }) => costText(statistics.cost)),
      row('Events captured', ({ delivery }) => numberText(delivery.captured)),
      ...(isDelivering(report) ? delivered : []),
    ],
  };
}
