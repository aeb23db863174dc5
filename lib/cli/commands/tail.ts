import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import type { CliEnvironment } from '../environment.ts';
import { followEvents } from '../event-follower.ts';
import { itemsOf, projectOf } from '../output/event-lines.ts';
import type { ActivityItem } from '../output/event-lines.ts';
import { isoTime } from '../../base/clock.ts';
import { printJsonLine } from '../output/json-output.ts';
import { parseCount, sessionOf } from '../arguments/list-arguments.ts';
import { findSession } from '../arguments/session-choice.ts';
import { timeRangeOf } from '../arguments/time-range.ts';
import { readDatabase } from '../../store/database/read-database.ts';
import { plainLine } from '../output/plain-text.ts';
import { counted } from '../../base/amount-text.ts';
import { errorLine } from '../../event/error-line.ts';
import { fileAndLines, outcomePaint, shortSession, withinProject } from '../listing/row-text.ts';
import { painter } from '../listing/table.ts';
import { span } from '../../base/time-text.ts';
import { UsageError } from '../arguments/usage-error.ts';

/** `tail`: prints what Claude does as it happens. */
export const tailCommand = trackerCommand({
  name: 'tail',
  summary: 'Follow what Claude does, live.',
  examples: ['pattern-tracker tail', 'pattern-tracker tail --since 10m --json | jq -r .type'],
  details: `Prints a line for each tool call that has ended, each piece of code it wrote, and each session that begins
or ends. Ctrl-C ends it.`,
  json: `one line of JSON for each: {type: "session", at, session_id, project_root, change, source, reason}, {type:
"tool_call", at, session_id, project_root, tool_use_id, tool_name, summary, outcome, error, duration_ms},
{type: "pattern", at, session_id, project_root, pattern_id, action, file_path, start_line, end_line,
language, lines, generation}.`,
  args: {
    ...common.sessionArg,
    since: {
      type: 'string',
      valueHint: 'time',
      description: 'Begin with what was recorded since this time: 30m, 2h, today',
    },
    until: { type: 'string', valueHint: 'time', description: 'End at this time' },
    max: {
      type: 'string',
      valueHint: 'n',
      default: '0',
      description: 'End after n lines; 0 is never',
    },
    ...common.allArg,
    ...common.jsonArg,
  },
  async run(args, cli) {
    const max = parseCount('--max', args.max);
    const now = cli.now();
    const { since, until } = await timeRangeOf(args, now);
    if (since === undefined && until !== undefined && until <= now) {
      throw new UsageError('--until has passed, and tail begins now', 'Give --since as well.');
    }
    const session = tailedSession(sessionOf(args), args.all, cli);
    const print = args.json ? printJsonItem : printLine;
    if (cli.isTTY && !args.json) cli.err('Following; Ctrl-C ends.\n');
    let printed = 0;
    const events = followEvents({
      path: cli.paths.database,
      filter: { session, until, withTests: args.all },
      since,
      clock: cli.now,
      signal: cli.interruption(),
    });
    for await (const { database, event } of events) {
      for (const item of itemsOf(database, event)) {
        print(cli, item);
        if (++printed === max) return;
      }
    }
  },
});

// --- internal ---

/** The whole id of the session; one that is not there yet may come, and has to be given whole. */
function tailedSession(
  text: string | undefined,
  withTests: boolean | undefined,
  cli: CliEnvironment,
): string | undefined {
  if (text === undefined) return undefined;
  const id = readDatabase(cli.paths.database, (database) =>
    findSession(database, text, cli, { withTests }),
  );
  if (id === undefined) {
    cli.err(
      `No session begins with "${plainLine(text)}" yet; waiting for one with that very id.\n`,
    );
  }
  return id ?? text;
}

function printLine(cli: CliEnvironment, item: ActivityItem): void {
  const paint = painter(cli.color);
  const { event } = item;
  const time = new Date(event.receivedAt).toTimeString().slice(0, 8);
  const head = paint('dim', `${time}  ${plainLine(shortSession(event.sessionId))}`);
  cli.out(`${head}  ${bodyOf(cli, item).trimEnd()}\n`);
}

function bodyOf(cli: CliEnvironment, item: ActivityItem): string {
  const paint = painter(cli.color);
  const { event } = item;
  switch (item.type) {
    case 'session': {
      const why = item.change === 'started' ? event.source : event.reason;
      const where = projectOf(event);
      return plainLine(
        `session ${item.change}${why ? ` (${why})` : ''}${where ? ` in ${where}` : ''}`,
      );
    }
    case 'tool_call': {
      const { outcome, toolName, durationMs, error } = item.call;
      const took = durationMs === null ? '' : paint('dim', `  ${span(durationMs)}`);
      const what = plainLine(withinProject(item.call.summary, event.projectRoot));
      const outcomeText = paint(outcomePaint(outcome), outcome.padEnd(8));
      const why = error === null ? '' : `  ${paint('red', plainLine(errorLine(error)))}`;
      return `${outcomeText}  ${plainLine(toolName)}  ${what}${took}${why}`;
    }
    case 'pattern': {
      const { patternId, action, filePath, startLine, endLine, lines } = item.pattern;
      const file = withinProject(filePath, event.projectRoot);
      const place = fileAndLines(file, startLine, endLine, { withFolders: true });
      const size = lines === null ? '' : `  ${counted(lines, 'line')}`;
      return `${action.padEnd(8)}  ${paint('yellow', patternId)}  ${plainLine(place)}${size}`;
    }
  }
}

function printJsonItem(cli: CliEnvironment, item: ActivityItem): void {
  const { event, type } = item;
  const { sessionId, projectRoot } = event;
  const head = { type, at: isoTime(event.receivedAt), sessionId, projectRoot };
  switch (item.type) {
    case 'session':
      return printJsonLine(cli, {
        ...head,
        change: item.change,
        source: event.source,
        reason: event.reason,
      });
    case 'tool_call': {
      const { toolUseId, toolName, summary, outcome, error, durationMs } = item.call;
      return printJsonLine(cli, {
        ...head,
        toolUseId,
        toolName,
        summary,
        outcome,
        error,
        durationMs,
      });
    }
    case 'pattern':
      return printJsonLine(cli, { ...head, ...item.pattern });
  }
}
