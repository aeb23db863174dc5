import { COMMANDS } from './command-list.ts';
import { loadCommand } from './command.ts';
import type { ListedCommand } from './command.ts';
import { cliEnvironment } from './environment.ts';
import type { CliEnvironment } from './environment.ts';
import { commandHelp, programHelp } from './help.ts';
import { runLoaded } from './run-command.ts';

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
      if (rest.length > 0) return await runCommand('version', rest, cli);
      const { VERSION } = await import('../base/version.ts');
      cli.out(`${VERSION}\n`);
      return 0;
    }
    const [command, args] = name === 'help' ? [rest[0] ?? '', ['--help']] : [name, rest];
    return await runCommand(command, args, cli);
  } catch (error) {
    const misuse = (name !== undefined && listedCommand(name)?.misuse) || MISUSE;
    const isJson = beforeDashes(argv).includes('--json');
    const { reportFailure } = await import('./failure.ts');
    return reportFailure(error, cli, { misuse, isJson });
  }
}

// --- internal ---

async function runCommand(name: string, rawArgs: string[], cli: CliEnvironment): Promise<number> {
  const listed = listedCommand(name);
  if (!listed) throw (await import('./failure.ts')).unknownCommand(name, rawArgs, COMMANDS);
  const command = await loadCommand(listed);
  if (beforeDashes(rawArgs).some(isHelp)) {
    cli.out(commandHelp(name, command, cli));
    return 0;
  }
  return await runLoaded(command, rawArgs, { cli, commands: COMMANDS });
}

/** The words before `--`, behind which nothing is an option. */
function beforeDashes(words: readonly string[]): readonly string[] {
  const end = words.indexOf('--');
  return end === -1 ? words : words.slice(0, end);
}

function listedCommand(name: string): ListedCommand | undefined {
  return Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
}

function isHelp(argument: string): boolean {
  return argument === '--help' || argument === '-h';
}
