import { createInterface } from 'node:readline/promises';
import type { CliEnvironment } from '../environment.ts';
import { UsageError } from './usage-error.ts';

/** True when somebody is there to be asked: the program reads from a terminal and writes to one. */
export function canAsk(cli: Pick<CliEnvironment, 'isTTY'>): boolean {
  return cli.isTTY && process.stdin.isTTY === true;
}

/**
 * Checks, before any work is done, that `--yes` was given or somebody can be asked. A program that
 * reads `--json` cannot.
 *
 * @throws UsageError where neither is the case
 */
export function checkAgreement(
  cli: CliEnvironment,
  args: { readonly yes?: boolean | undefined; readonly json?: boolean | undefined },
): void {
  if (args.yes || (canAsk(cli) && !args.json)) return;
  throw new UsageError('there is nobody to ask', 'Give --yes if you are sure.');
}

/**
 * Asks on the terminal whether `question` is agreed to. Anything but a yes is a no, and so are Ctrl-D and
 * Ctrl-C.
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
