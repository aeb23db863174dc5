import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { errorMessage } from '../../lib/base/errors.ts';
import { endProcessesNaming, payload, TrackerHome } from '../../test/processes/tracker-home.ts';
import { until } from '../../test/support/until.ts';
import { patience } from '../../test/support/patience.ts';
import { Random } from '../bench/measure/random.ts';
import { accountOf } from './event-account.ts';
import type { FaultRow } from './fault-row.ts';
import { couriersOf, HomeWatch, untruths } from './status-truth.ts';
import { ToldTranscript } from './told-transcript.ts';
import type { ShownStatus } from './status-truth.ts';

/** The two fronts, and what stands for a hook that has been registered. */
export const FRONTS = {
  sh: ['hooks/capture.sh'],
  node: [process.execPath, 'dist/hooks/post-tool-use.cjs'],
} as const;

/** What one command said. */
export interface CommandEnd {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A throwaway home in which one kind of fault is made. Every event that is offered to it has a number; at the end each
 * must be there once, or be counted as dropped.
 */
export class FaultTrial {
  readonly home: TrackerHome;
  readonly random: Random;
  readonly #watch: HomeWatch;
  readonly #offered = new Set<number>();
  readonly #problems: string[] = [];
  readonly #said = new Set<string>();
  readonly #endings: (() => void)[] = [];
  readonly #done = new Set<number>();
  readonly #counts = { lost: 0, stated: 0, doubled: 0 };
  #next = 0;
  #made = 0;
  #slowestMs = 0;

  constructor(
    { config = 'courier: { idle_exit_seconds: 1 }\n' }: { readonly config?: string | undefined },
    seed: number,
  ) {
    this.home = new TrackerHome(config);
    this.#watch = new HomeWatch(this.home);
    this.random = new Random(seed);
  }

  /** Notes that the fault was made. */
  made(): void {
    this.#made += 1;
  }

  problem(text: string): void {
    this.#problems.push(text);
  }

  /** Will be called when the trial ends, before its home is removed. */
  atEnd(action: () => void): void {
    this.#endings.push(action);
  }

  /** Takes an event that need not be there out of the count. */
  forget(number: number): void {
    this.#offered.delete(number);
  }

  /** Runs a hook as Claude Code does, and waits for it; what it has taken is offered from then on. */
  async offer(count = 1, command: readonly string[] = FRONTS.sh): Promise<void> {
    for (let n = 0; n < count; n++) {
      const { number, child, ended } = this.startHook(command);
      child.stdin?.end(this.payload(number));
      await ended;
    }
  }

