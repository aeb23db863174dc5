import { counted, shareText } from '../../base/amount-text.ts';
import { readDatabase } from '../../store/database/read-database.ts';
import {
  followedFiles,
  replacedAuthors,
  ownPieces,
} from '../../store/queries/authorship/own-pieces.ts';
import { parseLimit } from '../arguments/list-arguments.ts';
import { chooseProjects } from '../arguments/project-choice.ts';
import { timeRangeOf } from '../arguments/time-range.ts';
import { loadRedactor } from '../blame/load-redactor.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import type { CliEnvironment } from '../environment.ts';
import { cutNote } from '../listing/list-output.ts';
import { printPaged } from '../listing/pager.ts';
import { shownPath } from '../listing/row-text.ts';
import { painter, renderTable } from '../listing/table.ts';
import type { Column } from '../listing/table.ts';
import { printJson } from '../output/json-output.ts';
import { pageProgress } from '../output/page-progress.ts';
import { plainLine } from '../output/plain-text.ts';
import { SurvivalSurvey } from '../survival/survey.ts';
import type { FollowedFile } from '../survival/survey.ts';
import {
  groupText,
  SURVIVAL_KEYS,
  survivalGroups,
  survivalOf,
} from '../survival/survival-groups.ts';
import type { Survival, SurvivalGroup, SurvivalKey } from '../survival/survival-groups.ts';

/** Pieces that are looked at, the newest first. */
const MOST_PIECES = 200_000;
/** The progress is shown if there are at least this many files. */
const MANY_FILES = 200;
/** Files that cannot be read and are named to people; `--json` names all. */
const MOST_NAMED = 5;

/** What was found, and of how much. */
interface Report {
  readonly sum: Survival;
  readonly groups: readonly SurvivalGroup[];
  readonly survey: SurvivalSurvey;
  /** True if there were more pieces than are looked at. */
  readonly isCut: boolean;
}

/** `survival`: what became of the code that Claude wrote. */
export const survivalCommand = trackerCommand({
  name: 'survival',
  summary: 'Say how much of what Claude wrote still stands.',
  examples: [
    'pattern-tracker survival --project . --since 30d',
    'pattern-tracker survival --by language',
  ],
  details: `Lines are counted. Those that Claude wrote stand on disk, wherever in the project they are now; or were replaced,
by Claude or by others; or are gone: deleted, with nothing in their place. A file that was moved by hand to a name that no
call has told of counts as gone. Replaced by others is what no recorded call did, formatters apart: a line in another
format stands.

Files are only read, and compared with what is kept of them. UNKNOWN are lines of files that are not followed (too large,
dropped, or written before this was recorded) or cannot be read.`,
  json: `{by, written, stands, reworked_by_claude, reworked_by_others, gone, unknown, groups: [{key, written, stands,
reworked_by_claude, reworked_by_others, gone, unknown}], files: {compared, gone, unread: [{file, reason}]}, is_cut}, all
in lines; is_cut tells that only the newest ${MOST_PIECES.toLocaleString('en-US')} pieces were looked at.`,
  args: {
    ...common.projectArg,
    ...common.timeArgs,
    by: {
      type: 'enum',
      options: [...SURVIVAL_KEYS],
      default: 'age',
      description: 'What the lines are put together by',
    },
    ...common.limitArg,
    ...common.pagerArg,
    ...common.jsonArg,
  },
  async run(args, cli) {
    const limit = parseLimit(args.limit);
    const by = args.by as SurvivalKey; // citty has checked it against the list
    const range = await timeRangeOf(args, cli.now());
    const found = await surveyed(cli, args.project, range, args.json === true);
    const report = { ...found, groups: survivalGroups(found.fates, by, cli.now()) };
    if (args.json) printJson(cli, forJson(report, by));
    else await printPaged(cli, render(cli, report, by, limit), args.pager);
  },
});

// --- internal ---

