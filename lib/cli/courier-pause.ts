import { closeSync, existsSync, openSync } from 'node:fs';
import { resolve } from 'node:path';
import { TrackerError } from '../base/errors.ts';
import { stopCourier } from '../install/courier-stop.ts';
import { acquireProcessLock } from '../store/database/process-lock.ts';
import { PidHint } from '../ingest/courier/courier-files.ts';
import type { CliEnvironment } from './environment.ts';

/**
 * Stops the courier and runs `work` while none can start. What hooks capture meanwhile waits in the
 * spool, and the next hook after that starts a courier.
 *
 * @throws TrackerError E_COURIER_RUNNING when the courier does not stop within 20 seconds
 */
export async function withoutCourier<T>(
  { paths, cwd }: CliEnvironment,
  work: () => T | Promise<T>,
): Promise<T> {
  if (!existsSync(paths.data)) return await work();
  stopCourier(resolve(cwd, paths.home), paths.courierPid);
  closeSync(openSync(paths.courierLock, 'a', 0o600)); // the file may not exist yet
  // Wait for its lock, not its process: in a container, a process that has ended may stay a zombie.
  const lock = acquireProcessLock(paths.courierLock, LOCK_WAIT_MS);
  if (!lock) {
    throw new TrackerError('E_COURIER_RUNNING', 'the courier does not stop', {
      hint: 'Try again in a moment. Nothing was changed.',
    });
  }
  // Hooks that see this id start no courier; one could only wait for the lock and give up.
  const hint = new PidHint(paths.courierPid, process.pid);
  hint.show();
  try {
    return await work();
  } finally {
    hint.hide();
    lock.release();
  }
}

// --- internal ---

/** How long the courier may take to finish its batch and a request to a server, in milliseconds. */
const LOCK_WAIT_MS = 20_000;
