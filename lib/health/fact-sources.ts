import type { Clock } from '../base/clock.ts';
import type { TrackerPaths } from '../base/paths.ts';

/** Where facts come from: the installation's files, the environment and the clock. */
export interface FactSources {
  readonly paths: TrackerPaths;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: Clock;
}
