import { loadCommand } from './command.ts';
import type { CommandContext, CommandList, ListedCommand } from './command.ts';
import type { CliEnvironment } from './environment.ts';
import { commandHelp } from './help.ts';

/**
 * Runs a command with its words, and returns its exit code.
 *
 * @throws UsageError, TrackerError, or what else the command throws
 */
export async function runCommand(
  name: string,
  rawArgs: readonly string[],
  cli: CliEnvironment,
  commands: CommandList,
): Promise<number> {
  const listed = listedCommand(name, commands);
  if (!listed) throw (await import('./failure.ts')).unknownCommand(name, rawArgs, commands);
  const command = await loadCommand(listed);
  if (beforeDashes(rawArgs).some(isHelp)) {
    cli.out(commandHelp(name, command, cli));
    return 0;
  }
  const [citty, { checkArguments, filledIn }] = await Promise.all([
    import('citty'),
    import('./arguments/arguments.ts'),
  ]);
  const words = filledIn(rawArgs, command.args);
  checkArguments(words, command.args);
  const data: CommandContext = { cli, commands };
  const { result } = await citty.runCommand(command, { rawArgs: words, data });
  return typeof result === 'number' ? result : 0;
}

/** The words before `--`, behind which nothing is an option. */
export function beforeDashes(words: readonly string[]): readonly string[] {
  const end = words.indexOf('--');
  return end === -1 ? words : words.slice(0, end);
}

/** The command of this name; undefined if there is none. */
export function listedCommand(name: string, commands: CommandList): ListedCommand | undefined {
  return Object.hasOwn(commands, name) ? commands[name] : undefined;
}

/** True for what asks for help. */
export function isHelp(argument: string): boolean {
  return argument === '--help' || argument === '-h';
}
