import { join } from 'node:path';
import { errorCode } from '../../base/errors.ts';
import type { TrackerPaths } from '../../base/paths.ts';
import type { Config } from '../../config/config.ts';
import type { TrackerLog } from '../../log/tracker-log.ts';
import type { Database } from '../../store/database/database.ts';
import { noteEvicted } from '../../store/database/meta.ts';
import { boundQuarantine, quarantineFile } from '../spool/quarantine.ts';
import type { HeldFiles } from '../spool/held-files.ts';
import { tryStep } from '../try-step.ts';

/** What the quarantine works with. */
export interface CourierQuarantineOptions {
  readonly paths: TrackerPaths;
  /** The log as it is then. */
  readonly log: () => TrackerLog;
  readonly held: HeldFiles;
}

/** The courier's quarantine: where it puts what is no event. Nothing that fails here keeps it from taking in events. */
export class CourierQuarantine {
  readonly #options: CourierQuarantineOptions;

  constructor(options: CourierQuarantineOptions) {
    this.#options = options;
  }

  /** Moves an entry of the spool into the quarantine; false when it cannot be moved now, and is held. */
  setAside(name: string, reason: string): boolean {
    const { paths, log, held } = this.#options;
    try {
      quarantineFile(join(paths.spoolNew, name), name, reason, paths.spoolBad);
      log().warn('A spool file was set aside', { file: name, reason });
      return true;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return true; // it is gone
      log().error('A spool file could not be set aside', error);
      held.holdWaiting(name, error);
      return false;
    }
  }

  /** Keeps it within its bounds, and counts what it loses. `now` is in milliseconds since 1970 UTC. */
  bound({ spool }: Config, database: Database | undefined, now: number): void {
    const { paths, log } = this.#options;
    const note = (error: unknown) =>
      log().error('The quarantine cannot be kept within its bounds', error);
    const bounds = { maxFiles: spool.max_bad_files, maxBytes: spool.max_bad_bytes };
    const count = (lost: number) => database && noteEvicted(database, lost, now);
    tryStep(() => boundQuarantine(paths.spoolBad, bounds, count, note), note);
  }
}
