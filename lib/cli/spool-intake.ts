import { setTimeout } from 'node:timers/promises';
import { readSpool } from '../health/spool-facts.ts';
import { CourierNudge } from '../ingest/courier/courier-nudge.ts';
import type { CliEnvironment } from './environment.ts';

/** Has a courier ingest what waits in the spool, for a command that is about all that was captured. It waits for 10 seconds at most. */
export async function takeIn(
  { paths, env }: Pick<CliEnvironment, 'paths' | 'env'>,
  interruption: AbortSignal,
): Promise<void> {
  if (readSpool(paths).waiting === 0) return;
  new CourierNudge({ paths, env }).give();
  for (let looks = 0; looks < TAKE_IN_MS / LOOK_MS; looks++) {
    if (interruption.aborted || readSpool(paths).waiting === 0) return;
    await setTimeout(LOOK_MS);
  }
}

// --- internal ---

/** How long to wait until a courier has ingested the spool, and how often to look, in milliseconds. */
const TAKE_IN_MS = 10_000;
const LOOK_MS = 50;
