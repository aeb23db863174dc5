import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TrackerPaths } from '../../lib/base/paths.ts';
import { quoteWord } from '../../lib/install/shell-words.ts';
import { fillSpool, isBacklog } from './backlog.ts';
import { BenchmarkError } from './benchmark.ts';
import { timeRounds } from './shell-loop.ts';
import type { Throwaway } from './throwaway.ts';

/** One of the two programs that capture an event. */
export interface Front {
  readonly name: string;
  readonly command: (throwaway: Throwaway) => string;
  /** How often it is run for one time: less often where it takes longer. */
  readonly rounds: number;
}

export const SH_FRONT: Front = {
  name: 'sh',
  command: ({ program }) => quoteWord(join(program, 'hooks', 'capture.sh')),
  rounds: 20,
};

export const NODE_FRONT: Front = {
  name: 'node',
  command: ({ program }) =>
    [process.execPath, join(program, 'dist', 'hooks', 'post-tool-use.cjs')]
      .map((word) => quoteWord(word))
      .join(' '),
  rounds: 3,
};

/** Sizes of an event that are measured. */
export const EVENT_SIZES: readonly { readonly name: string; readonly bytes: number }[] = [
  { name: '1 KB', bytes: 1024 },
  { name: '100 KB', bytes: 100 * 1024 },
  { name: '2 MB', bytes: 2 * 1024 * 1024 },
];

/** A home whose courier seems to live and takes nothing, so that only capture is timed. */
export class CaptureHome {
  readonly #throwaway: Throwaway;
  readonly #paths: TrackerPaths;

  constructor(throwaway: Throwaway, { waiting = 0 }: { readonly waiting?: number } = {}) {
    this.#throwaway = throwaway;
    this.#paths = throwaway.home();
    writeFileSync(this.#paths.courierPid, `${process.pid}\n`);
    fillSpool(this.#paths.spoolNew, waiting);
  }

  /** The milliseconds that capturing `input` once takes. @throws BenchmarkError if one was not captured. */
  time(front: Front, input: string): number {
    const took = timeRounds({
      command: front.command(this.#throwaway),
      input,
      rounds: front.rounds,
      env: { ...this.#throwaway.env, PATTERN_TRACKER_HOME: this.#paths.home },
      cwd: this.#throwaway.root,
    });
    const captured = readdirSync(this.#paths.spoolNew).filter((name) => !isBacklog(name));
    if (captured.length !== front.rounds) {
      throw new BenchmarkError(`${captured.length} of ${front.rounds} events were captured`);
    }
    for (const name of captured) rmSync(join(this.#paths.spoolNew, name));
    return took;
  }
}
