import { join } from 'node:path';
import { pairedResult } from '../measure/benchmark.ts';
import type { Benchmark } from '../measure/benchmark.ts';
import { nodeCommand, timeCommands } from '../measure/command-timing.ts';

const PAIRS = 50;
const MOST = 1.35;

/** Measures how long the command line takes to start and print its help. */
export const cliStart: Benchmark = {
  name: 'cli-start',
  async *run({ throwaway, pairs = PAIRS }) {
    const times = timeCommands(throwaway, {
      ours: nodeCommand(throwaway, [join(throwaway.program, 'dist', 'cli.cjs'), '--help']),
      floor: nodeCommand(throwaway, ['-e', '0']),
      pairs,
    });
    yield pairedResult('--help, against node -e 0', times, MOST);
  },
};
