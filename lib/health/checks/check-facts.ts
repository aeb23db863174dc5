import type { LoadedConfig } from '../../config/config-file.ts';
import type { FactSources } from '../fact-sources.ts';
import { gatherFacts } from '../health-facts.ts';
import type { HealthFacts } from '../health-facts.ts';
import type { InstallationFacts } from '../installation.ts';

/** What the checks are given beside the sources of the other facts. */
export interface CheckOptions {
  readonly installation: InstallationFacts;
  readonly config: LoadedConfig;
}

/** What the checks judge. */
export interface CheckFacts extends FactSources, CheckOptions {
  /** Gathered at the first call, so that the checks see what the courier does that one of them starts. */
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

/** A larger tracker.db is not read through: that would take longer than anybody waits. */
const MAX_CHECKED_BYTES = 1_000_000_000;
