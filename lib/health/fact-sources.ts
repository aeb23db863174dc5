import type { Clock } from '../base/clock.ts';
import type { TrackerPaths } from '../base/paths.ts';

/** Where facts are looked for: all that a command is given of the world around it. */
export interface FactSources {
  readonly paths: TrackerPaths;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: Clock;
}
