import { COMMANDS } from './command-list.ts';
import { cliEnvironment } from './environment.ts';
import type { CliEnvironment } from './environment.ts';
import { programHelp } from './help.ts';
import { beforeDashes, isHelp, listedCommand, runCommand } from './run-command.ts';

const MISUSE = 2;

/**
 * Runs the program and returns its exit code: 0, 1 for an error, 2 for wrong usage unless the command
 * has another code for that.
 *
 * Nothing heavy is imported before the command is known, so that `--help` and `--version` start as fast
 * as `node -e 0`.
 */
export async function main(
  argv: readonly string[],
  cli: CliEnvironment = cliEnvironment(),
): Promise<number> {
  const [name, ...rest] = argv;
  try {
    if (name === undefined || (name === '--json' && rest.length === 0)) {
      const { printOverview } = await import('./overview.ts');
      await printOverview(cli, name === '--json');
      return 0;
    }
    if (isHelp(name) || (name === 'help' && rest.length === 0)) {
      cli.out(programHelp(COMMANDS, cli));
      return 0;
    }
    if (name === '--version' || name === '-v' || name === '-V') {
      if (rest.length > 0) return await runCommand('version', rest, cli, COMMANDS);
      const { VERSION } = await import('../base/version.ts');
      cli.out(`${VERSION}\n`);
      return 0;
    }
    const [command, args] = name === 'help' ? [rest[0] ?? '', ['--help']] : [name, rest];
    return await runCommand(command, args, cli, COMMANDS);
  } catch (error) {
    const misuse = (name !== undefined && listedCommand(name, COMMANDS)?.misuse) || MISUSE;
    const isJson = beforeDashes(argv).includes('--json');
    const { reportFailure } = await import('./failure.ts');
    return reportFailure(error, cli, { misuse, isJson });
  }
}
