import { statfsSync } from 'node:fs';
import { claudeFolder } from '../base/paths.ts';
import { listTranscripts, transcriptFolders } from '../claude-code/transcript-list.ts';
import type { LoadedConfig } from '../config/config-file.ts';
import { isTrip } from '../delivery/breaker/breaker.ts';
import { readBreakerHistory } from '../delivery/store/breaker-store.ts';
import { CacheStore } from '../delivery/store/cache-store.ts';
import { SINKS } from '../delivery/sinks.ts';
import { readProjectSettings } from '../health/attempts/project-settings.ts';
import { nearestFolder } from '../health/checks/storage.ts';
import { readCourier } from '../health/courier-facts.ts';
import type { CourierFacts } from '../health/courier-facts.ts';
import type { FactSources } from '../health/fact-sources.ts';
import { isInstalled } from '../health/installation.ts';
import type { RegistrationFacts } from '../health/installation.ts';
import { recordingOf } from '../health/recording.ts';
import type { Recording } from '../health/recording.ts';
import { readSinkFacts } from '../health/sink-facts.ts';
import { readSpool } from '../health/spool-facts.ts';
import type { SpoolFacts } from '../health/spool-facts.ts';
import type { Reading, StoredDelivery } from '../health/stored-facts.ts';
import { databaseFault } from '../store/database/database-fault.ts';
import type { Database } from '../store/database/database.ts';
import { readDatabase } from '../store/database/read-database.ts';
import { SLOT_MS } from '../store/database/schema-parts/statistics-schema.ts';
import { requestsSince } from '../store/queries/statistics/delivery-figures.ts';
import { lastEventAt } from '../store/queries/totals.ts';
import { proofTotals } from '../store/queries/transcripts/proof-totals.ts';
import type { ProofTotals } from '../store/queries/transcripts/proof-totals.ts';
import { nextMarks } from './alert-marks.ts';
import type { AlertMarks } from './alert-marks.ts';
import type { ServiceFacts } from './service-facts.ts';

/** Where the facts come from. */
export interface AlertSources extends FactSources {
  readonly config: Pick<LoadedConfig, 'config' | 'courier'>;
  /** Whether Claude Code would call the hooks; only those who may import the installer can tell. */
  readonly registration: RegistrationFacts;
  /** How the service in this process does; undefined if this process serves nothing. */
  readonly service?: ServiceFacts | undefined;
}

/** What the rules of alerts judge. Times are milliseconds since 1970. */
export interface AlertFacts {
  readonly at: number;
  readonly config: AlertSources['config'];
  readonly isInstalled: boolean;
  readonly recording: Recording;
  readonly work: WorkFacts;
  readonly courier: CourierFacts;
  readonly spool: SpoolFacts;
  /** What is to be remembered until the next look. */
  readonly marks: AlertMarks;
  /** Undefined where the system does not say. */
  readonly freeBytes: number | undefined;
  /** What tracker.db says; while there is no tracker.db, it has no value and no error. */
  readonly stored: Reading<AlertStoredFacts>;
  readonly service: ServiceFacts | undefined;
}

/** Signs of work, and of its recording. */
export interface WorkFacts {
  /** When Claude Code last wrote a transcript that should be recorded; null when it never did. */
  readonly lastWorkAt: number | null;
  /** The last sign that hooks ran: an event, or the start of a courier; null if they never ran. */
  readonly lastSignAt: number | null;
}

/** What the rules need of tracker.db. */
export interface AlertStoredFacts {
  readonly delivery: StoredDelivery;
  /** How often the breaker of each sink was closed and opened in the last hour; a failed probe does not count. */
  readonly trips: readonly { readonly noun: string; readonly count: number }[];
  /** Requests of the last 15 to 30 minutes, and those of them that took more than {@link SLOW_REQUEST_MS}. */
  readonly requests: { readonly all: number; readonly slow: number };
  readonly cache: {
    readonly entries: number;
    readonly size: number;
    readonly hitRate: number | null;
  };
  readonly proof: ProofTotals | null;
  readonly lastEventAt: number | null;
}

/** Requests that take longer count as slow, in milliseconds: the runbook's 5 s. */
export const SLOW_REQUEST_MS = 5_000;

/** Gathers the facts from files alone: asks no server and changes nothing. */
export function gatherAlertFacts(sources: AlertSources, marks: AlertMarks): AlertFacts {
  const { paths, env, now, config, registration, service } = sources;
  const at = now();
  const installed = isInstalled(paths);
  const [newest] = listTranscripts(claudeFolder(env) ?? '');
  const spool = readSpool(paths);
  const courier = readCourier(paths);
  const stored = readStoredFacts(sources, at);
  const signs = [stored.value?.lastEventAt, courier.updatedAt, courier.startedAt, spool.oldestAt];
  const known = signs.filter((sign) => sign !== null && sign !== undefined);
  const lastSignAt = known.length > 0 ? Math.max(...known) : null;
  const isUnseen = newest !== undefined && newest.at > (lastSignAt ?? 0);
  return {
    at,
    config,
    isInstalled: installed,
    recording: recordingOf(registration, sources, installed),
    work: {
      // Whether somebody does not want it recorded is looked up only if it is not.
      lastWorkAt: isUnseen && isSwitchedOff(newest.path) ? null : (newest?.at ?? null),
      lastSignAt,
    },
    courier,
    spool,
    marks: nextMarks(marks, spool.dropped.unwritable + spool.dropped.spoolFull, at),
    freeBytes: freeBytes(paths.data),
    stored,
    service,
  };
}

// --- internal ---

const HOUR_MS = 3_600_000;
/** More changes of phase than a breaker makes in an hour. */
const TRANSITIONS = 200;

function readStoredFacts(
  { paths: { database: path }, config }: AlertSources,
  now: number,
): Reading<AlertStoredFacts> {
  try {
    const read = (database: Database) => storedFacts(database, config.courier.config, now);
    return { value: readDatabase(path, read) ?? null, error: null };
  } catch (error) {
    return { value: null, error: databaseFault(path, error) };
  }
}

function storedFacts(
  database: Database,
  { pattern_tracking: { cache_size: size, cache_ttl: ttl } }: LoadedConfig['config'],
  now: number,
): AlertStoredFacts {
  const cache = new CacheStore(database, { size, ttl, clock: () => now });
  return {
    delivery: {
      sinks: SINKS.map((sink) => readSinkFacts(database, sink, now)),
      elsewhere: [],
      cacheEntries: cache.fresh,
    },
    trips: SINKS.map(({ name, noun }) => ({
      noun,
      count: readBreakerHistory(database, name, TRANSITIONS).filter(
        (change) => isTrip(change) && change.at > now - HOUR_MS && change.at <= now,
      ).length,
    })),
    requests: requestsSince(database, now - SLOT_MS, SLOW_REQUEST_MS),
    cache: { entries: cache.fresh, size, hitRate: cache.hitRate },
    proof: proofTotals(database) ?? null,
    lastEventAt: lastEventAt(database),
  };
}

function isSwitchedOff(transcript: string): boolean {
  return transcriptFolders(transcript).some((folder) => {
    const { hooksDisabledIn, switchedOffIn } = readProjectSettings(folder);
    return hooksDisabledIn !== null || switchedOffIn !== null;
  });
}

function freeBytes(folder: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(nearestFolder(folder));
    return bavail * bsize;
  } catch {
    return undefined;
  }
}
