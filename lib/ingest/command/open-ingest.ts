import { processElapsed } from '../../base/deadline.ts';
import type { TrackerPaths } from '../../base/paths.ts';
import { loadWholeConfig } from '../../config/config-file.ts';
import type { Config } from '../../config/config.ts';
import { openRedactor } from '../../redact/own/open-redactor.ts';
import type { Database } from '../../store/database/database.ts';
import { Ingest } from '../ingest.ts';
import type { IngestOptions } from '../ingest.ts';
import { checkPolicy } from '../policy/policy-check.ts';
import { ProjectFinder } from '../project.ts';

/** What a command's ingest works with. */
export interface OwnIngestOptions extends Pick<
  IngestOptions,
  'machine' | 'isBacklog' | 'onStored'
> {
  readonly paths: TrackerPaths;
}

/** An ingest, with what it was made of. */
export interface OwnIngest {
  readonly ingest: Ingest;
  readonly config: Config;
  /** Takes secrets out of a text. */
  readonly clean: (text: string) => string;
}

/**
 * An ingest for a command, by the user's configuration.
 *
 * @throws TrackerError E_CONFIG when the files do not tell what may be kept
 */
export async function openIngest(
  database: Database,
  { paths, machine, isBacklog, onStored }: OwnIngestOptions,
): Promise<OwnIngest> {
  const loaded = await loadWholeConfig(paths);
  checkPolicy(loaded);
  const { config } = loaded.courier;
  const redactor = await openRedactor(config.redaction);
  const clean = (text: string) => redactor.redactText(text).text;
  const projects = new ProjectFinder(processElapsed, clean);
  return {
    ingest: new Ingest(database, { config, redactor, projects, machine, isBacklog, onStored }),
    config,
    clean,
  };
}
