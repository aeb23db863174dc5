import { statSync } from 'node:fs';
import type { TrackerError } from '../base/errors.ts';
import type { Config } from '../config/config.ts';
import type { Destination } from '../delivery/destination.ts';
import { SINKS } from '../delivery/sinks.ts';
import { proofTotals } from '../store/queries/transcripts/proof-totals.ts';
import type { ProofTotals } from '../store/queries/transcripts/proof-totals.ts';
import type { Sink } from '../delivery/sink.ts';
import { sinksInUse } from '../delivery/sinks-in-use.ts';
import { cachedAnswers } from '../delivery/store/cache-store.ts';
import type { Database } from '../store/database/database.ts';
import { databaseFault } from '../store/database/database-fault.ts';
import { schemaVersion } from '../store/database/database.ts';
import { readDatabase } from '../store/database/read-database.ts';
import { knownSessions } from '../store/queries/known-sessions.ts';
import type { KnownSessions } from '../store/queries/known-sessions.ts';
import { allProjects } from '../store/queries/projects.ts';
import { seenClaudeVersion } from '../store/queries/claude-version.ts';
import { quickCheck } from '../store/queries/health.ts';
import { usedBytes } from '../store/database/used-bytes.ts';
import {
  countersOf,
  evictedFiles,
  forgetting,
  isReducible,
  setAsideDatabase,
  totalsOf,
  unseenFiles,
} from '../store/queries/totals.ts';
import type { EvictedFiles, SetAside, Totals } from '../store/queries/totals.ts';
import { noSinkFacts, readSinkFacts } from './sink-facts.ts';
import { waitingElsewhere } from '../delivery/waiting-elsewhere.ts';
import type { WaitingElsewhere } from '../delivery/waiting-elsewhere.ts';
import type { SinkFacts } from './sink-facts.ts';

/** A part of tracker.db: the value, or why it cannot be read; neither while there is no database. */
export interface Reading<T> {
  readonly value: T | null;
  readonly error: TrackerError | null;
}

/** The condition of tracker.db itself. */
export interface Soundness {
  readonly schemaVersion: number;
  /** False when the file was too large to be searched for damage. */
  readonly isChecked: boolean;
  /** What is wrong with its pages, at most three findings. */
  readonly faults: readonly string[];
  readonly setAside: SetAside | null;
}

/** What was recorded. */
export interface StoredContent {
  readonly totals: Totals;
  readonly counters: Readonly<Record<string, number>>;
  /** The corrupt database that this one replaced; null when there was none. */
  readonly setAside: SetAside | null;
  /** The bytes of the pages in use, which `retention.max_database_bytes` bounds. */
  readonly usedBytes: number;
  /** Whether there is something left that the bound removes. */
  readonly isReducible: boolean;
  /** What the quarantine has lost; null when nothing, or when it was acknowledged. */
  readonly evicted: EvictedFiles | null;
  /** Orders to forget something that are not carried out to their end; the next courier goes on with them. */
  readonly forgetting: number;
  /** The version of Claude Code that the courier saw last; null when it saw none. */
  readonly claudeVersion: string | null;
  /** Files that commands changed in the last 7 days, of which only the name is known. */
  readonly unseenFiles: number;
  /** What comparisons with transcripts have proven; null when there was none. */
  readonly proof: ProofTotals | null;
}

/** What tracker.db knows about delivery. */
export interface StoredDelivery {
  /** Every sink there is, configured or not. */
  readonly sinks: readonly SinkFacts[];
  /** What waits for servers that the configuration does not name. */
  readonly elsewhere: readonly WaitingElsewhere[];
  /** Answers of the server in the cache. */
  readonly cacheEntries: number;
}

/** The destination of a sink in this process. */
export type DestinationOf = (sink: Sink, database: Database) => Pick<Destination, 'name'>;

/** What is compared with the sessions and projects of Claude Code. */
export interface RecordedWork extends KnownSessions {
  /** The folders of the projects, the last added first. */
  readonly roots: readonly string[];
}

