import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sessionPayloads } from '../capture/session-payloads.ts';

/** A fixed seed, so that two runs measure the same events. */
const SEED = 20_000;
const PREFIX = '00000000-0000-4000-8000-';

/** What was written into a spool. */
export interface Backlog {
  readonly files: number;
  readonly bytes: number;
}

/** Writes `files` events into the spool, oldest first. */
export function fillSpool(spoolNew: string, files: number): Backlog {
  const payloads = sessionPayloads(SEED);
  let bytes = 0;
  for (let index = 0; index < files; index += 1) {
    const payload: string = payloads.next().value;
    bytes += Buffer.byteLength(payload);
    writeFileSync(join(spoolNew, spoolName(index)), payload);
  }
  return { files, bytes };
}

/** True for the name of a file that {@link fillSpool} made. */
export function isBacklog(name: string): boolean {
  return name.startsWith(PREFIX);
}

// --- internal ---

/**
 * A name as long as those that capture.sh makes. Names sort by age, because the bare loop reads in that
 * order.
 */
function spoolName(index: number): string {
  return `${PREFIX}${String(index).padStart(12, '0')}.settings`;
}
