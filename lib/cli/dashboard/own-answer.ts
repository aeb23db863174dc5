import { execFile } from 'node:child_process';
import { TrackerError } from '../../base/errors.ts';
import type { CliEnvironment } from '../environment.ts';

/**
 * What a command of this very program answers with `--json`, in a process of its own: the dashboard shows the same numbers,
 * and goes on while they are found out.
 *
 * @throws TrackerError E_COMMAND when it does not answer
 */
export async function ownAnswer(
  words: readonly string[],
  { env, cwd, program = '' }: CliEnvironment,
): Promise<unknown> {
  return await new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [program, ...words, '--json'],
      { env, cwd, timeout: MOST_MS, maxBuffer: MOST_BYTES },
      (_error, printed, said) => {
        // A command that found something wrong has an exit code, and an answer.
        try {
          resolve(JSON.parse(printed));
        } catch {
          reject(
            new TrackerError('E_COMMAND', `\`${words.join(' ')}\` gave no answer: ${whyOf(said)}`, {
              hint: `Run \`pattern-tracker ${words.join(' ')}\` in a terminal.`,
            }),
          );
        }
      },
    );
  });
}

// --- internal ---

/** To compare every file of large projects takes a while, in milliseconds. */
const MOST_MS = 120_000;
const MOST_BYTES = 64 * 1024 * 1024;

function whyOf(said: string): string {
  try {
    const { error } = JSON.parse(said) as { error?: { message?: unknown } };
    if (typeof error?.message === 'string') return error.message;
  } catch {
    // It is no JSON.
  }
  return said.trim().slice(0, 500) || 'it printed nothing';
}
