import { join } from 'node:path';
import { quoteWord } from '../../lib/install/shell-words.ts';
import { DEFAULT_PAIRS, pairedResult } from './benchmark.ts';
import type { Benchmark } from './benchmark.ts';
import { timeNode } from './floors.ts';
import { measurePairs } from './pairs.ts';
import { timeRounds } from './shell-loop.ts';

/** How long the command line takes to say anything. */
export const cliStart: Benchmark = {
  name: 'cli-start',
  async *run({ throwaway, pairs = DEFAULT_PAIRS }) {
    const cli = [process.execPath, join(throwaway.program, 'dist', 'cli.mjs'), '--help'];
    const times = await measurePairs(pairs, () => ({
      ours: timeRounds({
        command: cli.map((word) => quoteWord(word)).join(' '),
        input: '/dev/null',
        rounds: 3,
        env: throwaway.env,
        cwd: throwaway.root,
      }),
      floor: timeNode(throwaway),
    }));
    yield pairedResult('--help, against node -e 0', times, 1.5);
  },
};