/** What to read beside the usual. */
export interface StoredOptions {
  /** The largest file that is searched for damage, in bytes. @default 0, so that none is */
  readonly checkedBytes?: number | undefined;
  /** The sessions that are looked for. @default none */
  readonly sessions?: readonly string[];
  /** Where delivery to a sink goes. @default the address in the configuration files */
  readonly destination?: DestinationOf | undefined;
}

/** Everything that is read from tracker.db; a part that cannot be read does not hide the others. */
export interface StoredFacts {
  /** The size of the file and its WAL, in bytes; null while there is no file. */
  readonly bytes: number | null;
  readonly soundness: Reading<Soundness>;
  readonly content: Reading<StoredContent>;
  readonly delivery: Reading<StoredDelivery>;
  readonly work: Reading<RecordedWork>;
}

/**
 * Reads the database at `path`. Opens it once and changes nothing.
 *
 * @param now milliseconds since 1970
 */
export function readStored(
  path: string,
  now: number,
  { checkedBytes = 0, sessions = [], destination = (sink) => sink }: StoredOptions = {},
): StoredFacts {
  const size = attempt(path, () => sizeOf(path));
  const bytes = size.value;
  const isChecked = bytes !== null && bytes <= checkedBytes;
  const { value, error } = attempt(path, () => {
    if (size.error) throw size.error;
    return readDatabase(path, (database) => ({
      soundness: attempt(path, () => ({
        schemaVersion: schemaVersion(database),
        isChecked,
        faults: isChecked ? quickCheck(database, MAX_FAULTS) : [],
        setAside: setAsideDatabase(database) ?? null,
      })),
      content: attempt(path, () => ({
        totals: totalsOf(database),
        counters: countersOf(database),
        setAside: setAsideDatabase(database) ?? null,
        usedBytes: usedBytes(database),
        isReducible: isReducible(database),
        evicted: evictedFiles(database) ?? null,
        forgetting: forgetting(database),
        claudeVersion: seenClaudeVersion(database) ?? null,
        unseenFiles: unseenFiles(database, now - WEEK_MS),
        proof: proofTotals(database) ?? null,
      })),
      delivery: attempt(path, () => ({
        sinks: SINKS.map((sink) => readSinkFacts(database, sink, now, destination(sink, database))),
        elsewhere: SINKS.flatMap((sink) =>
          waitingElsewhere(database, sink, destination(sink, database).name),
        ),
        cacheEntries: cachedAnswers(database),
      })),
      work: attempt(path, () => ({
        ...knownSessions(database, sessions),
        roots: allProjects(database).map(({ root }) => root),
      })),
    }));
  });
  const unread = { value: null, error };
  return {
    bytes,
    ...(value ?? { soundness: unread, content: unread, delivery: unread, work: unread }),
  };
}

/** The facts of the sinks in use, in the order of `SINKS`. An undefined configuration names none. */
export function factsInUse(
  config: Config | undefined,
  stored: StoredDelivery | null,
): readonly SinkFacts[] {
  const hasRows = (sink: Sink) => {
    const { outbox } = factsOf(sink, stored);
    return (
      outbox.waiting + outbox.dead > 0 || stored?.elsewhere.some((of) => of.sink === sink) === true
    );
  };
  return sinksInUse(config, hasRows).map((sink) => factsOf(sink, stored));
}

/** The facts of a sink; empty ones when nothing is known about it. */
export function factsOf(sink: Sink, stored: StoredDelivery | null): SinkFacts {
  return stored?.sinks.find((facts) => facts.sink === sink) ?? noSinkFacts(sink);
}

// --- internal ---

const MAX_FAULTS = 3;
const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

function attempt<T>(path: string, read: () => T): Reading<T> {
  try {
    return { value: read(), error: null };
  } catch (error) {
    return { value: null, error: databaseFault(path, error) };
  }
}

function sizeOf(path: string): number | null {
  const [file, wal] = [path, `${path}-wal`].map(
    (name) => statSync(name, { throwIfNoEntry: false })?.size,
  );
  return file === undefined ? null : file + (wal ?? 0);
}
