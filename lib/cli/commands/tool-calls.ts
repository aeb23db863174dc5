import { TOOL_OUTCOMES } from '../../event/tool-call.ts';
import type { ToolOutcome } from '../../event/tool-call.ts';
import { listToolCalls } from '../../store/queries/tool-calls.ts';
import type { ListedToolCall } from '../../store/queries/tool-calls.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import { isoTime } from '../../base/clock.ts';
import { parseLimit, sessionOf, sinceOf } from '../arguments/list-arguments.ts';
import { nothingFound, printList } from '../output/list-output.ts';
import { chooseProjects } from '../arguments/project-choice.ts';
import { readDatabase } from '../../store/database/read-database.ts';
import { outcomePaint, shortSession, withinProject } from '../output/row-text.ts';
import { ago, span } from '../../base/time-text.ts';

/** `tool-calls`: lists tool calls. */
export const toolCallsCommand = trackerCommand({
  name: 'tool-calls',
  summary: 'List the tool calls that Claude made.',
  examples: [
    'pattern-tracker tool-calls --outcome failed --since 1d',
    'pattern-tracker tool-calls --tool Bash --project .',
  ],
  details: `Outcomes: ok; failed; rejected (it never began: unknown tool, wrong input); denied (by a permission or a
hook); interrupted; running.`,
  json: `an array of {session_id, tool_use_id, tool_name, agent_id, summary, outcome, error, started_at, ended_at,
duration_ms, at, project_root, project_name}.`,
  args: {
    ...common.sessionArg,
    tool: { type: 'string', valueHint: 'name', description: 'Only this tool: Write, Bash, …' },
    outcome: {
      type: 'enum',
      options: [...TOOL_OUTCOMES],
      description: 'Only with this outcome',
    },
    ...common.projectArg,
    ...common.sinceArg,
    ...common.limitArg,
    ...common.allArg,
    ...common.jsonArg,
  },
  run(args, cli) {
    const limit = parseLimit(args.limit);
    const since = sinceOf(args, cli.now());
    const session = sessionOf(args);
    const calls =
      readDatabase(cli.paths.database, (database) =>
        listToolCalls(database, {
          session,
          tool: args.tool,
          outcome: args.outcome as ToolOutcome | undefined, // citty has checked it against the list
          projectIds: chooseProjects(database, args.project, cli),
          since,
          limit,
          withTests: args.all,
        }),
      ) ?? [];
    const filters = [session, args.tool, args.outcome, args.project, args.since];
    printList<ListedToolCall>(cli, args.json, {
      rows: calls,
      forJson: toolCallForJson,
      nothing: nothingFound('tool calls', filters.some(Boolean)),
      columns: [
        { title: 'WHEN', cell: ({ at }) => ago(at, cli.now()) },
        {
          title: 'SESSION',
          cell: ({ sessionId }) => shortSession(sessionId),
          isWhole: true,
          paint: () => 'dim',
        },
        { title: 'TOOL', cell: ({ toolName }) => toolName },
        {
          title: 'OUTCOME',
          cell: ({ outcome }) => outcome,
          paint: ({ outcome }) => outcomePaint(outcome),
        },
        {
          title: 'TOOK',
          cell: ({ durationMs }) => (durationMs === null ? '' : span(durationMs)),
          align: 'right',
        },
        { title: 'WHAT', cell: (call) => withinProject(call.summary, call.projectRoot) },
      ],
    });
  },
});

/** A tool call as `--json` prints it, with times in ISO 8601. */
export function toolCallForJson(call: ListedToolCall) {
  return {
    ...call,
    startedAt: isoTime(call.startedAt),
    endedAt: isoTime(call.endedAt),
    at: isoTime(call.at),
  };
}
