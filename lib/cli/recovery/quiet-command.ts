import type { CommandList } from '../command.ts';
import type { CliEnvironment } from '../environment.ts';
import { runCommand } from '../run-command.ts';

/** Runs a command for another one, which reads what it prints. @throws what the command throws */
export async function runQuietly(
  [name, ...args]: readonly [string, ...string[]],
  { cli, commands }: { readonly cli: CliEnvironment; readonly commands: CommandList },
): Promise<{ readonly exitCode: number; readonly out: string; readonly err: string }> {
  const printed = { out: '', err: '' };
  const quiet: CliEnvironment = {
    ...cli,
    isTTY: false,
    isErrTTY: false,
    out: (text) => void (printed.out += text),
    err: (text) => void (printed.err += text),
  };
  return { exitCode: await runCommand(name, args, quiet, commands), ...printed };
}
