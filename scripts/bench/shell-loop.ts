import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { quoteWord } from '../../lib/install/shell-words.ts';
import { BenchmarkError } from './benchmark.ts';

export interface LoopOptions {
  /** A command line of sh; `$i` is the number of the round. */
  readonly command: string;
  /** A file that each round gets as its standard input, opened anew. */
  readonly input: string;
  readonly rounds: number;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/**
 * The milliseconds that one round takes, process start and end included. A small sh starts the rounds:
 * Node.js takes longer to start a process than some of them run, which would blur what is compared.
 *
 * @throws BenchmarkError when a round fails.
 */
export function timeRounds({ command, input, rounds, env, cwd }: LoopOptions): number {
  const round = `${command} <${quoteWord(input)} || exit 9`;
  const loop = `i=0; while [ $i -lt ${rounds} ]; do ${round}; i=$((i+1)); done`;
  const nowhere = openSync('/dev/null', 'r+');
  try {
    const start = performance.now();
    const { status } = spawnSync('/bin/sh', ['-c', loop], {
      env,
      cwd,
      stdio: [nowhere, nowhere, nowhere],
    });
    const took = performance.now() - start;
    if (status !== 0) throw new BenchmarkError(`the loop ended with ${status}: ${command}`);
    return took / rounds;
  } finally {
    closeSync(nowhere);
  }
}
