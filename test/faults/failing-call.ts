import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { constants } from 'node:os';
import type { TrackerHome } from '../processes/tracker-home.ts';

/** Which calls fail, and how; see failing-call.c. */
export interface FailingCall {
  readonly path: string;
  /** @default any */
  readonly call?:
    | 'open'
    | 'read'
    | 'write'
    | 'fsync'
    | 'truncate'
    | 'opendir'
    | 'mkdir'
    | 'unlink'
    | 'rename';
  readonly error: keyof typeof constants.errno;
  /** The first of the matching calls that fails. @default 1 */
  readonly at?: number;
  /** How many fail; -1 for all. @default 1 */
  readonly times?: number;
  /** A file to which each matching call is written. */
  readonly log?: string;
  /** A file that ends it. */
  readonly until?: string;
}

/** Compiles the library into `folder`; undefined where there is no compiler for it, or no Linux. */
export function buildFailingCall(folder: string): string | undefined {
  if (process.platform !== 'linux') return undefined;
  const library = resolve(folder, 'failing-call.so');
  const { status } = spawnSync('cc', [
    '-shared',
    '-fPIC',
    '-w',
    '-o',
    library,
    resolve('test/faults/failing-call.c'),
    '-ldl',
  ]);
  return status === 0 ? library : undefined;
}

/** The variables that make calls of a process fail. */
export function failingEnv(
  library: string,
  { path, call, error, at = 1, times = 1, log, until }: FailingCall,
): Record<string, string> {
  return {
    LD_PRELOAD: library,
    FAIL_PATH: path,
    FAIL_ERRNO: String(constants.errno[error]),
    FAIL_AT: String(at),
    FAIL_TIMES: String(times),
    ...(call ? { FAIL_CALL: call } : {}),
    ...(log ? { FAIL_LOG: log } : {}),
    ...(until ? { FAIL_UNTIL: until } : {}),
  };
}

/** Starts the courier bundle with calls that fail. */
export function startFailingCourier(
  { env, paths }: TrackerHome,
  library: string,
  fault: FailingCall,
): ChildProcess {
  return spawn(process.execPath, [resolve('dist/courier.cjs'), '--home', paths.home], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...env, ...failingEnv(library, fault) },
  });
}
