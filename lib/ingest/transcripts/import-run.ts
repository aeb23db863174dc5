import type { Clock } from '../../base/clock.ts';
import type { TrackerPaths } from '../../base/paths.ts';
import { toolCallFeed } from '../../delivery/sinks.ts';
import type { Database } from '../../store/database/database.ts';
import { closeAbandonedCalls } from '../../store/maintenance/retention/abandoned-calls.ts';
import type { TranscriptProof } from '../../store/writers/transcript-proofs.ts';
import type { TranscriptSession } from '../../transcript/claude-code/transcript-files.ts';
import { limitHeapGrowth } from '../courier/heap-limit.ts';
import { openIngest } from '../command/open-ingest.ts';
import type { SpoolFile } from '../spool/spool-reader.ts';
import { TranscriptImport } from './transcript-import.ts';

/** How an import is done. */
export interface ImportRunOptions {
  readonly paths: TrackerPaths;
  readonly clock: Clock;
  /** The name of this machine, which sinks are told. */
  readonly machine: string;
  readonly signal: AbortSignal;
  /** True: nothing is written, it is only told what would be. */
  readonly isDry: boolean;
  /** True: sessions whose transcripts have not changed are passed over, with the numbers of the last time. */
  readonly skipsUnchanged: boolean;
  readonly onProgress: (sums: ImportSums) => void;
  /** Called for a file that cannot be read, or not all of it, and for an event that cannot be recorded, by its name. */
  readonly onUnreadable: (path: string, error: unknown) => void;
}

/** What was done so far. */
export interface ImportSums {
  /** Files that were read, or are as they were the last time. */
  readonly files: number;
  readonly bytes: number;
  /** Events that the transcripts tell. */
  readonly events: number;
  /** Those that are recorded now and were not before; with `isDry`, those that would be. */
  readonly recorded: number;
  readonly sessions: number;
}

/** What an import has done. */
export interface ImportResult extends ImportSums {
  readonly proofs: readonly TranscriptProof[];
  readonly isAborted: boolean;
}

/**
 * Takes in what the transcripts of some sessions tell, one after the other. It may be killed at any moment: what is done
 * stays, and the next run goes on with the session that this one was at.
 *
 * @throws SQLite's error; TrackerError E_CONFIG when the files do not tell what may be kept
 */
export async function importTranscripts(
  database: Database,
  sessions: readonly TranscriptSession[],
  { paths, clock, machine, signal, isDry, skipsUnchanged, ...told }: ImportRunOptions,
): Promise<ImportResult> {
  const sums = { files: 0, bytes: 0, events: 0, recorded: 0, sessions: 0 };
  const stored = new Set<string>();
  const onStored = ({ name }: SpoolFile) => void stored.add(name);
  const own = isDry
    ? undefined
    : await openIngest(database, { paths, machine, isBacklog: true, onStored });
  const take = (batch: readonly SpoolFile[]) => {
    for (const { file, reason, error } of own?.ingest.take(batch) ?? []) {
      told.onUnreadable(file.name, error ?? reason);
    }
    sums.recorded += stored.size; // by name, because a batch that fails is taken again one by one
    stored.clear();
  };
  const proofs: TranscriptProof[] = [];
  const transcripts = new TranscriptImport(database, {
    clock,
    take: own && take,
    clean: own?.clean ?? ((text) => text), // nothing is kept of a dry run
    onProof: (proof) => proofs.push(proof),
  });
  limitHeapGrowth();
  for (const session of sessions) {
    const unchanged = skipsUnchanged ? transcripts.unchanged(session) : undefined;
    if (unchanged) {
      proofs.push(unchanged);
      sums.events += unchanged.events;
      sums.bytes += session.bytes;
    } else {
      const isRead = await transcripts.session(session, {
        isOver: () => signal.aborted,
        onRead: (bytes) => {
          sums.bytes += bytes;
          told.onProgress(sums);
        },
        onEvents: (events, given) => {
          sums.events += events;
          if (isDry) sums.recorded += given;
        },
        onUnreadable: told.onUnreadable,
      });
      if (!isRead) break;
    }
    sums.files += session.files.length;
    sums.sessions += 1;
    told.onProgress(sums);
  }
  transcripts.flush();
  if (own) {
    const calls = toolCallFeed(own.config, database);
    closeAbandonedCalls(database, clock(), calls && ((end) => calls.put(end)));
  }
  return { ...sums, proofs, isAborted: signal.aborted };
}
