import { counted, shareText } from '../../base/amount-text.ts';
import { parsePage } from '../arguments/list-arguments.ts';
import type { PartOfList } from '../arguments/list-arguments.ts';
import { chooseProjects } from '../arguments/project-choice.ts';
import { timeRangeOf } from '../arguments/time-range.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import type { CliEnvironment } from '../environment.ts';
import { cutNote } from '../listing/list-output.ts';
import { printPaged } from '../listing/pager.ts';
import { shortSession, shownPath } from '../listing/row-text.ts';
import { painter, renderTable } from '../listing/table.ts';
import type { Column } from '../listing/table.ts';
import { printJson } from '../output/json-output.ts';
import { onlyRoot } from '../../store/queries/projects.ts';
import { pageProgress } from '../output/page-progress.ts';
import { plainLine } from '../output/plain-text.ts';
import { SURVIVAL_KEYS, survivalGroups } from '../../blame/survival/survival-groups.ts';
import type { Survival, SurvivalGroup, SurvivalKey } from '../../blame/survival/survival-groups.ts';
import type { SurvivalSurvey } from '../../blame/survival/survey.ts';
import { MOST_PIECES, survivedPieces } from '../../blame/survival/survived.ts';
import type { Survived } from '../../blame/survival/survived.ts';

/** The progress is shown if there are at least this many files. */
const MANY_FILES = 200;
/** Files that cannot be read and are named to people; `--json` names all. */
const MOST_NAMED = 5;

/** What was found, put together. */
interface Report extends Omit<Survived, 'fates'> {
  readonly groups: readonly SurvivalGroup[];
  /** The root of the only project that it is about. */
  readonly root: string | null;
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
    ...common.pageArg,
    ...common.pagerArg,
    ...common.jsonArg,
  },
  async run(args, cli) {
    const part = parsePage(args);
    const by = args.by as SurvivalKey; // citty has checked it against the list
    const range = await timeRangeOf(args, cli.now());
    let root: string | null = null;
    const found = await survivedPieces(
      cli,
      (database) => {
        const projectIds = chooseProjects(database, args.project, cli);
        root = onlyRoot(database, projectIds);
        return { projectIds, ...range };
      },
      (files) => pageProgress(args.json || files < MANY_FILES ? undefined : cli),
    );
    const report = { ...found, root, groups: survivalGroups(found.fates, by, cli.now()) };
    if (args.json) printJson(cli, forJson(report, by));
    else await printPaged(cli, render(cli, report, by, part), args.pager);
  },
});

// --- internal ---

function render(
  cli: CliEnvironment,
  report: Report,
  by: SurvivalKey,
  { limit, offset }: PartOfList,
): string {
  const { sum, groups, survey, isCut, root } = report;
  if (groups.length === 0) return "No code of Claude's matches.\n";
  const shown = limit === -1 ? groups : groups.slice(offset, offset + limit);
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
        cell: (row) => (row.key === ALL ? 'all' : groupText(by, row.key, root, cli)),
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
    cutNote(shown.length, groups.length, offset),
    isCut ? `Only the newest ${counted(MOST_PIECES, 'piece')} of code were looked at.` : undefined,
    survey.gone > 0
      ? `Not there any more: ${counted(survey.gone, 'file')}. What was moved by hand counts as gone.`
      : undefined,
    ...unreadNotes(survey, root, cli),
  ].filter((note) => note !== undefined);
  const paint = painter(cli.color);
  return table + notes.map((note) => `${paint('dim', plainLine(note))}\n`).join('');
}

/** A key as the table shows it. */
function groupText(
  by: SurvivalKey,
  key: string | null,
  root: string | null,
  { env }: CliEnvironment,
): string {
  if (key === null) return by === 'project' ? 'no project' : 'not known';
  if (by === 'session') return shortSession(key);
  return by === 'project' || by === 'file' ? shownPath(key, root, env) : key;
}

/** The key of the last row, which is no path, id or name. */
const ALL = '\0';

function unreadNotes(
  { unread }: SurvivalSurvey,
  root: string | null,
  { env }: CliEnvironment,
): string[] {
  if (unread.length === 0) return [];
  const named = unread.slice(0, MOST_NAMED).map(({ file, reason }) => {
    return `  ${shownPath(file, root, env)}: ${reason.replace(`${file}: `, '').replace(`${file} `, '')}`;
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
