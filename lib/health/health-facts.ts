import { claudeFolder } from '../base/paths.ts';
import { listTranscripts } from '../claude-code/transcript-list.ts';
import { allAttempts } from './attempts/all-attempts.ts';
import type { ProjectAttempts } from './attempts/attempts.ts';
import { readCourier } from './courier-facts.ts';
import type { CourierFacts } from './courier-facts.ts';
import type { FactSources } from './fact-sources.ts';
import { isInstalled } from './installation.ts';
import type { RegistrationFacts } from './installation.ts';
import { recordingOf } from './recording.ts';
import type { Recording } from './recording.ts';
import { readSpool } from './spool-facts.ts';
import type { SpoolFacts } from './spool-facts.ts';
import { readStored } from './stored-facts.ts';
import type { DestinationOf, StoredFacts } from './stored-facts.ts';

/** What is known of this installation at one moment; `health`, `status` and `doctor` show it. */
export interface HealthFacts {
  /** When they were gathered, in milliseconds since 1970. */
  readonly at: number;
  readonly isInstalled: boolean;
  readonly recording: Recording;
  readonly courier: CourierFacts;
  readonly spool: SpoolFacts;
  readonly stored: StoredFacts;
  /** What projects tried, and what their settings could do; the last first. */
  readonly attempts: readonly ProjectAttempts[];
}

/** What the caller knows already, and how thoroughly to look. */
export interface FactOptions {
  readonly registration: RegistrationFacts;
  /** The largest tracker.db that is searched for damage, in bytes. @default 0, so that none is */
  readonly checkedBytes?: number;
  /** Where delivery goes in this process. @default the addresses in the configuration files */
  readonly destination?: DestinationOf | undefined;
}

/**
 * Gathers each fact once, from files alone: it asks no server, writes nothing, and reports faults instead
 * of throwing them. It does not load the configuration; callers that need it load it themselves, once.
 */
export function gatherFacts(
  sources: FactSources,
  { registration, checkedBytes, destination }: FactOptions,
): HealthFacts {
  const { paths, env, now } = sources;
  const at = now();
  const installed = isInstalled(paths);
  // In this order: an event is in the spool before its session has a transcript, and until it is in the database.
  const claude = claudeFolder(env);
  const transcripts = claude ? listTranscripts(claude).slice(0, MAX_TRANSCRIPTS) : [];
  const spool = readSpool(paths);
  const sessions = transcripts.map(({ session }) => session);
  const stored = readStored(paths.database, at, { checkedBytes, sessions, destination });
  return {
    at,
    isInstalled: installed,
    recording: recordingOf(registration, sources, installed),
    courier: readCourier(paths),
    spool,
    stored,
    attempts: allAttempts({ tried: paths.tried, transcripts, spool, work: stored.work.value }),
  };
}

// --- internal ---

/** The most transcripts that are compared with what is recorded, the last written. */
const MAX_TRANSCRIPTS = 2_000;
