// An installation with what real hooks would have captured, and the built `pattern-tracker dashboard` on it.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { utimesSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { OperatedHome } from '../../processes/operated-home.ts';
import type { Telling } from './telling.ts';

const CLI = resolve('dist/cli.cjs');

export class DashboardHome extends OperatedHome {
  #child: ChildProcess | undefined;
  #files = 0;
  url = '';

  constructor(config = 'courier:\n  idle_exit_seconds: 0.2\n') {
    super(config);
  }

  /** Puts what was told into the spool, each event at its time, and has the courier store it. */
  async take(...tellings: readonly Telling[]): Promise<void> {
    const events = tellings.flatMap((telling) => telling.drain());
    for (const { at, payload } of events.toSorted((one, other) => one.at - other.at)) {
      this.#files += 1;
      const name = `${`${this.#files}`.padStart(8, '0')}.settings`;
      this.spool(name, JSON.stringify(payload));
      utimesSync(join(this.paths.spoolNew, name), at / 1000, at / 1000);
    }
    await this.runCourier();
  }

  /** Starts the dashboard, on its port of before if it had one; resolves with its URL. */
  async start(...args: readonly string[]): Promise<string> {
    const port = this.url ? new URL(this.url).port : '0';
    const child = spawn(
      process.execPath,
      [CLI, 'dashboard', '--port', port, '--no-open', '--json', ...args],
      { env: this.env, cwd: this.folder, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    this.#child = child;
    let text = '';
    for await (const line of createInterface(child.stdout)) {
      text += line;
      try {
        ({ url: this.url } = JSON.parse(text) as { url: string });
        return this.url;
      } catch {
        // There is more to come.
      }
    }
    throw new Error('the dashboard did not start');
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Ends the dashboard, and waits until it is gone; its exit code. */
  async end(signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return null;
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
    return child.exitCode;
  }

  override async remove(): Promise<void> {
    await this.end('SIGKILL');
    await super.remove();
  }

  /** What a command of the command line answers with `--json`. */
  async json(command: string): Promise<unknown> {
    const { out, err } = await this.command(`${command} --json`);
    try {
      return JSON.parse(out) as unknown;
    } catch {
      throw new Error(`\`${command}\` answered with: ${out}${err}`);
    }
  }

  /** The data of a page, as its export gives them. */
  async data<T>(path: string): Promise<T> {
    const answer = await fetch(`${this.url}${path}`, { headers: { accept: 'application/json' } });
    return (await answer.json()) as T;
  }
}
