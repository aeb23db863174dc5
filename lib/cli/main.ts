import { errorCode, TrackerError } from '../base/errors.ts';
import { COMMANDS } from './command-list.ts';
import { loadCommand } from './command.ts';
import type { CommandContext, ListedCommand } from './command.ts';
import { cliEnvironment } from './environment.ts';
import type { CliEnvironment } from './environment.ts';
import { UsageError } from './arguments/usage-error.ts';
import { errorJson, errorLines } from './output/error-text.ts';
import { commandHelp, programHelp } from './help.ts';

const MISUSE = 2;
/** The codes of errors that mean wrong usage. */
const MISUSES = /^E_(?:USAGE$|AMBIGUOUS_)/;

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
      printOverview(cli, name === '--json');
      return 0;
    }
    if (isHelp(name) || (name === 'help' && rest.length === 0)) {
      cli.out(programHelp(COMMANDS, cli));
      return 0;
    }
    if (name === '--version' || name === '-v') {
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
    return report(await explained(error, cli), cli, { misuse, isJson });
  }
}

// --- internal ---

async function runCommand(name: string, rawArgs: string[], cli: CliEnvironment): Promise<number> {
  const listed = listedCommand(name);
  if (!listed) throw await unknownCommand(name, rawArgs);
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
  const data: CommandContext = { cli, commands: COMMANDS };
  const { result } = await citty.runCommand(command, { rawArgs: words, data });
  return typeof result === 'number' ? result : 0;
}

async function unknownCommand(name: string, rest: readonly string[]): Promise<UsageError> {
  const command = rest.find((word) => listedCommand(word));
  if (name.startsWith('-') && command !== undefined) {
    const words = [command, name, ...rest.filter((word) => word !== command)];
    return new UsageError(
      `${name} stands before the command`,
      `Options come after it: \`pattern-tracker ${words.join(' ')}\`.`,
    );
  }
  const { nearest } = await import('../base/nearest.ts');
  const isOption = name.startsWith('-');
  const near = nearest(name, isOption ? ['--help', '--version'] : Object.keys(COMMANDS));
  return new UsageError(
    isOption ? `unknown option ${name}, and no command` : `unknown command "${name}"`,
    near ? `Did you mean \`${near}\`?` : 'See `pattern-tracker --help`.',
  );
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

/** Explains an error of SQLite, which itself names neither the file nor a remedy. */
async function explained(error: unknown, cli: CliEnvironment): Promise<unknown> {
  if (!errorCode(error)?.startsWith('SQLITE_')) return error;
  const { databaseFault } = await import('../store/database/database-fault.ts');
  return databaseFault(cli.paths.database, error);
}

function report(
  error: unknown,
  cli: CliEnvironment,
  { misuse, isJson }: { readonly misuse: number; readonly isJson: boolean },
): number {
  const isMisuse =
    (error instanceof TrackerError && MISUSES.test(error.code)) ||
    (error instanceof Error && error.name === 'CLIError');
  const withStack = cli.env['DEBUG'] === '1';
  cli.err(isJson ? errorJson(error, withStack) : errorLines(error));
  const isExpected = isMisuse || error instanceof TrackerError;
  if (isJson) return isMisuse ? misuse : 1;
  if (withStack && error instanceof Error) {
    cli.err(`${error.stack ?? ''}\n`);
  } else if (!isExpected) {
    cli.err('  This is unexpected. Run it again with DEBUG=1 to see where it happened.\n');
  }
  return isMisuse ? misuse : 1;
}
