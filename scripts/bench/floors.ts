import { rmSync } from 'node:fs';
import { quoteWord } from '../../lib/install/shell-words.ts';
import { timeRounds } from './shell-loop.ts';
import type { Throwaway } from './throwaway.ts';

const CAT_ROUNDS = 20;
const NODE_ROUNDS = 3;

/** The milliseconds of `sh -c 'cat > FILE'`: what writing down an event costs at the least. */
export function timeCat(throwaway: Throwaway, input: string): number {
  const cwd = throwaway.folder('cat');
  const took = timeRounds({
    command: '/bin/sh -c "cat > file-$i"',
    input,
    rounds: CAT_ROUNDS,
    env: throwaway.env,
    cwd,
  });
  rmSync(cwd, { recursive: true }); // a new file each time, as each event is one
  return took;
}

/** The milliseconds of `node -e 0`: what anything written for Node.js costs at the least. */
export function timeNode(throwaway: Throwaway): number {
  return timeRounds({
    command: `${quoteWord(process.execPath)} -e 0`,
    input: '/dev/null',
    rounds: NODE_ROUNDS,
    env: throwaway.env,
    cwd: throwaway.root,
  });
}
