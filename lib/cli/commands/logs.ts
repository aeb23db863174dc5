import { errorMessage } from '../../base/errors.ts';
import { terminalSafe } from '../../base/terminal-safe.ts';
import { ENTRY_LEVELS } from '../../log/log-entry.ts';
import type { LogEntry } from '../../log/log-entry.ts';
import { readLog } from '../../log/log-reader.ts';
import { parseLimit } from '../arguments/list-arguments.ts';
import { timeRangeOf } from '../arguments/time-range.ts';
import { UsageError } from '../arguments/usage-error.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import { logText } from '../output/log-text.ts';
import { plainLine } from '../output/plain-text.ts';

/** `logs`: shows data/logs/tracker.log and its rotated files. */
export const logsCommand = trackerCommand({
  name: 'logs',
  summary: 'Show what the courier and the library have logged.',
  examples: [
    'pattern-tracker logs --level warn --since yesterday',
    'pattern-tracker logs --follow',
    'pattern-tracker logs --grep "breaker|unavailable" --limit 0',
  ],
  details: `The newest lines come last. Rotated files are read too. A service (\`serve\`) logs to its standard error.`,
  json: 'each line as it is stored: {level, time, pid, msg} and further keys, which differ.',
  args: {
    follow: { type: 'boolean', alias: 'f', description: 'Go on with new lines until Ctrl-C' },
    ...common.timeArgs,
    level: {
      type: 'enum',
      options: [...ENTRY_LEVELS],
      description: 'Only this level and more urgent ones',
    },
    grep: {
      type: 'string',
      valueHint: 'regex',
      description: 'Only lines that match; case counts if it has a capital letter',
    },
    limit: { ...common.limitArg.limit, description: 'Begin with the last n; 0 is all' },
    ...common.jsonArg,
  },
  async run(args, cli) {
    const limit = parseLimit(args.limit);
    const { since, until } = await timeRangeOf(args, cli.now());
    const pattern = args.grep === undefined ? undefined : regexOf(args.grep);
    const level = ENTRY_LEVELS.find((known) => known === args.level);
    const entries = readLog(cli.paths.logFile, {
      filter: { since, until, level, pattern },
      limit,
      follow: args.follow ? { signal: cli.interruption(), until, clock: cli.now } : undefined,
    });
    let printed = 0;
    for await (const some of entries) {
      // What is no JSON would break the reader of --json.
      const shown = args.json ? some.filter(({ isOurs }) => isOurs) : some;
      printed += shown.length;
      const text = (entry: LogEntry) =>
        args.json ? `${terminalSafe(entry.line)}\n` : logText(entry, cli.color);
      cli.out(shown.map(text).join(''));
      await cli.written(); // a long log must not fill the memory while its reader is slow
    }
    if (printed > 0 || args.json || args.follow) return;
    const filters = [args.since, args.until, args.level, args.grep];
    const what = filters.some((filter) => filter !== undefined) ? 'No lines match' : 'No lines yet';
    cli.out(`${what} in ${plainLine(cli.paths.logFile)}.\n`);
  },
});

// --- internal ---

/** @throws UsageError when the text is no regular expression */
function regexOf(text: string): RegExp {
  try {
    return new RegExp(text, /[A-Z]/.test(text) ? '' : 'i');
  } catch (error) {
    throw new UsageError(
      `--grep is "${text}": ${errorMessage(error)}`,
      'Expected a regular expression. Put \\ before ( [ . * + ? to mean the character itself.',
    );
  }
}
