// A throwaway installation for tests and trials that run the real bundles.
import { execFile, spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { trackerPaths } from '../../lib/base/paths.ts';
import type { TrackerPaths } from '../../lib/base/paths.ts';
import { parseCourierState } from '../../lib/ingest/courier/courier-state.ts';
import type { CourierState } from '../../lib/ingest/courier/courier-state.ts';
import { courierLives } from '../../lib/capture/courier-hint.ts';
import { openDatabaseForReading } from '../../lib/store/database/database.ts';
import { until } from '../support/until.ts';

const SH_FRONT = resolve('hooks/capture.sh');
const COURIER = resolve('dist/courier.cjs');
const CLI = resolve('dist/cli.cjs');

/** What a command printed, and how it ended. */
export interface CommandRun {
  /** -1 if a signal ended it. */
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

export class TrackerHome {
  readonly folder = mkdtempSync(join(tmpdir(), 'tracker-'));
  readonly paths: TrackerPaths = trackerPaths(join(this.folder, '.claude/hooks/pattern-tracker'));
  readonly env: Record<string, string> = {
    HOME: this.folder,
    PATH: '/usr/local/bin:/usr/bin:/bin',
  };

  constructor(config = '') {
    mkdirSync(this.paths.home, { recursive: true, mode: 0o700 });
    symlinkSync(process.execPath, join(this.paths.home, 'node')); // as the installer does
    if (config) this.configure(config);
  }

  configure(yaml: string): void {
    writeFileSync(this.paths.configFile, yaml);
  }

  /** Runs a front once, as Claude Code would; it must be quiet and leave with 0. */
  capture(input: string | Buffer, ...args: string[]): void {
    const run = spawnSync(SH_FRONT, args, { env: this.env, input, encoding: 'utf8' });
    if (run.status !== 0 || run.stdout + run.stderr !== '')
      throw new Error(`the hook ended with ${run.status} and said: ${run.stdout}${run.stderr}`);
  }

  /** Runs a command of the built program, to which nobody types. */
  async cli(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<CommandRun> {
    return await new Promise((done) => {
      const child = execFile(
        process.execPath,
        [CLI, ...args],
        { env: { ...this.env, ...env }, cwd: this.folder, maxBuffer: 64 * 1024 * 1024 },
        (error, out, err) =>
          done({
            exitCode: typeof error?.code === 'number' ? error.code : error ? -1 : 0,
            out,
            err,
          }),
      );
      child.stdin?.end();
    });
  }

  /** Puts a file into the spool without a front, so that no courier is started. */
  spool(name: string, content: string | Buffer): void {
    for (const folder of [this.paths.spoolNew, this.paths.spoolTmp]) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    }
    writeFileSync(join(this.paths.spoolNew, name), content);
  }

  /** Starts the courier bundle in the foreground of the test; resolves with its exit code. */
  async runCourier(env = this.env, bundle = COURIER): Promise<number | null> {
    const child = spawn(process.execPath, [bundle, '--home', this.paths.home], {
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    return new Promise((done) => child.on('close', done));
  }

  get courierPid(): number | undefined {
    return courierLives(this.paths.courierHint);
  }

  get courierState(): CourierState | undefined {
    const { courierState } = this.paths;
    return existsSync(courierState)
      ? parseCourierState(readFileSync(courierState, 'utf8'))
      : undefined;
  }

  get waiting(): string[] {
    return existsSync(this.paths.spoolNew) ? readdirSync(this.paths.spoolNew) : [];
  }

  get quarantined(): string[] {
    return existsSync(this.paths.spoolBad) ? readdirSync(this.paths.spoolBad) : [];
  }

  get drops(): string {
    const { drops } = this.paths;
    return statSync(drops, { throwIfNoEntry: false })?.isFile()
      ? readFileSync(drops, 'utf8').trim()
      : '';
  }

  /** One value from tracker.db; undefined while there is no database or no row. */
  value(sql: string): unknown {
    try {
      const database = openDatabaseForReading(this.paths.database);
      try {
        return database?.prepare(sql).pluck().get();
      } finally {
        database?.close();
      }
    } catch {
      return undefined; // it is just being made
    }
  }

  rows(sql: string): unknown[] {
    const database = openDatabaseForReading(this.paths.database);
    try {
      return database?.prepare(sql).all() ?? [];
    } finally {
      database?.close();
    }
  }

  /** Waits until the spool is empty and a courier has committed what was in it. */
  async settled(): Promise<void> {
    await until(() => this.waiting.length === 0, 'the spool is empty');
  }

  /** Ends the courier, by its id. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const pid = this.courierPid;
    if (pid === undefined) return;
    kill(pid, signal);
    await until(() => !isAlive(pid), 'the courier has ended');
  }

  /** Ends every courier of this home, also one that waits for the lock or has only just started. */
  async remove(): Promise<void> {
    await this.stop();
    await endProcessesNaming(this.paths.home);
    // Unlike rmSync, it looks again for what has come meanwhile.
    await rm(this.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }
}

/** A hook payload with what every event has. */
export function payload(fields: Record<string, unknown>): string {
  return JSON.stringify({
    session_id: 'session-1',
    transcript_path: '/home/dev/.claude/projects/p/session-1.jsonl',
    cwd: '/home/dev/project',
    ...fields,
  });
}

/** Ends every process whose command line names a folder, also one that has only just started. */
export async function endProcessesNaming(folder: string): Promise<void> {
  await until(() => {
    const pids = processesNaming(folder);
    for (const pid of pids) kill(pid, 'SIGKILL');
    return pids.length === 0;
  }, 'no process is left');
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A zombie is dead; it only waits for its parent.
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

/** The living processes whose command line names a folder; none where there is no /proc. */
export function processesNaming(folder: string): number[] {
  if (!existsSync('/proc/self/cmdline')) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
          .split('\0')
          .some((word) => word.startsWith(folder));
      } catch {
        return false; // it has ended
      }
    })
    .map(Number)
    .filter(isAlive);
}

// --- internal ---

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has left by itself.
  }
}
