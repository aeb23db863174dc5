import { createInterface } from 'node:readline/promises';
import type { CliEnvironment } from '../environment.ts';
import { UsageError } from './usage-error.ts';

/** The arguments that say whether somebody agrees. */
export interface AgreementArguments {
  readonly yes?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/** True when the user can be asked: the program reads from a terminal and writes to one. */
export function canAsk(cli: Pick<CliEnvironment, 'isTTY'>): boolean {
  return cli.isTTY && process.stdin.isTTY === true;
}

/** True when `--yes` was given or the user can be asked. With `--json` nobody can be, because a program reads the output. */
export function mayAgree(cli: CliEnvironment, args: AgreementArguments): boolean {
  return args.yes === true || (canAsk(cli) && !args.json);
}

/**
 * Checks, before any work is done, that somebody agrees or can be asked.
 *
 * @throws UsageError when neither is the case
 */
export function checkAgreement(cli: CliEnvironment, args: AgreementArguments): void {
  if (!mayAgree(cli, args)) refuse();
}

/** @throws UsageError, as nobody agrees or can be asked */
export function refuse(): never {
  throw new UsageError('there is nobody to ask', 'Give --yes if you are sure.');
}

/**
 * Asks a yes-or-no question on the terminal. Only `y` and `yes` agree; any other answer, Ctrl-D and
 * Ctrl-C do not.
 *
 * @param output where the question is written. @default standard output
 */
export async function isAgreed(
  question: string,
  output: NodeJS.WritableStream = process.stdout,
): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output });
  try {
    const answer = await terminal.question(`${question} [y/N] `);
    return /^y(?:es)?$/i.test(answer.trim());
  } catch {
    return false;
  } finally {
    terminal.close();
  }
}
