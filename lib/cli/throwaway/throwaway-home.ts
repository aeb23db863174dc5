import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { errorCode, TrackerError } from '../../base/errors.ts';
import type { JsonObject } from '../../base/json.ts';
import { trackerPaths } from '../../base/paths.ts';
import type { TrackerPaths } from '../../base/paths.ts';
import { captureScript, courierBundle } from '../../install/program/installed-files.ts';
import { readDatabase } from '../../store/database/read-database.ts';
import { withoutCourier } from '../courier-pause.ts';
import type { CliEnvironment } from '../environment.ts';
import { callHook } from '../trial/hook-call.ts';
import type { HookAnswer } from '../trial/hook-call.ts';

/**
 * An installation in a folder of its own, with this program's hook and courier and nothing of the user's. If this
 * process is killed, its courier leaves by itself, and the next one that makes such a home removes the folder.
 */
export class ThrowawayHome {
  readonly folder: string;
  readonly paths: TrackerPaths;
  /** The environment of a command that works in it. */
  readonly cli: CliEnvironment;
  readonly #script: string;
  #calls = 0;

  /** @throws TrackerError E_NO_HOOK when no hook or courier is found */
  constructor(cli: CliEnvironment) {
    const [script, courier] = [captureScript(cli), courierBundle(cli)];
    if (script === undefined || courier === undefined) {
      throw new TrackerError('E_NO_HOOK', 'there is no hook, or no courier, that could be tried', {
        hint: 'Run `pattern-tracker install`.',
      });
    }
    removeLeft();
    this.folder = mkdtempSync(join(realpathSync(tmpdir()), `${PREFIX}${process.pid}-`));
    this.paths = trackerPaths(join(this.folder, '.claude', 'hooks', 'pattern-tracker'));
    const { home, data } = this.paths;
    mkdirSync(join(home, 'hooks'), { recursive: true, mode: 0o700 });
    mkdirSync(data, { mode: 0o700 });
    this.#script = join(home, 'hooks', 'capture.sh');
    copyFileSync(script, this.#script);
    symlinkSync(realpathSync(dirname(courier)), join(home, 'dist'));
    symlinkSync(process.execPath, join(home, 'node'));
    const env = { HOME: this.folder, PATH: cli.env['PATH'] };
    this.cli = { ...cli, env, cwd: this.folder, paths: this.paths };
  }

  /** Sets its configuration. The courier leaves soon after its work, also when nobody is left to stop it. */
  configure(settings: JsonObject): void {
    const courier = { idle_exit_seconds: 5, linger_seconds: 30 };
    // JSON is YAML, too.
    writeFileSync(this.paths.configFile, JSON.stringify({ ...settings, courier }), { mode: 0o600 });
  }

  /**
   * Has the hook capture that Claude wrote a file: one that no other call has written. On a full disk, no file can be
   * given a byte.
   */
  async write({ isDiskFull = false } = {}): Promise<HookAnswer> {
    const n = this.#calls++;
    const content = `def test_${n}(): pass\n`;
    const event = {
      session_id: 'throwaway',
      cwd: '/test',
      hook_event_name: 'PostToolUse',
      tool_name: 'Write',
      tool_use_id: `toolu_throwaway_${n}`,
      tool_input: { file_path: `/test/test_${n}.py`, content },
      tool_response: { type: 'create', filePath: `/test/test_${n}.py`, content },
    };
    // By name, because the folder of temporary files may forbid to run what lies in it.
    const args = isDiskFull ? ['-c', NO_FILES, this.#script] : [this.#script];
    return await callHook({ command: '/bin/sh', args }, event, this.cli, HOOK_MS);
  }

  /** How many calls the hook was given. */
  get written(): number {
    return this.#calls;
  }

  /** How many of them are recorded, and how many of these wait for the server; zeros while there is no database. */
  progress(): { readonly recorded: number; readonly waiting: number } {
    try {
      return (
        readDatabase(this.paths.database, (database) =>
          database
            .prepare<[], { recorded: number; waiting: number }>(
              `SELECT (SELECT count(*) FROM tool_calls) AS recorded,
                 (SELECT count(*) FROM outbox WHERE sink = 'http') AS waiting`,
            )
            .get(),
        ) ?? NONE
      );
    } catch {
      return NONE; // it is being made, or is broken on purpose
    }
  }

  /** Ends the courier, and keeps others from starting while `work` runs. */
  async withoutCourier(work: () => void | Promise<void> = () => {}): Promise<void> {
    await withoutCourier(this.cli, work);
  }

  /** Ends the courier, and removes everything. */
  async remove(): Promise<void> {
    await this.withoutCourier();
    // A courier that was starting may still make a file or two before it sees that it is not needed.
    for (let tries = 0; existsSync(this.folder); tries++) {
      try {
        rmSync(this.folder, { recursive: true, force: true });
      } catch (error) {
        if (tries === MAX_TRIES) throw error;
        await setTimeout(RETRY_MS);
      }
    }
  }
}

// --- internal ---

/** Runs the hook of `$0` as on a full disk: it may make files, but each write to them fails, without a signal. */
const NO_FILES = 'trap "" XFSZ; ulimit -f 0; exec /bin/sh "$0"';
const PREFIX = 'pattern-tracker-drill-';
/** The same 10 seconds after which Claude Code stops a hook of ours. */
const HOOK_MS = 10_000;
const MAX_TRIES = 100;
const RETRY_MS = 50;
const NONE = { recorded: 0, waiting: 0 } as const;

/** Removes the homes of processes that were killed. */
function removeLeft(): void {
  const folder = realpathSync(tmpdir());
  for (const name of readdirSync(folder)) {
    const [, pid] = /^pattern-tracker-drill-(\d+)-/.exec(name) ?? [];
    if (pid === undefined || lives(Number(pid))) continue;
    try {
      rmSync(join(folder, name), { recursive: true, force: true });
    } catch {
      // It belongs to somebody else.
    }
  }
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM'; // it runs, as another user
  }
}
