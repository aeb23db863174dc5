import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sessionPayloads } from './session-payloads.ts';

/** Two runs of the bench measure the same events. */
const SEED = 20_000;
const PREFIX = '00000000-0000-4000-8000-';

/** What was put into a spool. */
export interface Backlog {
  readonly files: number;
  readonly bytes: number;
}

/** Puts `files` events into the spool, oldest first. */
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

/** As long as the names that hooks/capture.sh makes, and in order, for the loop that goes by the name. */
function spoolName(index: number): string {
  return `${PREFIX}${String(index).padStart(12, '0')}.settings`;
}
