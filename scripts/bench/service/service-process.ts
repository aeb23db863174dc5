import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { BenchmarkError } from '../measure/benchmark.ts';
import type { Throwaway } from '../measure/throwaway.ts';

/** A running `pattern-tracker serve`. */
export class ServiceProcess {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(url: string, child: ChildProcess) {
    this.url = url;
    this.#child = child;
  }

  /**
   * Serves `database`, a path or a URL, on a free port and without a rate limit. @throws BenchmarkError
   * if it does not start
   */
  static async start(throwaway: Throwaway, database: string): Promise<ServiceProcess> {
    const cli = join(throwaway.program, 'dist', 'cli.mjs');
    const args = [cli, 'serve', '--port', '0', '--rate-limit', '0', '--log-level', 'warn'];
    return ServiceProcess.started(throwaway, args, { PATTERN_TRACKER_DATABASE: database });
  }

  /** Starts a server that prints its address. @throws BenchmarkError if it does not */
  static async started(
    throwaway: Throwaway,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<ServiceProcess> {
    const child = throwaway.keep(
      spawn(process.execPath, args, {
        env: { ...throwaway.env, ...env },
        stdio: ['ignore', 'pipe', 'inherit'],
      }),
    );
    for await (const line of createInterface(child.stdout)) {
      const url = /http:\/\/\S+/.exec(line)?.[0];
      if (url) return new ServiceProcess(url.replace(/\/$/, ''), child);
    }
    throw new BenchmarkError('the service did not start');
  }

  /** The sum of a metric over all its labels. @throws BenchmarkError if the service has no such metric */
  async metric(name: string): Promise<number> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    const values = text
      .split('\n')
      .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
      .map((line) => Number(line.split(' ').at(-1)));
    if (values.length === 0) throw new BenchmarkError(`the service has no metric ${name}`);
    return values.reduce((sum, value) => sum + value, 0);
  }

  /** Ends the service and waits until it is gone. */
  async end(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const exit = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await exit;
  }
}
