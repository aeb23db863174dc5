import { existsSync } from 'node:fs';
import type { TrackerPaths } from '../../base/paths.ts';
import type { Clock } from '../../base/clock.ts';
import type { Database } from '../../store/database/database.ts';
import { openIngest } from './open-ingest.ts';
import { quarantineFile } from '../spool/quarantine.ts';
import { SpoolListing } from '../spool/spool-listing.ts';
import { removeSpoolFiles } from '../spool/spool-reader.ts';

/** Where events wait, and who takes them in. */
export interface WaitingEventsOptions {
  readonly paths: TrackerPaths;
  readonly clock: Clock;
  /** The name of this machine, which sinks are told. */
  readonly machine: string;
}

/**
 * Takes in every event that waits in the spool, for a command that works on all that was recorded. The caller keeps
 * the courier away. A half-written file stays where it is for a while.
 *
 * @throws SQLite's error; the system's for a file that cannot be read or removed; TrackerError E_CONFIG when something waits and the files do not tell what may be kept of it
 */
export async function takeWaiting(
  database: Database,
  { paths, clock, machine }: WaitingEventsOptions,
): Promise<void> {
  if (!existsSync(paths.spoolNew)) return;
  const listing = new SpoolListing(paths.spoolNew);
  if (listing.length === 0) return;
  const { config, ingest } = await openIngest(database, { paths, machine });
  for (const batch of listing.batches(BATCH_FILES, BATCH_BYTES)) {
    const notTaken = ingest.take(batch);
    const unread = notTaken.find(({ reason }) => reason === 'unreadable');
    if (unread) throw unread.error; // what is in it is not known, so the command cannot be sure of its work
    const bad = new Map(notTaken.map(({ file, reason }) => [file, reason]));
    for (const [file, reason] of bad) {
      const isFresh = Math.abs(clock() - file.writtenAt) < config.spool.partial_seconds * 1000;
      if (!(UNFINISHED.has(reason) && isFresh))
        quarantineFile(file.path, file.name, reason, paths.spoolBad);
    }
    let left: Error | undefined;
    const noteLeft = (_: unknown, error: Error) => void (left = error);
    await removeSpoolFiles(
      batch.filter((file) => !bad.has(file)),
      noteLeft,
    );
    if (left) throw left;
  }
}

// --- internal ---

/** The most files and bytes in one transaction. */
const BATCH_FILES = 1024;
const BATCH_BYTES = 8 * 1024 * 1024;
/** Capture may still be writing such a file; the courier sees to it later. */
const UNFINISHED: ReadonlySet<string> = new Set(['empty', 'not-json']);
