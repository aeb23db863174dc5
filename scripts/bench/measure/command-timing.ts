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
  /** The file that it reads as standard input. */
  readonly input: string;
  /** True when it gets the content of that file through a socket. @default false */
  readonly bySocket?: boolean;
  /** Its whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** Two commands to compare, and how many pairs to time. */
export interface TimingOrder {
  readonly ours: Command;
  readonly floor: Command;
  readonly pairs: number;
}

/** Times both commands in turn. @throws BenchmarkError if one of them fails */
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

/** `sh -c 'cat > FILE'`: the least that writing an event can cost. */
export function catCommand(throwaway: Throwaway, input: string): Command {
  return {
    program: '/bin/sh',
    args: ['-c', 'cat > file-$$'], // a new file each time, as for events
    input,
    env: throwaway.env,
    cwd: throwaway.folder('cat'),
  };
}

/** Node.js with `args`; `-e 0` is the least that any program on Node.js can cost. */
export function nodeCommand(throwaway: Throwaway, args: readonly string[]): Command {
  return {
    program: process.execPath,
    args,
    input: '/dev/null',
    env: throwaway.env,
    cwd: throwaway.root,
  };
}
