import { listSessions } from '../../store/queries/sessions.ts';
import type { ListedSession } from '../../store/queries/sessions.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import { isoTime } from '../../base/clock.ts';
import { parseLimit, sinceOf } from '../arguments/list-arguments.ts';
import { nothingFound, printList } from '../output/list-output.ts';
import { chooseProjects } from '../arguments/project-choice.ts';
import { readDatabase } from '../../store/database/read-database.ts';
import { shortSession } from '../output/row-text.ts';
import { ago, span } from '../../base/time-text.ts';

/** `sessions`: lists sessions. */
export const sessionsCommand = trackerCommand({
  name: 'sessions',
  summary: 'List the sessions of Claude Code.',
  examples: [
    'pattern-tracker sessions --since 1d',
    'pattern-tracker tool-calls --session 3f2a9c10',
  ],
  details:
    'LASTED is the time from the first event to the end; "open" means that no end was recorded.',
  json: `an array of {id, started_at, ended_at, last_event_at, source, end_reason, cwd, git_branch,
transcript_path, project_root, project_name, prompts, tool_calls, failed_tool_calls, subagents, patterns}.`,
  args: {
    ...common.projectArg,
    ...common.sinceArg,
    ...common.limitArg,
    ...common.allArg,
    ...common.jsonArg,
  },
  run(args, cli) {
    const limit = parseLimit(args.limit);
    const since = sinceOf(args, cli.now());
    const sessions =
      readDatabase(cli.paths.database, (database) =>
        listSessions(database, {
          projectIds: chooseProjects(database, args.project, cli),
          since,
          limit,
          withTests: args.all,
        }),
      ) ?? [];
    printList<ListedSession>(cli, args.json, {
      rows: sessions,
      forJson,
      nothing: nothingFound('sessions', Boolean(args.project ?? args.since)),
      columns: [
        {
          title: 'SESSION',
          cell: ({ id }) => shortSession(id),
          isWhole: true,
          paint: () => 'yellow',
        },
        { title: 'PROJECT', cell: ({ projectName }) => projectName ?? '' },
        { title: 'BRANCH', cell: ({ gitBranch }) => gitBranch ?? '' },
        { title: 'STARTED', cell: ({ startedAt }) => ago(startedAt, cli.now()) },
        {
          title: 'LASTED',
          cell: ({ startedAt, endedAt }) => (endedAt === null ? 'open' : span(endedAt - startedAt)),
          paint: ({ endedAt }) => (endedAt === null ? 'cyan' : undefined),
        },
        { title: 'PROMPTS', cell: ({ prompts }) => String(prompts), align: 'right' },
        { title: 'TOOL CALLS', cell: ({ toolCalls }) => String(toolCalls), align: 'right' },
        {
          title: 'FAILED',
          cell: ({ failedToolCalls }) => String(failedToolCalls),
          align: 'right',
          paint: ({ failedToolCalls }) => (failedToolCalls > 0 ? 'red' : 'dim'),
        },
        { title: 'PATTERNS', cell: ({ patterns }) => String(patterns), align: 'right' },
      ],
    });
  },
});

// --- internal ---

function forJson(session: ListedSession) {
  return {
    ...session,
    startedAt: isoTime(session.startedAt),
    endedAt: isoTime(session.endedAt),
    lastEventAt: isoTime(session.lastEventAt),
  };
}
