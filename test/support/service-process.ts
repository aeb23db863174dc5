// A real `pattern-tracker serve`, of the built bundle, as a process of its own.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const CLI = resolve('dist/cli.cjs');
const TRACK = '/api/pattern-traceability/lineage/track';

/** One replica. It keeps its port when it is started again. */
export class ServiceProcess {
  readonly #home = mkdtempSync(join(tmpdir(), 'service-'));
  readonly #database: string;
  readonly #logLevel: string;
  readonly #options: readonly string[];
  #child: ChildProcess | undefined;
  #port: string;

  /** Serves `database`, a path or a URL of PostgreSQL, on a free port if none is named. */
  constructor(
    database: string,
    {
      port = '0',
      logLevel = 'error',
      options = [],
    }: {
      readonly port?: string;
      readonly logLevel?: string;
      /** More of the command line. */
      readonly options?: readonly string[];
    } = {},
  ) {
    this.#database = database;
    this.#port = port;
    this.#logLevel = logLevel;
    this.#options = options;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Starts it, and waits until it takes requests. */
  async start(): Promise<this> {
    const args = [
      'serve',
      '--port',
      this.#port,
      '--rate-limit',
      '0',
      '--log-level',
      this.#logLevel,
      ...this.#options,
    ];
    const child = spawn(process.execPath, [CLI, ...args], {
      env: {
        HOME: this.#home,
        PATH: '/usr/local/bin:/usr/bin:/bin',
        PATTERN_TRACKER_DATABASE: this.#database,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#child = child;
    for await (const line of createInterface(child.stdout)) {
      const port = /http:\/\/[^\s:]+:(\d+)/.exec(line)?.[1];
      if (port === undefined) continue;
      this.#port = port;
      return this;
    }
    throw new Error('the service did not start');
  }

  /** Ends it, and waits until it is gone; its exit code. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return null;
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
    return child.exitCode;
  }

  /** Stops it and removes its home. */
  async remove(): Promise<void> {
    await this.stop('SIGKILL');
    rmSync(this.#home, { recursive: true, force: true });
  }

  /** Posts events as a batch; the answer, or undefined where there was none. */
  async track(events: readonly object[]): Promise<BatchAnswer | undefined> {
    try {
      const response = await fetch(`${this.url}${TRACK}/batch`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ processing_mode: 'sequential', events }),
        signal: AbortSignal.timeout(20_000),
      });
      if (!response.ok) {
        await response.arrayBuffer();
        return undefined;
      }
      return (await response.json()) as BatchAnswer;
    } catch {
      return undefined; // cut off
    }
  }
}

export interface BatchAnswer {
  readonly success: boolean;
  readonly batch_summary: {
    readonly successful_events: number;
    readonly handled_duplicates: number;
  };
  readonly failed_results:
    | readonly { readonly event_index: number; readonly error: string }[]
    | null;
}
