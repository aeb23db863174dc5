import type { LoadedConfig } from '../../config/config-file.ts';
import type { FactSources } from '../fact-sources.ts';
import { gatherFacts } from '../health-facts.ts';
import type { HealthFacts } from '../health-facts.ts';
import type { InstallationFacts } from '../installation.ts';

/** What the checks need besides the facts that are gathered. */
export interface CheckOptions {
  readonly installation: InstallationFacts;
  readonly config: LoadedConfig;
}

/** What the checks judge. */
export interface CheckFacts extends FactSources, CheckOptions {
  /** Gathers the facts at the first call, which comes after the check that may start a courier. */
  readonly gathered: () => HealthFacts;
}

/** The facts of one run of all checks. */
export function checkFacts(
  { paths, env, now }: FactSources,
  { installation, config }: CheckOptions,
): CheckFacts {
  const sources = { paths, env, now };
  const { registration } = installation;
  let facts: HealthFacts | undefined;
  const gathered = () =>
    (facts ??= gatherFacts(sources, { registration, checkedBytes: MAX_CHECKED_BYTES }));
  return { ...sources, installation, config, gathered };
}

// --- internal ---

/** The largest tracker.db that is searched for damage, in bytes; with more, `doctor` would take too long. */
const MAX_CHECKED_BYTES = 1_000_000_000;
