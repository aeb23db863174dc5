import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { constants } from 'node:os';
import type { TrackerHome } from '../processes/tracker-home.ts';

/** Which calls fail, and how; see failing-call.c. */
export interface FailingCall {
  readonly path: string;
  readonly call: 'open' | 'read' | 'write' | 'opendir' | 'mkdir' | 'unlink' | 'rename';
  readonly error: keyof typeof constants.errno;
  /** How many fail; -1 for all. @default 1 */
  readonly times?: number;
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

/** Starts the courier bundle with calls that fail. */
export function startFailingCourier(
  { env, paths }: TrackerHome,
  library: string,
  { path, call, error, times = 1, until }: FailingCall,
): ChildProcess {
  return spawn(process.execPath, [resolve('dist/courier.cjs'), '--home', paths.home], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...env,
      LD_PRELOAD: library,
      FAIL_PATH: path,
      FAIL_CALL: call,
      FAIL_ERRNO: String(constants.errno[error]),
      FAIL_TIMES: String(times),
      ...(until ? { FAIL_UNTIL: until } : {}),
    },
  });
}
