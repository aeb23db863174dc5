import { jsonArg, trackerCommand } from '../command.ts';
import { printJson } from '../output/json-output.ts';
import { statusLine } from '../status-line/status-line.ts';

/** `statusline`: prints the line for Claude Code's status line. */
export const statuslineCommand = trackerCommand({
  name: 'statusline',
  summary: "Print the line that stands in Claude Code's status line.",
  examples: [
    'pattern-tracker install --statusline',
    `echo '{"session_id": "3f2a9c10"}' | pattern-tracker statusline`,
  ],
  details: `It says how many patterns the session has written, what waits to be stored and to be sent, and what is
wrong. The sign before it is green when all is well, yellow when something needs a look, and red when
nothing is recorded or the database cannot be used. It reads the JSON of Claude Code on standard input,
never fails, and prints no colours with NO_COLOR=1.`,
  json: `{state, patterns, waiting, to_send, faults}: state is ok, attention or fault; patterns is null
when nothing is known of the session.`,
  args: {
    former: {
      type: 'string',
      valueHint: 'command',
      description: 'The status line that was there before: it is run, and its output comes first',
    },
    ...jsonArg,
  },
  async run({ former, json }, cli) {
    const { paths, env, now } = cli;
    const { text, line } = await statusLine({ paths, env, now, former });
    if (json) printJson(cli, line);
    else cli.out(`${text}\n`);
  },
});
