import type { ArgsDef } from 'citty';
import { spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { errorMessage } from '../../base/errors.ts';
import { asString, isJsonObject } from '../../base/json.ts';
import type { TrackerPaths } from '../../base/paths.ts';
import { makeWayForFile, readRegularFile } from '../../base/regular-file.ts';
import { courierLives, hintText } from '../../capture/courier-hint.ts';
import { writeAtomically } from '../../install/atomic-file.ts';
import type { CliEnvironment } from '../environment.ts';

/** How `serve` was last started on a port of this machine, so that it can be started so again. */
export interface ServedService {
  readonly port: number;
  /** The file of the command line that ran. */
  readonly program: string;
  /** The words of the command line after it, the first of which is `serve`. */
  readonly args: readonly string[];
  /** The folder that paths in `args` begin at. */
  readonly cwd: string;
  /** The names of what it was given and what may not be kept, because it may hold a password. */
  readonly lacks: readonly string[];
}

/**
 * Keeps how the service of this process was started. One that cannot be kept is only not started again.
 *
 * @param given The options, with the port it listens on; those that `options` define are kept.
 */
export function noteServed(
  cli: CliEnvironment,
  given: Readonly<Record<string, unknown>> & { readonly port: string },
  options: ArgsDef,
): void {
  try {
    const { data, served } = cli.paths;
    if (!existsSync(data)) return; // a machine that only serves
    const service = servedAs(cli, given, options);
    mkdirSync(served, { recursive: true, mode: 0o700 });
    writeAtomically(join(served, `${service.port}.json`), `${JSON.stringify(service)}\n`);
    writeAtomically(hintFile(cli.paths, service.port), hintText(process.pid));
  } catch {
    // Serving is what it is here for.
  }
}

/** The ports of this machine on which a service that was started from here lives. */
export function servingPorts(paths: Pick<TrackerPaths, 'served'>): number[] {
  if (!existsSync(paths.served)) return [];
  const ports = readdirSync(paths.served).flatMap((name) => /^(\d+)\.hint$/.exec(name)?.[1] ?? []);
  return ports.map(Number).filter((port) => servingPid(paths, port) !== undefined);
}

/** Keeps that this process keeps the service on a port running. One that cannot be kept is only not known. */
export function noteSupervised({ paths }: Pick<CliEnvironment, 'paths'>, url: string): void {
  try {
    if (!existsSync(paths.data)) return; // a machine that only serves
    mkdirSync(paths.served, { recursive: true, mode: 0o700 });
    const port = Number(new URL(url).port);
    writeAtomically(supervisorFile(paths, port), hintText(process.pid));
  } catch {
    // The service is kept running all the same.
  }
}

/** The process that keeps the service on a port running, if it lives. */
export function supervisingPid(
  paths: Pick<TrackerPaths, 'served'>,
  port: number,
): number | undefined {
  return courierLives(supervisorFile(paths, port));
}

/** How the service on a port was last started; undefined if it never was, or nobody knows. */
export function lastServed(
  paths: Pick<TrackerPaths, 'served'>,
  port: number,
): ServedService | undefined {
  try {
    const told: unknown = JSON.parse(readRegularFile(join(paths.served, `${port}.json`)));
    if (!isJsonObject(told)) return undefined;
    const { args, lacks } = told;
    const [program, cwd] = [asString(told['program']), asString(told['cwd'])];
    if (!isWords(args) || !isWords(lacks) || args[0] !== 'serve') return undefined;
    return program && cwd ? { port, program, args, cwd, lacks } : undefined;
  } catch {
    return undefined;
  }
}

/** The process of the service on a port, if it lives. */
export function servingPid(paths: Pick<TrackerPaths, 'served'>, port: number): number | undefined {
  return courierLives(hintFile(paths, port));
}

/** Starts a service in the background, as it was started last, and waits until it takes requests. */
export async function startServed(
  { port, program, args, cwd }: ServedService,
  cli: CliEnvironment,
): Promise<{ readonly ok: boolean; readonly said: string }> {
  const log = join(cli.paths.logs, 'serve.log');
  mkdirSync(cli.paths.logs, { recursive: true, mode: 0o700 });
  makeWayForFile(log);
  const output = openSync(log, 'a', 0o600);
  const begunAt = statSync(log).size;
  const file = existsSync(program) ? program : (cli.program ?? program);
  let ended: string | undefined;
  const child = spawn(process.execPath, [file, ...args], {
    cwd: existsSync(cwd) ? cwd : cli.cwd,
    env: cli.env,
    detached: true,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  child.on('error', (error) => (ended = errorMessage(error)));
  child.on('exit', () => {
    const said = readFileSync(log, 'utf8').slice(begunAt).trim().split('\n').at(-1);
    ended ??= said || 'it ended at once';
  });
  child.unref();
  const end = performance.now() + START_MS;
  while (ended === undefined && performance.now() < end) {
    if (child.pid !== undefined && servingPid(cli.paths, port) === child.pid) {
      return { ok: true, said: `it serves, pid ${child.pid}; what it says goes to ${log}` };
    }
    await setTimeout(POLL_MS);
  }
  return { ok: false, said: ended ?? `it takes no requests after ${START_MS / 1000} s: ${log}` };
}

/** Waits until `supervisor` has started the service on a port again, in place of `former`. */
export async function awaitServed(
  port: number,
  { supervisor, former }: { readonly supervisor: number; readonly former: number | undefined },
  { paths }: Pick<CliEnvironment, 'paths'>,
): Promise<{ readonly ok: boolean; readonly said: string }> {
  const end = performance.now() + SUPERVISOR_MS;
  while (performance.now() < end) {
    const pid = servingPid(paths, port);
    if (pid !== undefined && pid !== former) return { ok: true, said: `it serves, pid ${pid}` };
    if (supervisingPid(paths, port) !== supervisor)
      return { ok: false, said: 'its supervisor has given up: run `pattern-tracker supervise`' };
    await setTimeout(POLL_MS);
  }
  return { ok: false, said: `it takes no requests after ${SUPERVISOR_MS / 1000} s` };
}

/** Ends a service: in order, or, if it takes too long, as one ends what hangs. */
export async function endServed(
  port: number,
  pid: number,
  { paths }: Pick<CliEnvironment, 'paths'>,
): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    process.kill(pid, signal);
    const end = performance.now() + END_MS;
    while (performance.now() < end) {
      if (servingPid(paths, port) !== pid) return;
      await setTimeout(POLL_MS);
    }
  }
}

// --- internal ---

/** How long a service may take to answer the requests it has begun, in milliseconds. */
const END_MS = 5_000;

const START_MS = 60_000;
/** A supervisor waits up to a minute before it starts a service that has failed often. */
const SUPERVISOR_MS = 60_000 + START_MS;
const POLL_MS = 50;

const DATABASE = 'PATTERN_TRACKER_DATABASE';

function servedAs(
  { env, cwd, program = '' }: CliEnvironment,
  given: Readonly<Record<string, unknown>> & { readonly port: string },
  options: ArgsDef,
): ServedService {
  const database = given['database'] ?? env[DATABASE];
  const isUrl = typeof database === 'string' && database.includes('://');
  const kept = { ...given, database: isUrl ? undefined : database };
  const args = Object.entries(options).flatMap(([name, option]) => {
    const value: unknown = kept[name as keyof typeof kept];
    if (value === option.default) return [];
    if (typeof value === 'string') return [`--${name}`, value];
    return value === true ? [`--${name}`] : [];
  });
  const lacks = isUrl ? [DATABASE] : [];
  return { port: Number(given.port), program, args: ['serve', ...args], cwd, lacks };
}

function hintFile({ served }: Pick<TrackerPaths, 'served'>, port: number): string {
  return join(served, `${port}.hint`);
}

function supervisorFile({ served }: Pick<TrackerPaths, 'served'>, port: number): string {
  return join(served, `${port}.supervisor`);
}

function isWords(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((word) => typeof word === 'string');
}
