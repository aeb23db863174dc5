import { listingOf } from '../../store/queries/listing.ts';
import { allFiles, countPatterns, listPatterns } from '../../store/queries/patterns.ts';
import type { ListedPattern, PatternFilter } from '../../store/queries/patterns.ts';
import { projectRoots } from '../../store/queries/projects.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import type { CliEnvironment } from '../environment.ts';
import { isoTime } from '../../base/clock.ts';
import { chooseFiles, fileArg } from '../arguments/file-choice.ts';
import { languageOption, parsePage, sessionOf } from '../arguments/list-arguments.ts';
import { timeRangeOf } from '../arguments/time-range.ts';
import { projectColumn, shortIds, shownPath } from '../listing/row-text.ts';
import type { Column } from '../listing/table.ts';
import { nothingFound, printList, totalText } from '../listing/list-output.ts';
import { chooseProjects } from '../arguments/project-choice.ts';
import { chooseSession } from '../arguments/session-choice.ts';
import { readDatabase } from '../../store/database/read-database.ts';
import { ago } from '../../base/time-text.ts';

/** `patterns`: lists patterns. */
export const patternsCommand = trackerCommand({
  name: 'patterns',
  summary: 'List the code that Claude wrote.',
  examples: [
    'pattern-tracker patterns --project . --since yesterday',
    'pattern-tracker patterns --file src/cart/index.ts',
    "pattern-tracker patterns --file 'lib/**/*.py'",
    'pattern-tracker patterns --language typescript --sort used --limit 5',
  ],
  details: `Each line is one pattern: a piece of code that Claude wrote, once however often it was written. FILE is
where it was written last, within its project. SEEN is how often it was written (one call that writes it to several
places of a file counts once), GEN its generation: 1 is new code, 2 an edit of it, and so on. Code of less than 3 lines
and 40 words and signs says little, and is left out without --all.`,
  json: `an array of {id, name, language, lines, origin, generation, lineage_id, occurrences, uses,
first_seen_at, last_seen_at, head, file_path, start_line, session_id, project_root, project_name}.`,
  args: {
    ...common.projectArg,
    ...fileArg,
    language: { type: 'string', valueHint: 'name', description: 'Only in this language' },
    ...common.sessionArg,
    ...common.timeArgs,
    sort: {
      type: 'enum',
      options: ['recent', 'used'],
      default: 'recent',
      description: 'Which come first: the last written, or the most often written',
    },
    ...common.limitArg,
    ...common.pageArg,
    all: {
      type: 'boolean',
      description: 'Include what is small, and what `capture-test` recorded',
    },
    ...common.pagerArg,
    ...common.jsonArg,
  },
  async run(args, cli) {
    const part = parsePage(args);
    const range = await timeRangeOf(args, cli.now());
    const session = sessionOf(args);
    const { file } = args;
    const files =
      file === undefined
        ? undefined
        : await chooseFiles(readDatabase(cli.paths.database, allFiles) ?? [], file, cli);
    const listing = readDatabase(cli.paths.database, (database) => {
      const filter: PatternFilter = {
        projectIds: chooseProjects(database, args.project, cli),
        language: languageOption(args),
        files,
        session: chooseSession(database, session, cli, { withTests: args.all }),
        ...range,
        sort: args.sort === 'used' ? 'used' : 'recent',
        ...part,
        withTests: args.all,
        size: args.all ? undefined : 'large',
      };
      return {
        ...listingOf(database, filter, { rows: listPatterns, count: countPatterns }),
        roots: projectRoots(database, filter.projectIds),
        hidden: args.all ? 0 : countPatterns(database, { ...filter, size: 'small' }),
      };
    }) ?? { rows: [], total: 0, roots: [], hidden: 0 };
    const filters = [args.project, args.language, file, session, args.since, args.until];
    await printList<ListedPattern>(cli, args, {
      ...listing,
      forJson: patternForJson,
      nothing: nothingFound('patterns', filters.some(Boolean) || listing.hidden > 0),
      note: hiddenNote(listing.hidden),
      columns: columnsOfPatterns(listing, cli),
    });
  },
});

/** The columns of a table of patterns. `roots` are those of the projects that the list could show. */
export function columnsOfPatterns(
  { rows, roots }: { readonly rows: readonly ListedPattern[]; readonly roots: readonly string[] },
  { env, isTTY, now }: Pick<CliEnvironment, 'env' | 'isTTY' | 'now'>,
): Column<ListedPattern>[] {
  const short = shortIds(isTTY ? rows.map(({ id }) => id) : []); // a program gets whole ids
  return [
    { title: 'ID', cell: ({ id }) => short(id), isWhole: true, paint: () => 'yellow' },
    ...(roots.length > 1 ? [projectColumn<ListedPattern>(roots, 1)] : []),
    {
      title: 'FILE',
      cell: ({ name, filePath, projectRoot }) =>
        filePath === null ? name : shownPath(filePath, projectRoot, env),
      cut: 'start',
      least: 20,
    },
    { title: 'LANGUAGE', cell: ({ language }) => language, rank: 6 },
    { title: 'LINES', cell: ({ lines }) => String(lines), align: 'right', rank: 4 },
    { title: 'GEN', cell: ({ generation }) => String(generation), align: 'right', rank: 3 },
    { title: 'SEEN', cell: ({ uses }) => String(uses), align: 'right', rank: 5 },
    { title: 'LAST SEEN', cell: ({ lastSeenAt }) => ago(lastSeenAt, now()), isWhole: true },
    { title: 'CODE', cell: ({ head }) => firstLine(head), paint: () => 'dim', rank: 2, least: 11 },
  ];
}

/** A pattern as `--json` prints it, with times in ISO 8601. */
export function patternForJson(pattern: ListedPattern) {
  return {
    ...pattern,
    head: firstLine(pattern.head),
    firstSeenAt: isoTime(pattern.firstSeenAt),
    lastSeenAt: isoTime(pattern.lastSeenAt),
  };
}

// --- internal ---

/** How many patterns are left out as too small. */
function hiddenNote(count: number): string | undefined {
  if (count === 0) return undefined;
  return `${totalText(count)} too small to tell anything; --all for them`;
}

function firstLine(head: string): string {
  return head.split(/[\r\n]/, 1)[0] ?? '';
}
