import { listPatterns } from '../../store/queries/patterns.ts';
import type { ListedPattern } from '../../store/queries/patterns.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import { isoTime } from '../../base/clock.ts';
import { parseLimit, sessionOf, sinceOf } from '../arguments/list-arguments.ts';
import { nothingFound, printList } from '../output/list-output.ts';
import { chooseProjects } from '../arguments/project-choice.ts';
import { readDatabase } from '../../store/database/read-database.ts';
import { ago } from '../../base/time-text.ts';

/** `patterns`: lists patterns. */
export const patternsCommand = trackerCommand({
  name: 'patterns',
  summary: 'List the code that Claude wrote.',
  examples: [
    'pattern-tracker patterns --project . --since 3d',
    'pattern-tracker patterns --language typescript --sort used --limit 5',
  ],
  details: `Each line is one pattern: a piece of code that Claude wrote, once however often it was written. SEEN is how
often it was written, GEN its generation: 1 is new code, 2 an edit of it, and so on.`,
  json: `an array of {id, name, language, lines, origin, generation, lineage_id, occurrences, first_seen_at,
last_seen_at, head, file_path, start_line, session_id, project_root, project_name}.`,
  args: {
    ...common.projectArg,
    language: { type: 'string', valueHint: 'name', description: 'Only in this language' },
    ...common.sessionArg,
    ...common.sinceArg,
    sort: {
      type: 'enum',
      options: ['recent', 'used'],
      default: 'recent',
      description: 'Which come first: the last written, or the most often written',
    },
    ...common.limitArg,
    ...common.allArg,
    ...common.jsonArg,
  },
  run(args, cli) {
    const limit = parseLimit(args.limit);
    const since = sinceOf(args, cli.now());
    const session = sessionOf(args);
    const patterns =
      readDatabase(cli.paths.database, (database) =>
        listPatterns(database, {
          projectIds: chooseProjects(database, args.project, cli),
          language: args.language,
          session,
          since,
          sort: args.sort === 'used' ? 'used' : 'recent',
          limit,
          withTests: args.all,
        }),
      ) ?? [];
    const filters = [args.project, args.language, session, args.since];
    printList<ListedPattern>(cli, args.json, {
      rows: patterns,
      forJson,
      nothing: nothingFound('patterns', filters.some(Boolean)),
      columns: [
        { title: 'ID', cell: ({ id }) => id, isWhole: true, paint: () => 'yellow' },
        { title: 'LANGUAGE', cell: ({ language }) => language },
        { title: 'FILE', cell: ({ name }) => name },
        { title: 'LINES', cell: ({ lines }) => String(lines), align: 'right' },
        { title: 'GEN', cell: ({ generation }) => String(generation), align: 'right' },
        { title: 'SEEN', cell: ({ occurrences }) => String(occurrences), align: 'right' },
        { title: 'LAST SEEN', cell: ({ lastSeenAt }) => ago(lastSeenAt, cli.now()) },
        { title: 'CODE', cell: ({ head }) => firstLine(head), paint: () => 'dim' },
      ],
    });
  },
});

// --- internal ---

function firstLine(head: string): string {
  return head.split(/[\r\n]/, 1)[0] ?? '';
}

function forJson(pattern: ListedPattern) {
  return {
    ...pattern,
    head: firstLine(pattern.head),
    firstSeenAt: isoTime(pattern.firstSeenAt),
    lastSeenAt: isoTime(pattern.lastSeenAt),
  };
}
