import { join } from 'node:path';
import { quoteWord } from '../../lib/install/shell-words.ts';
import { DEFAULT_PAIRS, pairedResult } from './benchmark.ts';
import type { Benchmark } from './benchmark.ts';
import { timeNode } from './floors.ts';
import { measureInTurn } from './pairs.ts';
import { timeRounds } from './shell-loop.ts';

/** How long the command line takes to say anything. */
export const cliStart: Benchmark = {
  name: 'cli-start',
  async *run({ throwaway, pairs = DEFAULT_PAIRS }) {
    const cli = [process.execPath, join(throwaway.program, 'dist', 'cli.mjs'), '--help'];
    const times = await measureInTurn(
      pairs,
      () =>
        timeRounds({
          command: cli.map((word) => quoteWord(word)).join(' '),
          input: '/dev/null',
          rounds: 3,
          env: throwaway.env,
          cwd: throwaway.root,
        }),
      () => timeNode(throwaway),
    );
    const limit = { kind: 'less than', value: 1.5, unit: 'x' } as const;
    yield { ...pairedResult('--help, against node -e 0', times, limit.value), limit };
  },
};
