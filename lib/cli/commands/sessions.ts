import type { ListFilter } from '../../store/queries/conditions.ts';
import { projectRoots } from '../../store/queries/projects.ts';
import { listingOf } from '../../store/queries/listing.ts';
import { countSessions, listSessions } from '../../store/queries/sessions.ts';
import type { ListedSession } from '../../store/queries/sessions.ts';
import { lastedText, sessionState } from '../../store/queries/session/session-state.ts';
import type { SessionState } from '../../store/queries/session/session-state.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import type { CliEnvironment } from '../environment.ts';
import { isoTime } from '../../base/clock.ts';
import { parsePage } from '../arguments/list-arguments.ts';
import { timeRangeOf } from '../arguments/time-range.ts';
import { nothingFound, printList } from '../listing/list-output.ts';
import { chooseProjects } from '../arguments/project-choice.ts';
import { readDatabase } from '../../store/database/read-database.ts';
import { linesText, projectColumn, shortSession } from '../listing/row-text.ts';
import type { Column, Paint } from '../listing/table.ts';
import { ago } from '../../base/time-text.ts';

/** `sessions`: lists sessions. */
export const sessionsCommand = trackerCommand({
  name: 'sessions',
  summary: 'List the sessions of Claude Code.',
  examples: [
    'pattern-tracker sessions --since 1d',
    'pattern-tracker tool-calls --session 3f2a9c10',
  ],
  details: `LASTED is the time from the first event to the end, or a word for a session that has none yet: "open", "waiting"
for you, "silent" for a quarter of an hour. After a day of silence, it is the time to the last event, with "no end": Claude was
killed, or only its transcript tells of the session. FILES are those
that code was written to, LINES what was added and removed. FIRST PROMPT is gone once its payload is past
retention (30 days).`,
  json: `an array of {id, started_at, ended_at, last_event_at, source, end_reason, cwd, git_branch,
transcript_path, project_root, project_name, model, waiting_since, failed_turns, prompts, tool_calls, failed_tool_calls, subagents, patterns,
files, lines_added, lines_removed, first_prompt, state: open|waiting|silent|no_end|ended}.`,
  args: {
    ...common.projectArg,
    ...common.timeArgs,
    ...common.limitArg,
    ...common.pageArg,
    ...common.allArg,
    ...common.pagerArg,
    ...common.jsonArg,
  },
  async run(args, cli) {
    const part = parsePage(args);
    const range = await timeRangeOf(args, cli.now());
    const listing = readDatabase(cli.paths.database, (database) => {
      const filter: ListFilter = {
        projectIds: chooseProjects(database, args.project, cli),
        ...range,
        ...part,
        withTests: args.all,
      };
      return {
        ...listingOf(database, filter, { rows: listSessions, count: countSessions }),
        roots: projectRoots(database, filter.projectIds),
      };
    }) ?? { rows: [], total: 0, roots: [] };
    await printList<ListedSession>(cli, args, {
      ...listing,
      forJson: forJson(cli.now()),
      nothing: nothingFound('sessions', Boolean(args.project ?? args.since ?? args.until)),
      columns: columnsOf(listing.roots, cli),
    });
  },
});

// --- internal ---

const STATE_PAINTS: Readonly<Partial<Record<SessionState, Paint>>> = {
  open: 'cyan',
  waiting: 'cyan',
  silent: 'dim',
};

function columnsOf(
  roots: readonly string[],
  { now }: Pick<CliEnvironment, 'now'>,
): Column<ListedSession>[] {
  return [
    { title: 'SESSION', cell: ({ id }) => shortSession(id), isWhole: true, paint: () => 'yellow' },
    projectColumn(roots, 1),
    { title: 'BRANCH', cell: ({ gitBranch }) => gitBranch ?? '', rank: 7 },
    { title: 'STARTED', cell: ({ startedAt }) => ago(startedAt, now()), isWhole: true },
    {
      title: 'LASTED',
      cell: (session) => lastedText(session, now()),
      isWhole: true,
      rank: 6,
      paint: (session) => STATE_PAINTS[sessionState(session, now())],
    },
    { title: 'PROMPTS', cell: ({ prompts }) => String(prompts), align: 'right', rank: 8 },
    { title: 'CALLS', cell: ({ toolCalls }) => String(toolCalls), align: 'right', rank: 5 },
    {
      title: 'FAILED',
      cell: ({ failedToolCalls }) => String(failedToolCalls),
      align: 'right',
      rank: 4,
      paint: ({ failedToolCalls }) => (failedToolCalls > 0 ? 'red' : 'dim'),
    },
    { title: 'PATTERNS', cell: ({ patterns }) => String(patterns), align: 'right', rank: 9 },
    { title: 'FILES', cell: ({ files }) => String(files), align: 'right', rank: 3 },
    { title: 'LINES', cell: (session) => linesText(session), isWhole: true, rank: 2 },
    { title: 'FIRST PROMPT', cell: ({ firstPrompt }) => firstPrompt ?? '', least: 20 },
  ];
}

const forJson = (now: number) => (session: ListedSession) => {
  return {
    ...session,
    state: sessionState(session, now),
    startedAt: isoTime(session.startedAt),
    endedAt: isoTime(session.endedAt),
    lastEventAt: isoTime(session.lastEventAt),
    waitingSince: isoTime(session.waitingSince),
  };
};
