import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';

/** A program of the cluster that runs in the foreground. Its output goes to a file. */
export class Program {
  readonly #command: readonly string[];
  readonly #env: Readonly<Record<string, string>>;
  readonly #log: string;
  #child: ChildProcess | undefined;

  constructor(command: readonly string[], log: string, env: Readonly<Record<string, string>> = {}) {
    this.#command = command;
    this.#log = log;
    this.#env = env;
  }

  get isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && !this.#child.signalCode;
  }

  start(): void {
    if (this.isRunning) return;
    const [program = '', ...args] = this.#command;
    const output = openSync(this.#log, 'a');
    this.#child = spawn(program, args, {
      env: { PATH: PROGRAMS, LC_ALL: 'C.UTF-8', ...this.#env },
      stdio: ['ignore', output, output],
    });
    this.#child.on('error', () => {}); // its end says so
  }

  /** Ends it, and waits until it is gone. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (!child || !this.isRunning) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
  }

  /** The end of what it has said. */
  lastWords(): string {
    return readFileSync(this.#log, 'utf8').slice(-2_000);
  }
}

/** Where Debian has the programs of a cluster. */
export const PROGRAMS = '/usr/lib/postgresql/15/bin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
