import { loadCommand } from './command.ts';
import type { CommandContext, CommandList, ListedCommand, TrackerCommand } from './command.ts';
import type { CliEnvironment } from './environment.ts';

/** Runs a command that is loaded, with its arguments as they were typed; returns its exit code. */
export async function runLoaded(
  command: TrackerCommand,
  rawArgs: readonly string[],
  context: CommandContext,
): Promise<number> {
  const [citty, { checkArguments, filledIn }] = await Promise.all([
    import('citty'),
    import('./arguments/arguments.ts'),
  ]);
  const words = filledIn([...rawArgs], command.args);
  checkArguments(words, command.args);
  const { result } = await citty.runCommand(command, { rawArgs: words, data: context });
  return typeof result === 'number' ? result : 0;
}

/** Runs a listed command for another one, which reads what it prints. */
export async function runListed(
  [name, ...args]: readonly [string, ...string[]],
  { cli, commands }: { readonly cli: CliEnvironment; readonly commands: CommandList },
): Promise<{ readonly exitCode: number; readonly out: string; readonly err: string }> {
  const printed = { out: '', err: '' };
  const quiet: CliEnvironment = {
    ...cli,
    paths: cli.paths,
    isTTY: false,
    isErrTTY: false,
    out: (text) => void (printed.out += text),
    err: (text) => void (printed.err += text),
  };
  const listed = commands[name] as ListedCommand;
  const command = await loadCommand(listed);
  const exitCode = await runLoaded(command, args, { cli: quiet, commands });
  return { exitCode, ...printed };
}
