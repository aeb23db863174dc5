import { createInterface } from 'node:readline/promises';
import type { CliEnvironment } from '../environment.ts';
import { UsageError } from './usage-error.ts';

/**
 * Looks, before any work is done, whether there is somebody to ask.
 *
 * @throws UsageError where there is not: then `--yes` has to say it.
 */
export function checkAgreement(
  cli: CliEnvironment,
  args: { readonly yes?: boolean | undefined; readonly json?: boolean | undefined },
): void {
  const canAsk = cli.isTTY && process.stdin.isTTY === true && !args.json;
  if (args.yes || canAsk) return;
  throw new UsageError('there is nobody to ask', 'Give --yes if you are sure.');
}

/** Asks a question on the terminal whose answer is yes or no. */
export async function isAgreed(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await terminal.question(`${question} [y/N] `);
    return /^y(?:es)?$/i.test(answer.trim());
  } catch {
    return false; // Ctrl-D, Ctrl-C: not agreed
  } finally {
    terminal.close();
  }
}
