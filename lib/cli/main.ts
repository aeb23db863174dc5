import { errorCode, TrackerError } from '../base/errors.ts';
import { COMMANDS } from './command-list.ts';
import { loadCommand } from './command.ts';
import type { CommandContext, ListedCommand } from './command.ts';
import { cliEnvironment } from './environment.ts';
import type { CliEnvironment } from './environment.ts';
import { errorLines } from './output/error-text.ts';
import { plainLine } from './output/plain-text.ts';
import { commandHelp, programHelp } from './help.ts';

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
    if (name === undefined || isHelp(name) || (name === 'help' && rest.length === 0)) {
      cli.out(programHelp(COMMANDS, cli));
      return 0;
    }
    if (name === '--version' || name === '-v') {
      const { VERSION } = await import('../base/version.ts');
      cli.out(`${VERSION}\n`);
      return 0;
    }
    const [command, args] = name === 'help' ? [rest[0] ?? '', ['--help']] : [name, rest];
    return await runCommand(command, args, cli);
  } catch (error) {
    const misuse = (name !== undefined && listedCommand(name)?.misuse) || MISUSE;
    return report(await explained(error, cli), cli, misuse);
  }
}

// --- internal ---

async function runCommand(name: string, rawArgs: string[], cli: CliEnvironment): Promise<number> {
  const listed = listedCommand(name);
  if (!listed) {
    const { nearest } = await import('../base/nearest.ts');
    const near = nearest(name, Object.keys(COMMANDS));
    const hint = near ? `Did you mean \`${near}\`?` : 'See `pattern-tracker --help`.';
    cli.err(`error: unknown command "${plainLine(name)}"\n  ${hint}\n`);
    return MISUSE;
  }
  const command = await loadCommand(listed);
  const end = rawArgs.indexOf('--');
  if (rawArgs.slice(0, end === -1 ? undefined : end).some(isHelp)) {
    cli.out(commandHelp(name, command, cli));
    return 0;
  }
  const [citty, { checkArguments, filledIn }] = await Promise.all([
    import('citty'),
    import('./arguments/arguments.ts'),
  ]);
  const words = filledIn(rawArgs, command.args);
  checkArguments(words, command.args);
  const data: CommandContext = { cli, commands: COMMANDS };
  const { result } = await citty.runCommand(command, { rawArgs: words, data });
  return typeof result === 'number' ? result : 0;
}

function listedCommand(name: string): ListedCommand | undefined {
  return Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
}

function isHelp(argument: string): boolean {
  return argument === '--help' || argument === '-h';
}

/** Explains an error of SQLite, which itself names neither the file nor a remedy. */
async function explained(error: unknown, cli: CliEnvironment): Promise<unknown> {
  if (!errorCode(error)?.startsWith('SQLITE_')) return error;
  const { databaseFault } = await import('../store/database/database-fault.ts');
  return databaseFault(cli.paths.database, error);
}

function report(error: unknown, cli: CliEnvironment, misuse: number): number {
  const isMisuse =
    (error instanceof TrackerError && error.code === 'E_USAGE') ||
    (error instanceof Error && error.name === 'CLIError');
  cli.err(errorLines(error));
  const isExpected = isMisuse || error instanceof TrackerError;
  if (cli.env['DEBUG'] === '1' && error instanceof Error) {
    cli.err(`${error.stack ?? ''}\n`);
  } else if (!isExpected) {
    cli.err('  This is unexpected. Run it again with DEBUG=1 to see where it happened.\n');
  }
  return isMisuse ? misuse : 1;
}
