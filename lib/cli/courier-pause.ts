import { closeSync, existsSync, openSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { TrackerError } from '../base/errors.ts';
import { checkRegularFile, makeWayForFile } from '../base/regular-file.ts';
import { stopCourier } from '../install/courier-stop.ts';
import type { TrackerPaths } from '../base/paths.ts';
import { acquireProcessLock } from '../store/database/process-lock.ts';
import type { ProcessLock } from '../store/database/process-lock.ts';
import { PidHint } from '../ingest/courier/courier-files.ts';
import type { CliEnvironment } from './environment.ts';

/**
 * Stops the courier and runs `work` while none can start. What hooks capture meanwhile waits in the
 * spool, and the next hook after that starts a courier.
 *
 * @throws TrackerError E_COURIER_RUNNING when the courier does not stop within 20 seconds, E_NO_FILE when a
 *   folder lies in the place of a lock
 */
export async function withoutCourier<T>(
  { paths, cwd }: CliEnvironment,
  work: () => T | Promise<T>,
): Promise<T> {
  if (!existsSync(paths.data)) return await work();
  for (const path of [paths.courierLock, paths.courierPause]) {
    makeWayForFile(path);
    if (existsSync(path)) checkRegularFile(path);
    closeSync(openSync(path, 'a', 0o600)); // the file may not exist yet
  }
  // Couriers that start now leave again: many that wait for their lock would seldom let this process have it.
  const pause = acquireProcessLock(paths.courierPause, LOCK_WAIT_MS);
  const lock = pause && courierLock(resolve(cwd, paths.home), paths);
  if (!lock) {
    pause?.release();
    throw new TrackerError('E_COURIER_RUNNING', 'the courier does not stop', {
      hint: 'Try again in a moment. Nothing was changed.',
    });
  }
  // Hooks that see this id start no courier; one could only wait for the lock and give up.
  const hint = new PidHint(paths, process.pid);
  hint.show();
  // What the command changes, the next courier looks at again; what it erases must not stay here.
  rmSync(paths.glance, { force: true });
  try {
    return await work();
  } finally {
    hint.hide();
    lock.release();
    pause.release();
  }
}

// --- internal ---

/** How long the courier may take to finish its batch and a request to a server, in milliseconds. */
const LOCK_WAIT_MS = 20_000;
/** How long to wait before the courier is asked again: a hook may have written another id over its own. */
const ASK_MS = 1_000;

/** Waits for the courier's lock, not its process: in a container, a process that has ended may stay a zombie. */
function courierLock(
  home: string,
  { courierPid, courierLock: path }: TrackerPaths,
): ProcessLock | undefined {
  for (let waited = 0; waited < LOCK_WAIT_MS; waited += ASK_MS) {
    stopCourier(home, courierPid);
    const lock = acquireProcessLock(path, ASK_MS);
    if (lock) return lock;
  }
  return undefined;
}
