import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TrackerPaths } from '../../../lib/base/paths.ts';
import { hintText, writeHint } from '../../../lib/capture/courier-hint.ts';
import { fillSpool, isBacklog } from '../courier/backlog.ts';
import { BenchmarkError } from '../measure/benchmark.ts';
import type { Command } from '../measure/command-timing.ts';
import type { Throwaway } from '../measure/throwaway.ts';

/** One of the two fronts, and the command that runs it. */
export interface Front {
  readonly name: string;
  readonly command: (throwaway: Throwaway) => Pick<Command, 'program' | 'args'>;
}

/** The front hooks/capture.sh. */
export const SH_FRONT: Front = {
  name: 'sh',
  command: ({ program }) => ({ program: join(program, 'hooks', 'capture.sh'), args: [] }),
};

/** The Node front, dist/hooks/*.cjs. */
export const NODE_FRONT: Front = {
  name: 'node',
  command: ({ program }) => ({
    program: process.execPath,
    args: [join(program, 'dist', 'hooks', 'post-tool-use.cjs')],
  }),
};

/** The sizes of event that are measured. */
export const EVENT_SIZES: readonly { readonly name: string; readonly bytes: number }[] = [
  { name: '1 KB', bytes: 1024 },
  { name: '100 KB', bytes: 100 * 1024 },
  { name: '2 MB', bytes: 2 * 1024 * 1024 },
];

/** A home whose courier seems to live but ingests nothing, so that only capture is timed. */
export class CaptureHome {
  readonly #throwaway: Throwaway;
  readonly #paths: TrackerPaths;

  constructor(throwaway: Throwaway, { waiting = 0 }: { readonly waiting?: number } = {}) {
    this.#throwaway = throwaway;
    this.#paths = throwaway.home();
    writeHint(this.#paths.courierHint, hintText(process.pid));
    fillSpool(this.#paths.spoolNew, waiting);
  }

  /** The command by which `front` captures `input` in this home. */
  command(front: Front, input: string): Command {
    return {
      ...front.command(this.#throwaway),
      input,
      env: this.#throwaway.envOf(this.#paths),
      cwd: this.#throwaway.root,
    };
  }

  /** Removes what was captured. @throws BenchmarkError if fewer than `expected` events were captured */
  clear(expected: number): void {
    const captured = readdirSync(this.#paths.spoolNew).filter((name) => !isBacklog(name));
    if (captured.length < expected) {
      throw new BenchmarkError(`${captured.length} of ${expected} events were captured`);
    }
    for (const name of captured) rmSync(join(this.#paths.spoolNew, name));
  }
}
