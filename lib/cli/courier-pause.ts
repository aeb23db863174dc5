import { closeSync, existsSync, openSync } from 'node:fs';
import { resolve } from 'node:path';
import { TrackerError } from '../base/errors.ts';
import { stopCourier } from '../install/courier-stop.ts';
import { acquireProcessLock } from '../store/database/process-lock.ts';
import { PidHint } from '../ingest/courier/courier-files.ts';
import type { CliEnvironment } from './environment.ts';

/**
 * Runs `work` while no courier lives and none can start: what hooks capture meanwhile waits in the
 * spool. Starts none afterwards; the next hook does.
 *
 * @throws TrackerError E_COURIER_RUNNING
 */
export async function withoutCourier<T>(
  { paths, cwd }: CliEnvironment,
  work: () => T | Promise<T>,
): Promise<T> {
  if (!existsSync(paths.data)) return await work();
  stopCourier(resolve(cwd, paths.home), paths.courierPid);
  closeSync(openSync(paths.courierLock, 'a', 0o600)); // it may be the first to make it
  // Not its process but its lock is waited for: in a container the dead may stay on as zombies.
  const lock = acquireProcessLock(paths.courierLock, LOCK_WAIT_MS);
  if (!lock) {
    throw new TrackerError('E_COURIER_RUNNING', 'the courier does not leave', {
      hint: 'Try again in a moment. Nothing was changed.',
    });
  }
  // Hooks that see it start no courier, which would only wait for the lock and leave.
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

/** It ends the batch in its hands first, and a request to a server. */
const LOCK_WAIT_MS = 20_000;
