import { spawn } from 'node:child_process';
import { once } from 'node:events';
import stringWidth from 'string-width';
import type { CliEnvironment } from '../environment.ts';

/**
 * Prints `text`, through a pager if it is longer than the terminal. The pager is `$PAGER`, else `less`; an empty
 * `$PAGER` and `cat` mean none.
 *
 * @param wanted false prints it without a pager @default true
 */
export async function printPaged(
  cli: CliEnvironment,
  text: string,
  wanted: boolean = true,
): Promise<void> {
  const command = wanted && isTooLong(cli, text) ? pagerOf(cli.env) : undefined;
  if (command === undefined || !(await isShown(cli, command, text))) cli.out(text);
}

// --- internal ---

/** What a shell, and we, report of a command that cannot be run. */
const NOT_RUN: ReadonlySet<unknown> = new Set([126, 127]);

function isTooLong({ isTTY, columns, lines }: CliEnvironment, text: string): boolean {
  if (!isTTY) return false;
  let rows = 1; // the prompt of the shell
  for (const line of text.replace(/\n$/, '').split('\n')) {
    rows += Math.max(1, Math.ceil(stringWidth(line) / columns));
    if (rows > lines) return true;
  }
  return false;
}

function pagerOf(env: CliEnvironment['env']): string | undefined {
  const pager = (env['PAGER'] ?? 'less').trim();
  return pager === '' || pager === 'cat' || env['TERM'] === 'dumb' ? undefined : pager;
}

/** Runs the pager until it ends; false if it cannot be run. A pager may end before it has read all. */
async function isShown({ env }: CliEnvironment, command: string, text: string): Promise<boolean> {
  const ignore = () => {}; // Ctrl-C is for the pager: without us it would fight the shell for the terminal
  process.on('SIGINT', ignore);
  try {
    const pager = spawn(command, {
      shell: command !== 'less', // without one, nobody reports that `less` is missing
      stdio: ['pipe', 'inherit', 'inherit'],
      env: { LESS: 'FRX', LV: '-c', ...env }, // as git: short texts stay, colours pass
    });
    pager.stdin?.on('error', ignore);
    pager.stdin?.end(text);
    const [code] = (await once(pager, 'close')) as [unknown];
    return !NOT_RUN.has(code);
  } catch {
    return false; // it was not found
  } finally {
    process.off('SIGINT', ignore);
  }
}