  /** Starts a hook that reads what is written to its stdin. Its event is offered if it ends by itself. */
  startHook(command: readonly string[] = FRONTS.sh, env: Readonly<Record<string, string>> = {}) {
    const number = this.#next++;
    const startedAt = performance.now();
    const [program = '', ...args] = command.map((word) =>
      word.startsWith('dist/') || word.startsWith('hooks/') ? resolve(word) : word,
    );
    const child = spawn(program, args, { env: { ...this.home.env, ...env }, detached: true });
    let output = '';
    child.stdin.on('error', () => {}); // it was killed
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text) => (output += String(text)));
    const ended = once(child, 'close').then(() => {
      if (child.signalCode !== null) return;
      this.#slowestMs = Math.max(this.#slowestMs, performance.now() - startedAt);
      this.#offered.add(number);
      if (child.exitCode !== 0 || output !== '')
        this.problem(
          `a hook ended with ${child.exitCode} and said ${JSON.stringify(output.slice(0, 200))}`,
        );
    });
    return { number, child, ended };
  }

  /** Puts events into the spool as a hook leaves them, where the hook is not what is tried. */
  spool(count: number): void {
    for (let n = 0; n < count; n++) {
      const number = this.#next++;
      this.home.spool(`${String(number).padStart(7, '0')}.settings`, this.payload(number));
      this.#offered.add(number);
    }
  }

  /** Writes a transcript with calls of which no hook told. */
  transcribe(count: number): void {
    const told = new ToldTranscript(this.home.folder, this.#next);
    for (let n = 0; n < count; n++) {
      const number = this.#next++;
      told.add(this.#call(number));
      this.#offered.add(number);
    }
    told.write();
  }

  payload(number: number): string {
    return payload({ ...this.#call(number), hook_event_name: 'PostToolUse' });
  }

  #call(number: number) {
    return {
      session_id: `session-${number % 5}`,
      tool_name: 'Write',
      tool_use_id: `t${number}`,
      tool_input: {
        file_path: `/p/file-${number}.ts`,
        content: `export const value${number} = compute(${number});\n`,
      },
      tool_response: { type: 'create' },
    };
  }

  /** Starts the courier bundle as a child, in a way of its own. */
  startCourier({
    env = {},
    nodeArgs = [],
    wrapper = [],
  }: {
    readonly env?: Readonly<Record<string, string>>;
    readonly nodeArgs?: readonly string[];
    readonly wrapper?: readonly string[];
  } = {}): ChildProcess {
    const [program, ...args] = [
      ...wrapper,
      process.execPath,
      ...nodeArgs,
      resolve('dist/courier.cjs'),
      '--home',
      this.home.paths.home,
    ];
    return spawn(program, args, { env: { ...this.home.env, ...env }, stdio: 'ignore' });
  }

  /** Starts the command line. */
  startCommand(...args: readonly string[]): ChildProcess {
    return spawn(
      process.execPath,
      [resolve('dist/cli.mjs'), '--home', this.home.paths.home, ...args],
      { env: this.home.env },
    );
  }

  async command(...args: readonly string[]): Promise<CommandEnd> {
    const child = this.startCommand(...args);
    let [stdout, stderr] = ['', ''];
    child.stdin?.end();
    child.stdout?.on('data', (text) => (stdout += String(text)));
    child.stderr?.on('data', (text) => (stderr += String(text)));
    await once(child, 'close');
    return { status: child.exitCode, stdout, stderr };
  }

  /** Kills a process in the middle of its work, up to `ms` milliseconds on; false if it had ended. */
  async killWithin(
    child: ChildProcess,
    ms: number,
    signal: NodeJS.Signals = 'SIGKILL',
  ): Promise<boolean> {
    const exit = hasEnded(child) ? undefined : once(child, 'exit');
    await Promise.race([setTimeout(this.random.between(0, Math.round(ms * patience))), exit]);
    const isKilled = !hasEnded(child) && child.kill(signal);
    if (isKilled) this.made();
    await exit;
    return isKilled;
  }

  /** The couriers that run in this home, as the system knows them. */
  couriers(): number[] {
    return couriersOf(this.home);
  }

  /** Waits for a courier that has said that it works; returns its process id. */
  async courierAtWork(): Promise<number> {
    let pid = 0;
    const isAtWork = () => {
      pid = this.home.courierState?.pid ?? 0;
      return pid === this.home.courierPid && this.couriers().includes(pid);
    };
    await until(isAtWork, 'a courier works');
    return pid;
  }

  /**
   * Asks `status`, and compares what it says with what is so. Returns the courier's status.
   *
   * @param isBusy true while hooks run, whose files come and go
   */
  async look(isBusy = false): Promise<string> {
    const before = this.#watch.facts();
    const writer = this.home.courierState; // one that starts meanwhile may not have shown itself
    const { status, stdout, stderr } = await this.command('status', '--json');
    const after = this.#watch.facts();
    if (stderr !== '' || status === null || status > 1) {
      this.problem(`status ended with ${status}: ${stderr.slice(0, 200)}`);
      return 'nothing';
    }
    const shown = JSON.parse(stdout) as ShownStatus;
    const { status: courier, reason } = shown.courier;
    const said = reason === null ? courier : `${courier}: ${reason}`;
    this.#said.add(said);
    const pid = writer?.status === 'stopped' ? undefined : writer?.pid;
    for (const text of untruths(shown, { before, after, pid, isBusy }))
      this.problem(`status is not true: ${text}`);
    return said;
  }

  /** Looks until `status` says what it must. */
  async says(expected: RegExp): Promise<void> {
    let said = '';
    try {
      await until(async () => expected.test((said = await this.look())), 'status says it', 30_000);
    } catch {
      this.problem(`status never said ${String(expected)}, but ${JSON.stringify(said)}`);
    }
  }

  /** Begins with a home without data. What was offered before must be there, and is not looked for any more. */
  startAfresh(): void {
    this.#count();
    rmSync(this.home.paths.data, { recursive: true, force: true });
    for (const number of this.#offered) this.#done.add(number);
    this.#offered.clear();
  }

  /** Lets what waits be taken in. */
  async settle(): Promise<void> {
    await this.#heal();
  }

  /** Lets it heal, first by itself, then with further events; what is there at the end, counted. */
  async conclude(name: string): Promise<FaultRow> {
    let healed = 'not at all';
    try {
      healed = await this.#heal();
      await this.look();
    } catch (error) {
      this.problem(errorMessage(error));
    }
    this.#count();
    const said = [...this.#said].map((text) => text.replaceAll(this.home.folder, '~'));
    return {
      name,
      times: this.#made,
      offered: this.#done.size + this.#offered.size,
      ...this.#counts,
      slowestMs: this.#slowestMs,
      said: [...new Set(said)].join('; '),
      healed,
      problems: [...new Set(this.#problems.map((text) => text.replaceAll(this.home.folder, '~')))],
    };
  }

  async remove(): Promise<void> {
    await endProcessesNaming(this.home.folder);
    for (const action of this.#endings.toReversed()) action();
    await this.home.remove();
  }

  async #heal(): Promise<string> {
    const startedAt = performance.now();
    const took = () => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
    const isIdle = () => this.home.waiting.length === 0;
    try {
      // One that is needed may be about to start.
      let gone = 0;
      await until(
        () => isIdle() || (this.couriers().length === 0 ? ++gone > 25 : (gone = 0) > 0),
        'it heals',
        60_000,
      );
    } catch {
      this.problem(`a courier lives, and ${this.home.waiting.length} files wait`);
    }
    if (isIdle()) return `by itself, ${took()}`;
    for (let hooks = 1; hooks <= 3; hooks++) {
      await this.offer();
      try {
        await until(isIdle, 'it heals', 15_000);
        return hooks === 1 ? `by the next hook, ${took()}` : `by ${hooks} hooks, ${took()}`;
      } catch {
        // The next one.
      }
    }
    this.problem(`${this.home.waiting.length} files wait for ever`);
    return 'not at all';
  }

  /** Adds up what became of the events of this database. */
  #count(): void {
    if (this.#offered.size === 0) return;
    const { lost, doubled, stated, faults } = accountOf(this.home, this.#offered);
    for (const fault of faults) this.problem(fault);
    this.#counts.lost += lost;
    this.#counts.doubled += doubled;
    this.#counts.stated += stated;
  }
}

/** True for a process that has ended. */
export function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** Waits until a child has ended. */
export async function end(child: ChildProcess): Promise<void> {
  if (!hasEnded(child)) await once(child, 'exit');
}

/** The file of a home's data with this name. */
export function dataFile({ home }: FaultTrial, name: string): string {
  return join(home.paths.data, name);
}
