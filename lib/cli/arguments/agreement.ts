import { createInterface } from 'node:readline/promises';
import type { CliEnvironment } from '../environment.ts';
import { UsageError } from './usage-error.ts';

/** True when the user can be asked: the program reads from a terminal and writes to one. */
export function canAsk(cli: Pick<CliEnvironment, 'isTTY'>): boolean {
  return cli.isTTY && process.stdin.isTTY === true;
}

/**
 * Checks, before any work is done, that `--yes` was given or the user can be asked. With `--json` nobody
 * can be, because a program reads the output.
 *
 * @throws UsageError when neither is the case
 */
export function checkAgreement(
  cli: CliEnvironment,
  args: { readonly yes?: boolean | undefined; readonly json?: boolean | undefined },
): void {
  if (args.yes || (canAsk(cli) && !args.json)) return;
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
