import { isoTime } from '../../base/clock.ts';
import { loadConfig } from '../../config/config-file.ts';
import { onlyRoot, projectNames } from '../../store/queries/projects.ts';
import { readDatabase } from '../../store/database/read-database.ts';
import { NO_REPORT, periodReport } from '../../store/queries/statistics/period-report.ts';
import type { Period, PeriodFigures } from '../../store/queries/statistics/period-report.ts';
import { chooseProjects } from '../arguments/project-choice.ts';
import { momentOf } from '../arguments/time-range.ts';
import { UsageError } from '../arguments/usage-error.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import { printPaged } from '../listing/pager.ts';
import { printJson } from '../output/json-output.ts';
import { htmlReport } from '../report/page-html.ts';
import { markdownReport } from '../report/page-markdown.ts';
import { textReport } from '../report/page-text.ts';
import { reportPage } from '../report/report-page.ts';
import { periodsUpTo, REPORT_LENGTHS } from '../report/report-period.ts';
import type { ReportLength } from '../report/report-period.ts';
import { statisticsJson } from '../statistics/statistics-json.ts';

/** `report`: a day, a week or a month, beside the one before. */
export const reportCommand = trackerCommand({
  name: 'report',
  summary: 'Report a day, a week or a month, beside the one before.',
  examples: [
    'pattern-tracker report --daily',
    'pattern-tracker report --weekly --project . --format md',
    'pattern-tracker report --monthly --format html > report.html',
    'pattern-tracker report --daily --day yesterday',
  ],
  details: `A week is 7 days and a month 30, up to today or to --day, in your time zone; today is not over yet. The HTML is one
file that loads nothing from the network. Of delivery, all projects are told: the success rate is that of the requests,
and percentiles are estimated from a histogram. These numbers are kept by day, whatever \`metrics reset\` does.`,
  json: `{length, current: {since, until, statistics, delivery}, previous: the same, days: [{day, calls, success_rate,
lines_written, tokens, delivery}], waiting}: statistics as in \`stats --json\`, without groups; delivery: {captured, delivered, dead,
requests, success_rate, average_ms, p95_ms, p99_ms, trips, cache_hit_rate}. Rates are 0 to 1; null is no data.`,
  args: {
    daily: { type: 'boolean', description: 'A day, which is the default' },
    weekly: { type: 'boolean', description: '7 days' },
    monthly: { type: 'boolean', description: '30 days' },
    day: { type: 'string', valueHint: 'time', default: 'today', description: 'The last day of it' },
    format: {
      type: 'enum',
      options: ['table', 'md', 'html', 'json'],
      default: 'table',
      description: 'How it is written',
    },
    ...common.projectArg,
    ...common.pagerArg,
    ...common.jsonArg,
  },
  async run(args, cli) {
    const length = lengthOf(args);
    const periods = periodsUpTo(await momentOf('--day', args.day, cli.now()), length);
    const { prices } = loadConfig(cli.paths, { env: cli.env }).config;
    const { report, project, root } = readDatabase(cli.paths.database, (database) => {
      const projectIds = chooseProjects(database, args.project, cli);
      return {
        report: periodReport(database, { ...periods, projectIds, prices }),
        project: projectIds && projectNames(database, projectIds).join(', '),
        root: onlyRoot(database, projectIds),
      };
    }) ?? { report: NO_REPORT, project: args.project, root: null };
    if (args.json || args.format === 'json') {
      const { current, previous } = periods;
      printJson(cli, {
        length,
        current: forJson(current, report.current),
        previous: forJson(previous, report.previous),
        days: report.days,
        waiting: report.waiting,
      });
      return;
    }
    const page = reportPage(report, length, periods, { cli, project, root });
    if (args.format === 'html') cli.out(htmlReport(page));
    else if (args.format === 'md') cli.out(markdownReport(page));
    else await printPaged(cli, textReport(cli, page), args.pager);
  },
});

// --- internal ---

function lengthOf(
  args: Readonly<Partial<Record<ReportLength, boolean | undefined>>>,
): ReportLength {
  const lengths = Object.keys(REPORT_LENGTHS) as ReportLength[];
  const [chosen = 'daily', other] = lengths.filter((length) => args[length]);
  if (other === undefined) return chosen;
  throw new UsageError(`--${chosen} and --${other} exclude each other`, 'Give one of them.');
}

function forJson({ since, until }: Period, { statistics, delivery }: PeriodFigures) {
  const { groups: _, ...numbers } = statisticsJson(statistics);
  return { since: isoTime(since), until: isoTime(until), statistics: numbers, delivery };
}