async function surveyed(
  cli: CliEnvironment,
  project: string | undefined,
  range: { readonly since?: number | undefined; readonly until?: number | undefined },
  isQuiet: boolean,
) {
  const path = cli.paths.database;
  const begun = readDatabase(path, (database) => {
    const projectIds = chooseProjects(database, project, cli);
    const pieces = ownPieces(database, { projectIds, ...range, limit: MOST_PIECES + 1 });
    return {
      survey: new SurvivalSurvey(pieces.slice(0, MOST_PIECES)),
      isCut: pieces.length > MOST_PIECES,
      files: pieces.length > 0 ? followedFiles(database, projectIds) : [],
      replaced: replacedAuthors(database),
    };
  });
  if (!begun) {
    return { survey: new SurvivalSurvey([]), isCut: false, fates: [], sum: survivalOf([]) };
  }
  const { survey, isCut, files, replaced } = begun;
  const progress = pageProgress(isQuiet || files.length < MANY_FILES ? undefined : cli);
  let done = 0;
  const onFile = () => progress.update((done += 1), files.length);
  const compare = (
    some: readonly FollowedFile[],
    redactor?: Awaited<ReturnType<typeof loadRedactor>>,
  ) => readDatabase(path, (database) => survey.compare(database, some, redactor, onFile)) ?? [];
  try {
    const secretive = compare(files);
    done -= secretive.length;
    if (secretive.length > 0) compare(secretive, await loadRedactor(cli));
  } finally {
    progress.end();
  }
  const fates = survey.result(replaced);
  return { survey, isCut, fates, sum: survivalOf(fates) };
}

function render(cli: CliEnvironment, report: Report, by: SurvivalKey, limit: number): string {
  const { sum, groups, survey, isCut } = report;
  if (groups.length === 0) return "No code of Claude's matches.\n";
  const shown = limit === -1 ? groups : groups.slice(0, limit);
  const rows = [...shown, { ...sum, key: ALL }];
  const column = (
    title: string,
    count: (of: Survival) => number,
    rank: number,
  ): Column<SurvivalGroup> => ({
    title,
    cell: (of) => count(of).toLocaleString('en-US'),
    align: 'right',
    isWhole: true,
    rank,
  });
  const table = renderTable<SurvivalGroup>(
    cli,
    [
      {
        title: by.toUpperCase(),
        cell: (row) => (row.key === ALL ? 'all' : groupText(by, row.key, cli)),
        cut: 'start',
        least: 12,
        paint: ({ key }) => (key === ALL ? 'bold' : undefined),
      },
      column('LINES', ({ written }) => written, 0),
      column('STAND', ({ stands }) => stands, 1),
      {
        title: 'PART',
        cell: ({ stands, written }) => (written === 0 ? '' : shareText(stands / written)),
        align: 'right',
        isWhole: true,
      },
      column('BY CLAUDE', ({ byClaude }) => byClaude, 3),
      column('BY OTHERS', ({ byOthers }) => byOthers, 2),
      column('GONE', ({ gone }) => gone, 4),
      ...(sum.unknown > 0 ? [column('UNKNOWN', ({ unknown }) => unknown, 5)] : []),
    ],
    rows,
  );
  const notes = [
    cutNote(shown.length, groups.length),
    isCut ? `Only the newest ${counted(MOST_PIECES, 'piece')} of code were looked at.` : undefined,
    survey.gone > 0
      ? `Not there any more: ${counted(survey.gone, 'file')}. What was moved by hand counts as gone.`
      : undefined,
    ...unreadNotes(survey, cli),
  ].filter((note) => note !== undefined);
  const paint = painter(cli.color);
  return table + notes.map((note) => `${paint('dim', plainLine(note))}\n`).join('');
}

/** The key of the last row, which is no path, id or name. */
const ALL = '\0';

function unreadNotes({ unread }: SurvivalSurvey, { env }: CliEnvironment): string[] {
  if (unread.length === 0) return [];
  const named = unread.slice(0, MOST_NAMED).map(({ file, reason }) => {
    return `  ${shownPath(file, null, env)}: ${reason.replace(`${file}: `, '').replace(`${file} `, '')}`;
  });
  return [`${counted(unread.length, 'file')} cannot be read:`, ...named];
}

function forJson({ sum, groups, survey, isCut }: Report, by: SurvivalKey) {
  const numbers = ({ written, stands, byClaude, byOthers, gone, unknown }: Survival) => ({
    written,
    stands,
    reworkedByClaude: byClaude,
    reworkedByOthers: byOthers,
    gone,
    unknown,
  });
  const { compared, gone, unread } = survey;
  return {
    by,
    ...numbers(sum),
    groups: groups.map((group) => ({ key: group.key, ...numbers(group) })),
    files: { compared, gone, unread },
    isCut,
  };
}
