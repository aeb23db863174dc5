import { existsSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../../base/clock.ts';
import { errorMessage } from '../../base/errors.ts';
import type { TrackerPaths } from '../../base/paths.ts';
import { CONFIG_DEFAULTS } from '../../config/config.ts';
import { CourierStateFile, PidHint } from './courier-files.ts';
import { tryStep } from '../try-step.ts';
import { makeSpool, markFull } from '../spool/spool-bound.ts';
import { SpoolListing } from '../spool/spool-listing.ts';

/** How long to sit out, and what to say meanwhile. */
export interface SitOutOptions {
  readonly clock: Clock;
  readonly pid: number;
  readonly ms: number;
  readonly signal: AbortSignal;
  /** What the user can do. @default to run doctor */
  readonly hint?: string | undefined;
}

/**
 * For a courier that cannot start, such as one without its native module. It shows its hint for `ms`
 * milliseconds, so that not every hook starts another courier, reports the reason, and keeps the spool
 * within its bound. The events wait.
 */
export async function sitOut(
  paths: TrackerPaths,
  error: unknown,
  { clock, pid, ms, signal, hint: advice = ADVICE }: SitOutOptions,
): Promise<void> {
  if (!existsSync(paths.data)) return; // uninstalled meanwhile: the folder must not come back
  tryStep(
    () => makeSpool(paths),
    () => {},
  ); // whoever reads it says what is wrong with it
  const hint = new PidHint(paths, pid);
  if (hint.isOthers) return;
  if (!hint.show()) return; // without a hint it would keep no hook from starting another
  const report = new CourierStateFile(paths.courierState, clock, pid);
  report.begin();
  report.tell({
    status: 'degraded',
    reason: errorMessage(error),
    hint: advice,
  });
  tryStep(
    () => markFull(paths, new SpoolListing(paths.spoolNew).length, CONFIG_DEFAULTS.spool.max_files),
    () => {},
  );
  await setTimeout(ms, undefined, { signal }).catch(() => {});
  hint.hide();
}

// --- internal ---

const ADVICE =
  'Run `pattern-tracker doctor`; `npx claude-pattern-tracker install` repairs a broken installation.';
