import { TOOL_OUTCOMES } from '../../event/tool-call.ts';
import type { ToolOutcome } from '../../event/tool-call.ts';
import { projectRoots } from '../../store/queries/projects.ts';
import { listingOf } from '../../store/queries/listing.ts';
import { countToolCalls, listToolCalls } from '../../store/queries/tool-calls.ts';
import type { ListedToolCall, ToolCallFilter } from '../../store/queries/tool-calls.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import type { CliEnvironment } from '../environment.ts';
import { isoTime } from '../../base/clock.ts';
import { asArray } from '../../base/json.ts';
import type { Json } from '../../base/json.ts';
import { parsePage, sessionOf } from '../arguments/list-arguments.ts';
import { timeRangeOf } from '../arguments/time-range.ts';
import { nothingFound, printList } from '../listing/list-output.ts';
import { chooseProjects } from '../arguments/project-choice.ts';
import { chooseSession } from '../arguments/session-choice.ts';
import { readDatabase } from '../../store/database/read-database.ts';
import { errorLine } from '../../event/error-line.ts';
import { outcomePaint, projectColumn, shortSession, shownPath } from '../listing/row-text.ts';
import type { Column } from '../listing/table.ts';
import { ago, span } from '../../base/time-text.ts';

/** `tool-calls`: lists tool calls. */
export const toolCallsCommand = trackerCommand({
  name: 'tool-calls',
  summary: 'List the tool calls that Claude made.',
  examples: [
    'pattern-tracker tool-calls --outcome failed --since 1d',
    'pattern-tracker tool-calls --tool Bash --project .',
  ],
  details: `Outcomes: ok; failed; rejected (it never began: unknown tool, wrong input); denied (by you, a
permission or a hook); interrupted; running. UNSEEN counts files that a command deleted, or changed without Claude Code
showing how. ERROR is one line of what Claude was told; --json has more of it.`,
  json: `an array of {session_id, tool_use_id, tool_name, agent_id, summary, asked, outcome, error, started_at,
ended_at, duration_ms, at, lines_added, lines_removed, file_changes: [{file_path, change}], project_root, project_name};
asked is what Claude had asked for if another hook changed it.`,
  args: {
    ...common.sessionArg,
    tool: { type: 'string', valueHint: 'name', description: 'Only this tool: Write, Bash, …' },
    outcome: {
      type: 'enum',
      options: [...TOOL_OUTCOMES],
      description: 'Only with this outcome',
    },
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
    const session = sessionOf(args);
    const listing = readDatabase(cli.paths.database, (database) => {
      const filter: ToolCallFilter = {
        session: chooseSession(database, session, cli, { withTests: args.all }),
        tool: args.tool,
        outcome: args.outcome as ToolOutcome | undefined, // citty has checked it against the list
        projectIds: chooseProjects(database, args.project, cli),
        ...range,
        ...part,
        withTests: args.all,
      };
      return {
        ...listingOf(database, filter, { rows: listToolCalls, count: countToolCalls }),
        roots: projectRoots(database, filter.projectIds),
      };
    }) ?? { rows: [], total: 0, roots: [] };
    const filters = [session, args.tool, args.outcome, args.project, args.since, args.until];
    await printList<ListedToolCall>(cli, args, {
      ...listing,
      forJson: toolCallForJson,
      nothing: nothingFound('tool calls', filters.some(Boolean)),
      columns: columnsOf(listing, cli),
    });
  },
});

/** A tool call as `--json` prints it, with times in ISO 8601. */
export function toolCallForJson(call: ListedToolCall) {
  return {
    ...call,
    fileChanges: changesOf(call),
    startedAt: isoTime(call.startedAt),
    endedAt: isoTime(call.endedAt),
    at: isoTime(call.at),
  };
}

// --- internal ---

function changesOf({ fileChanges }: ListedToolCall): readonly Json[] {
  return asArray(JSON.parse(fileChanges));
}

function columnsOf(
  { rows, roots }: { readonly rows: readonly ListedToolCall[]; readonly roots: readonly string[] },
  { env, now }: Pick<CliEnvironment, 'env' | 'now'>,
): Column<ListedToolCall>[] {
  const unseenColumn: Column<ListedToolCall> = {
    title: 'UNSEEN',
    cell: (call) => String(changesOf(call).length || ''),
    align: 'right',
    rank: 1,
  };
  const errorColumn: Column<ListedToolCall> = {
    title: 'ERROR',
    cell: ({ error }) => (error === null ? '' : errorLine(error)),
    least: 12,
    paint: ({ outcome }) => outcomePaint(outcome),
  };
  return [
    { title: 'WHEN', cell: ({ at }) => ago(at, now()), isWhole: true },
    {
      title: 'SESSION',
      cell: ({ sessionId }) => shortSession(sessionId),
      isWhole: true,
      rank: 2,
      paint: () => 'dim',
    },
    ...(roots.length > 1 ? [projectColumn<ListedToolCall>(roots, 3)] : []),
    { title: 'TOOL', cell: ({ toolName }) => toolName },
    {
      title: 'OUTCOME',
      cell: ({ outcome }) => outcome,
      isWhole: true,
      paint: ({ outcome }) => outcomePaint(outcome),
    },
    {
      title: 'TOOK',
      cell: ({ durationMs }) => (durationMs === null ? '' : span(durationMs)),
      align: 'right',
      isWhole: true,
      rank: 4,
    },
    {
      title: 'WHAT',
      cell: ({ summary, projectRoot }) => shownPath(summary, projectRoot, env),
      least: 16,
    },
    ...(rows.some((call) => changesOf(call).length > 0) ? [unseenColumn] : []),
    ...(rows.some(({ error }) => error !== null) ? [errorColumn] : []),
  ];
}
