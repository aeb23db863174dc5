import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { systemClock } from '../base/clock.ts';
import type { Clock } from '../base/clock.ts';
import { TrackerError } from '../base/errors.ts';
import { trackerHome, trackerPaths } from '../base/paths.ts';
import type { TrackerPaths } from '../base/paths.ts';

/** Everything a command takes from the world around it. Tests make their own. */
export interface CliEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** @throws TrackerError E_NO_HOME where nothing says where the home is. */
  readonly paths: TrackerPaths;
  /** The file that is running, links resolved; undefined where that can't be told. */
  readonly program: string | undefined;
  /** True when standard output is a terminal: what is too wide for it is cut. */
  readonly isTTY: boolean;
  readonly columns: number;
  readonly color: boolean;
  readonly now: Clock;
  /** Writes to standard output; adds nothing. */
  readonly out: (text: string) => void;
  /** Resolves when what `out` was given has left this process: a pipe takes it as its reader does. */
  readonly written: () => Promise<void>;
  /** Writes to standard error; adds nothing. */
  readonly err: (text: string) => void;
  /** A signal that aborts on Ctrl-C; from the first call on Ctrl-C no longer ends the process itself. */
  readonly interruption: () => AbortSignal;
}

/** The environment of this process: the only place below scripts/ that reads `process`. */
export function cliEnvironment(): CliEnvironment {
  const { env, stdout } = process; // oxlint-disable-line node/no-process-env -- the entrypoint's edge
  const isTTY = stdout.isTTY === true;
  const program = realPath(process.argv[1]);
  return {
    env,
    cwd: process.cwd(),
    get paths() {
      return trackerPaths(homeOf(env, program));
    },
    program,
    isTTY,
    columns: stdout.columns || Number(env['COLUMNS']) || 80,
    color: wantsColor(env, isTTY),
    now: systemClock,
    out: (text) => void stdout.write(text),
    written: () => new Promise((resolve) => stdout.write('', () => resolve())),
    err: errorWriter(),
    interruption,
  };
}

/**
 * The installation's folder: `PATTERN_TRACKER_HOME`, else the one the running program lies in, else
 * the one in Claude's folder.
 *
 * @throws TrackerError E_NO_HOME
 */
export function homeOf(env: CliEnvironment['env'], program: string | undefined): string {
  const home = (!env['PATTERN_TRACKER_HOME'] && installedHome(program)) || trackerHome(env);
  if (home) return home;
  throw new TrackerError(
    'E_NO_HOME',
    'neither PATTERN_TRACKER_HOME, CLAUDE_CONFIG_DIR nor HOME is set',
    {
      hint: 'Set HOME, or PATTERN_TRACKER_HOME to the folder that holds `data`.',
    },
  );
}

/** NO_COLOR wins over FORCE_COLOR, and that over what standard output is. */
export function wantsColor(env: CliEnvironment['env'], isTTY: boolean): boolean {
  if (env['NO_COLOR']) return false;
  if (env['FORCE_COLOR']) return env['FORCE_COLOR'] !== '0';
  return isTTY && env['TERM'] !== 'dumb';
}

// --- internal ---

function installedHome(program: string | undefined): string | undefined {
  const home = program && dirname(dirname(program));
  return home && existsSync(join(home, 'data')) ? home : undefined;
}

function realPath(program: string | undefined): string | undefined {
  try {
    return program && realpathSync(program);
  } catch {
    return undefined;
  }
}

/** Standard error is not opened where nothing is said; where it takes nothing the exit code tells. */
function errorWriter(): (text: string) => void {
  let isOpen = false;
  return (text) => {
    if (!isOpen) process.stderr.on('error', () => {});
    isOpen = true;
    process.stderr.write(text);
  };
}

function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => controller.abort());
  }
  return controller.signal;
}
