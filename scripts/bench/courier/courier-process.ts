import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { TrackerPaths } from '../../../lib/base/paths.ts';
import { courierLives } from '../../../lib/capture/courier-hint.ts';
import { ALLOCATION } from '../../../lib/capture/courier-start.ts';
import { BenchmarkError, NotAvailableError } from '../measure/benchmark.ts';
import type { Throwaway } from '../measure/throwaway.ts';

/** Time between two looks at the spool, in milliseconds; listing a large spool takes time too. */
const LOOK_MS = 1_000;
const HINT_LOOK_MS = 20;

/** The command line of a courier for `home`, as hooks start it. */
export function courierCommand(throwaway: Throwaway, { home }: TrackerPaths): string[] {
  const variables = Object.entries(ALLOCATION).map(([name, value]) => `${name}=${value}`);
  const courier = join(throwaway.program, 'dist', 'courier.cjs');
  return ['env', ...variables, process.execPath, courier, '--home', home];
}

/** Runs a process to its end and returns the milliseconds it took. @throws BenchmarkError if it fails */
export function timeProcess(
  [program = '', ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(program, args, {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  const took = performance.now() - start;
  if (status !== 0) throw new BenchmarkError(`${args[0]} ended with ${status}: ${stderr.trim()}`);
  return took;
}

/** A courier that runs until {@link CourierProcess.end}. */
export class CourierProcess {
  readonly #paths: TrackerPaths;
  readonly #child: ChildProcess;

  /** @throws NotAvailableError on a system without /proc, which tells what a process uses */
  constructor(throwaway: Throwaway, paths: TrackerPaths) {
    if (process.platform !== 'linux') throw new NotAvailableError('needs /proc');
    this.#paths = paths;
    const [program = '', ...args] = courierCommand(throwaway, paths);
    this.#child = throwaway.keep(
      spawn(program, args, { env: throwaway.env, stdio: 'ignore', detached: true }),
    );
  }

  /** Waits until hooks can see that the courier lives. */
  async showsHint(): Promise<void> {
    while (courierLives(this.#paths.courierHint) === undefined) {
      if (this.#hasLeft()) throw new BenchmarkError('the courier has left');
      await delay(HINT_LOOK_MS);
    }
  }

  /** Waits until the spool is empty. It polls, rarely enough not to disturb the measurement. */
  async emptiesSpool(): Promise<void> {
    while (readdirSync(this.#paths.spoolNew).length > 0) {
      if (this.#hasLeft()) throw new BenchmarkError('the courier has left');
      await delay(LOOK_MS);
    }
  }

  /** The most memory that the courier ever held, in bytes. */
  peakMemory(): number {
    const status = this.#proc('status');
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
  }

  /** The processor time that all its threads have used, user and system, in milliseconds. */
  processorTime(): number {
    // `stat` counts in ticks of 10 ms, and one tick in 20 s is already half of what is allowed.
    return readdirSync(`/proc/${this.#child.pid}/task`)
      .map((thread) => Number(this.#proc(`task/${thread}/schedstat`).split(' ')[0]) / 1e6)
      .reduce((total, used) => total + used, 0);
  }

  /** Ends the courier and waits until it is gone. */
  async end(): Promise<void> {
    if (this.#hasLeft()) return;
    const left = new Promise((done) => this.#child.once('exit', done));
    this.#child.kill('SIGTERM');
    await left;
  }

  #hasLeft(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  #proc(file: string): string {
    return readFileSync(`/proc/${this.#child.pid}/${file}`, 'utf8');
  }
}
