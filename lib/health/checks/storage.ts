import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorMessage } from '../../base/errors.ts';
import { byteText } from '../../base/amount-text.ts';
import type { CheckFacts } from './check-facts.ts';
import { fail, ok, warn } from './check.ts';
import type { CheckFinding } from './check.ts';
import { exposureOf } from './exposure.ts';
import { dataPaths, ownHint } from '../files/foreign-files.ts';

/** With less free space than this, in bytes, the check warns, and fails. */
export const WARN_FREE_BYTES = 500_000_000;
const FAIL_FREE_BYTES = 50_000_000;

/** The spool can be written: does with a probe what capture does with an event, write and rename. */
export function spoolWritable({ paths }: CheckFacts): CheckFinding {
  const { spool, spoolTmp } = paths;
  if (!existsSync(spool)) return ok('not there yet; the first event creates it');
  // On a full disk a hook may have given up tmp/.
  const probe = join(existsSync(spoolTmp) ? spoolTmp : spool, `doctor-${process.pid}`);
  try {
    writeFileSync(probe, 'probe', { mode: 0o600 });
    renameSync(probe, `${probe}-renamed`);
    return ok(spool);
  } catch (error) {
    return fail(errorMessage(error), `Make ${spool} and all in it writable for you.`);
  } finally {
    for (const file of [probe, `${probe}-renamed`]) tryRemove(file);
  }
}

/** Nobody else can read what is recorded. */
export function permissions({ paths }: CheckFacts): CheckFinding {
  const { data } = paths;
  if (!existsSync(data)) return ok('no data yet');
  if (process.getuid === undefined) return ok('not known on this system');
  const uid = process.getuid();
  for (const path of dataPaths(paths)) {
    const exposure = exposureOf(path, uid);
    if (!exposure) continue;
    if (exposure.kind === 'foreign') {
      return fail(exposure.text, ownHint(paths));
    }
    return warn(exposure.text, `Run: chmod -R go-rwx '${data}'`);
  }
  return ok('folders and files are yours alone');
}

/** The disk has room for what is recorded. */
export async function diskFree({ paths }: Pick<CheckFacts, 'paths'>): Promise<CheckFinding> {
  const { bavail, bsize } = await statfs(nearestFolder(paths.data));
  const free = bavail * bsize;
  const found = `${byteText(free)} free`;
  if (free < FAIL_FREE_BYTES)
    return fail(found, 'Make room: events are dropped when the disk is full.');
  if (free < WARN_FREE_BYTES)
    return warn(found, 'Make room soon: events are dropped when it is full.');
  return ok(found);
}

/** The folder itself, or the one above it that is there. */
export function nearestFolder(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestFolder(dirname(path));
}

// --- internal ---

function tryRemove(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // A probe that cannot be removed was never written.
  }
}
