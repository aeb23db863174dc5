import { spawnSync } from 'node:child_process';
import { BenchmarkError } from './benchmark.ts';
import { bundle } from './bundle.ts';
import { summarise } from './pairs.ts';
import type { Pair, PairedTimes } from './pairs.ts';
import type { Throwaway } from './throwaway.ts';

/** A process to time. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  /** A file that is its standard input. */
  readonly input: string;
  /** Its whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** What is measured of two commands. */
export interface TimingOrder {
  readonly ours: Command;
  readonly floor: Command;
  readonly pairs: number;
}

/** Times both commands in turn. @throws BenchmarkError when one of them fails. */
export function timeCommands(throwaway: Throwaway, order: TimingOrder): PairedTimes {
  const timer = bundle(throwaway, new URL('./spawn-timer.ts', import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [timer, JSON.stringify(order)], {
    env: throwaway.env,
    encoding: 'utf8',
    maxBuffer: Infinity,
  });
  if (status !== 0) throw new BenchmarkError(stderr.match(/^\w*Error: .*$/m)?.[0] ?? stderr);
  return summarise(JSON.parse(stdout) as Pair[]);
}

/** `sh -c 'cat > FILE'`: what writing down an event costs at the least. */
export function catCommand(throwaway: Throwaway, input: string): Command {
  return {
    program: '/bin/sh',
    args: ['-c', 'cat > file-$$'], // a new file each time, as each event is one
    input,
    env: throwaway.env,
    cwd: throwaway.folder('cat'),
  };
}

/** Node.js with `args`; with `-e 0` what anything written for it costs at the least. */
export function nodeCommand(throwaway: Throwaway, args: readonly string[]): Command {
  return {
    program: process.execPath,
    args,
    input: '/dev/null',
    env: throwaway.env,
    cwd: throwaway.root,
  };
}
