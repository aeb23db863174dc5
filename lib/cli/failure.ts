import { errorCode, TrackerError } from '../base/errors.ts';
import { nearest } from '../base/nearest.ts';
import { UsageError } from './arguments/usage-error.ts';
import type { CommandList } from './command.ts';
import type { CliEnvironment } from './environment.ts';
import { errorJson, errorLines } from './output/error-text.ts';

/** What is wrong with the first word that was typed. */
export function unknownCommand(
  name: string,
  rest: readonly string[],
  commands: CommandList,
): UsageError {
  const command = rest.find((word) => Object.hasOwn(commands, word));
  if (name.startsWith('-') && command !== undefined) {
    const words = [command, name, ...rest.filter((word) => word !== command)];
    return new UsageError(
      `${name} stands before the command`,
      `Options come after it: \`pattern-tracker ${words.join(' ')}\`.`,
    );
  }
  const isOption = name.startsWith('-');
  const near = nearest(name, isOption ? ['--help', '--version'] : Object.keys(commands));
  return new UsageError(
    isOption ? `unknown option ${name}, and no command` : `unknown command "${name}"`,
    near ? `Did you mean \`${near}\`?` : 'See `pattern-tracker --help`.',
  );
}

/**
 * Says what went wrong, and returns the exit code.
 *
 * @param options.misuse the exit code for wrong usage
 * @param options.isJson true prints the error as JSON
 */
export async function reportFailure(
  thrown: unknown,
  cli: CliEnvironment,
  { misuse, isJson }: { readonly misuse: number; readonly isJson: boolean },
): Promise<number> {
  const error = await explained(thrown, cli);
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

// --- internal ---

/** The codes of errors that mean wrong usage. */
const MISUSES = /^E_(?:USAGE$|ENVIRONMENT$|AMBIGUOUS_)/;

/** Explains an error of SQLite, which itself names neither the file nor a remedy. */
async function explained(error: unknown, cli: CliEnvironment): Promise<unknown> {
  if (!errorCode(error)?.startsWith('SQLITE_')) return error;
  const { databaseFault } = await import('../store/database/database-fault.ts');
  return databaseFault(cli.paths.database, error);
}
