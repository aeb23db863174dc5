import { existsSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { systemClock } from '../base/clock.ts';
import type { Clock } from '../base/clock.ts';
import { TrackerError } from '../base/errors.ts';
import { dropForeignTimeZone, isInClaudeSession } from '../base/claude-session.ts';
import { defaultHome, trackerPaths } from '../base/paths.ts';
import type { TrackerPaths } from '../base/paths.ts';

/** Everything a command takes from the world around it. Tests make their own. */
export interface CliEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** @throws TrackerError E_NO_HOME when no variable tells where the home is */
  readonly paths: TrackerPaths;
  /** The file that is running, with links resolved; undefined when it is not known. */
  readonly program: string | undefined;
  /** True when standard output is a terminal. Tables are then cut to its width. */
  readonly isTTY: boolean;
  /** True when standard error is a terminal. */
  readonly isErrTTY: boolean;
  /** The width of the terminal in characters; 80 when it is not known. */
  readonly columns: number;
  /** The height of the terminal in lines; 24 when it is not known. */
  readonly lines: number;
  readonly color: boolean;
  readonly now: Clock;
  /** Reads standard input to its end. */
  readonly input: () => Promise<string>;
  /** Writes to standard output; adds nothing. */
  readonly out: (text: string) => void;
  /** Resolves when all output has left this process. A pipe accepts it only as fast as its reader reads. */
  readonly written: () => Promise<void>;
  /** Writes to standard error; adds nothing. */
  readonly err: (text: string) => void;
  /** A signal that aborts on SIGINT (Ctrl-C) and SIGTERM. Once it is asked for, these do not end the process. */
  readonly interruption: () => AbortSignal;
}

/**
 * The environment of this process. Commands read `process.env` only through it.
 *
 * @param named the home that the command line names
 */
export function cliEnvironment(named?: string): CliEnvironment {
  const { env, stdout } = process; // oxlint-disable-line node/no-process-env -- the entrypoint's edge
  if (isInClaudeSession(env)) dropForeignTimeZone(env);
  const isTTY = stdout.isTTY === true;
  const program = realPath(process.argv[1]);
  return {
    env,
    cwd: process.cwd(),
    get paths() {
      return trackerPaths(named === undefined ? homeOf(env, program) : resolve(named));
    },
    program,
    isTTY,
    get isErrTTY() {
      return process.stderr.isTTY === true; // opens standard error, so only when it is asked for
    },
    columns: Number(env['COLUMNS']) || stdout.columns || 80,
    lines: Number(env['LINES']) || stdout.rows || 24,
    color: wantsColor(env, isTTY),
    now: systemClock,
    input: standardInput,
    out: (text) => void stdout.write(text),
    written: () => new Promise((resolve) => stdout.write('', () => resolve())),
    err: errorWriter(),
    interruption,
  };
}

/**
 * The installation's folder: `PATTERN_TRACKER_HOME`, else the one that the running program lies in, else the one
 * in Claude Code's folder. {@link refusesHome} says when the variable does not count.
 *
 * @throws TrackerError E_NO_HOME when none of them is known
 */
export function homeOf(env: CliEnvironment['env'], program: string | undefined): string {
  const named = isInClaudeSession(env) ? undefined : env['PATTERN_TRACKER_HOME'];
  const home = named || installedHome(program) || defaultHome(env);
  if (home) return home;
  throw new TrackerError(
    'E_NO_HOME',
    'neither PATTERN_TRACKER_HOME, CLAUDE_CONFIG_DIR nor HOME is set',
    {
      hint: 'Set HOME, or PATTERN_TRACKER_HOME to the folder that holds `data`.',
    },
  );
}

/**
 * True when `PATTERN_TRACKER_HOME` names another home than the one in use, because inside a Claude Code session
 * it does not count: a project's settings can set it there.
 */
export function refusesHome(env: CliEnvironment['env'], program: string | undefined): boolean {
  const named = env['PATTERN_TRACKER_HOME'];
  if (!named || !isInClaudeSession(env)) return false;
  return resolve(named) !== (installedHome(program) ?? defaultHome(env));
}

/** Whether to print colours. NO_COLOR wins over FORCE_COLOR, which wins over what standard output is. */
export function wantsColor(env: CliEnvironment['env'], isTTY: boolean): boolean {
  if (env['NO_COLOR']) return false;
  if (env['FORCE_COLOR']) return env['FORCE_COLOR'] !== '0';
  return isTTY && env['TERM'] !== 'dumb';
}

/** The environment of a command that a program runs: what it prints is kept in `printed`, and nobody types. */
export function quietEnvironment(
  cli: CliEnvironment,
  input = '',
): { readonly cli: CliEnvironment; readonly printed: { out: string; err: string } } {
  const printed = { out: '', err: '' };
  const quiet: CliEnvironment = {
    ...cli,
    paths: cli.paths, // a getter
    isTTY: false,
    isErrTTY: false,
    color: false,
    input: async () => input,
    out: (text) => void (printed.out += text),
    written: async () => {},
    err: (text) => void (printed.err += text),
  };
  return { cli: quiet, printed };
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

async function standardInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** Opens standard error only when it is needed. If it cannot be written, the exit code still tells. */
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
