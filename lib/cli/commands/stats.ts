import { isoTime } from '../../base/clock.ts';
import { loadConfig } from '../../config/config-file.ts';
import { onlyRoot } from '../../store/queries/projects.ts';
import { readDatabase } from '../../store/database/read-database.ts';
import { STATISTICS_KEYS } from '../../store/queries/statistics/group-key.ts';
import type { StatisticsKey } from '../../store/queries/statistics/group-key.ts';
import { MOST_TIMED } from '../../store/queries/statistics/durations.ts';
import { NO_STATISTICS, statisticsOf } from '../../store/queries/statistics/statistics.ts';
import { parsePage, sessionOf } from '../arguments/list-arguments.ts';
import { chooseProjects } from '../arguments/project-choice.ts';
import { chooseSession } from '../arguments/session-choice.ts';
import { timeRangeOf } from '../arguments/time-range.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import { nothingFound } from '../listing/list-output.ts';
import { printPaged } from '../listing/pager.ts';
import { printJson } from '../output/json-output.ts';
import { statisticsJson } from '../statistics/statistics-json.ts';
import { statisticsText } from '../statistics/statistics-text.ts';

/** `stats`: adds up what Claude did. */
export const statsCommand = trackerCommand({
  name: 'stats',
  summary: 'Add up what Claude did: calls, failures, code, tokens.',
  examples: [
    'pattern-tracker stats --since 7d',
    'pattern-tracker stats --by day --project .',
    'pattern-tracker stats --by model --since "last month"',
    'pattern-tracker stats --by file --limit 5',
  ],
  details: `OK is the part of the calls that succeeded; the others failed, were refused or interrupted. P50 and P95 are the
times that half of the calls and 95 % of them took at most, of the newest ${MOST_TIMED.toLocaleString('en-US')}. WRITTEN are lines that calls wrote
themselves; STAND those of Claude's that were in the files when an event last told of them: \`survival\` compares with
the disk. Reworked are edits whose lines Claude itself replaced within an hour.

Only transcripts tell tokens: \`import\` reads them. What they cost is shown for models that have a price in the configuration
(\`prices\`). Days are those of your time zone.`,
  json: `{since, until, by, sessions, calls, ok, success_rate, p50_ms, p95_ms, lines_added, lines_removed, edits,
lines_written, lines_standing, tokens: {input, cache_creation, cache_read, output}, cost, rework: {edits, reworked}, failures:
[{cause, calls}], failed_commands: [{command, calls}], files: [{file, edits, lines}], patterns: [{pattern_id, name, language, uses, occurrences, file_path}], models:
[{model, answers, tokens, cost}], groups: [{key, and the numbers from calls to cost}]}. What is not known by a key is null.`,
  args: {
    by: {
      type: 'enum',
      options: [...STATISTICS_KEYS],
      default: 'tool',
      description: 'What the numbers are put together by',
    },
    ...common.projectArg,
    ...common.sessionArg,
    ...common.timeArgs,
    ...common.limitArg,
    ...common.pageArg,
    ...common.pagerArg,
    ...common.jsonArg,
  },
  async run(args, cli) {
    const part = parsePage(args);
    const by = args.by as StatisticsKey; // citty has checked it against the list
    const range = await timeRangeOf(args, cli.now());
    const session = sessionOf(args);
    const { prices } = loadConfig(cli.paths, { env: cli.env }).config;
    const { statistics, root } = readDatabase(cli.paths.database, (database) => {
      const filter = {
        projectIds: chooseProjects(database, args.project, cli),
        session: chooseSession(database, session, cli),
        ...range,
      };
      return {
        statistics: statisticsOf(database, filter, { by, prices }),
        root: onlyRoot(database, filter.projectIds),
      };
    }) ?? { statistics: NO_STATISTICS, root: null };
    if (args.json) {
      printJson(cli, {
        since: isoTime(range.since ?? null),
        until: isoTime(range.until ?? null),
        by,
        ...statisticsJson(statistics),
      });
      return;
    }
    const isEmpty = statistics.calls === 0 && statistics.edits === 0;
    const isFiltered = Boolean(args.project ?? args.session ?? args.since ?? args.until);
    const text = isEmpty
      ? nothingFound('tool calls', isFiltered)
      : statisticsText(cli, statistics, by, part, root);
    await printPaged(cli, text, args.pager);
  },
});
