import { existsSync } from 'node:fs';
import type { TrackerPaths } from '../base/paths.ts';
import { span } from '../base/time-text.ts';
import { MOST_WAITING } from '../delivery/store/outbox-glance.ts';
import { readGlance, storedState } from '../ingest/glance.ts';
import type { StoredNotices } from '../ingest/glance.ts';
import { readQuickly } from '../store/database/quick-reader.ts';
import type { QuickReading, ReadFault } from '../store/database/quick-reader.ts';
import { patternsOfSession } from '../store/queries/sessions.ts';
import type { ProjectAttempts } from './attempts/attempts.ts';
import { readCourier } from './courier-facts.ts';
import { localReasons } from './local-reasons.ts';
import { readSpool } from './spool-facts.ts';

/** What Claude Code's status line says about a session and about recording. */
export interface StatusLine {
  /** `fault`: nothing is recorded, or the database cannot be used. `attention`: something needs a look. */
  readonly state: 'ok' | 'attention' | 'fault';
  /** Different patterns written in the session; null when nothing is known of it. */
  readonly patterns: number | null;
  /** Captured events that wait to be ingested. */
  readonly waiting: number;
  /** Events that wait for the server or the collector; counting stops at {@link MOST_WAITING}. */
  readonly toSend: number;
  /** What is wrong, the worst first, a sentence each. */
  readonly faults: readonly string[];
}

export { MOST_WAITING };

/** Where to look, and for which session. */
export interface StatusLineOptions {
  readonly paths: TrackerPaths;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Undefined when Claude Code did not say. */
  readonly session: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * Reads what the status line shows. It runs after every answer of Claude, so it opens the database only when
 * the courier's glance at it does not tell, reads no configuration, and waits for no lock. What cannot be read is a fault in the line, never an error.
 */
export async function readStatusLine({
  paths,
  env,
  session,
  now,
}: StatusLineOptions): Promise<StatusLine> {
  const spool = readSpool(paths);
  const reading = await readContent(paths, session);
  const content = reading && 'value' in reading ? reading.value : undefined;
  const fault = reading && 'fault' in reading ? reading.fault : undefined;
  const fatal: string[] = [];
  const minor = localReasons({
    courier: readCourier(paths),
    spool,
    setAside: content?.setAside,
    evicted: content?.evicted,
    attempts: await attemptsIn(paths.tried),
  });
  if (env['PATTERN_TRACKER_DISABLED'] === '1') {
    fatal.push('Nothing is recorded: PATTERN_TRACKER_DISABLED=1 is set.');
  }
  if (fault !== undefined) (fault === 'busy' ? minor : fatal).push(FAULTS[fault]);
  const { waiting, oldestAt } = spool;
  if (oldestAt !== null && now - oldestAt > STALLED_MS) {
    minor.push(`Events wait to be stored since ${span(now - oldestAt)}.`);
  }
  const isUnknown = session !== undefined && content?.patterns === undefined;
  if (isUnknown && fault === undefined && waiting === 0) {
    minor.push('This session is not recorded.');
  }
  for (const { sink, phase, reason } of content?.outbox.interrupted ?? []) {
    minor.push(`The circuit of ${sink} is ${phase.replace('_', ' ')}: ${reason}.`);
  }
  const dead = content?.outbox.dead ?? 0;
  if (dead > 0) minor.push(`Events were refused: ${dead}.`);
  return {
    state: fatal.length > 0 ? 'fault' : minor.length > 0 || waiting > BACKLOG ? 'attention' : 'ok',
    patterns: content?.patterns ?? null,
    waiting,
    toSend: content?.outbox.waiting ?? 0,
    faults: [...fatal, ...minor],
  };
}

// --- internal ---

/** A courier that lives takes events within a second; one at low priority on a busy machine, within a few. */
const STALLED_MS = 60_000;
/** More files than one batch of the courier takes. */
const BACKLOG = 1_024;
const FAULTS: Readonly<Record<ReadFault, string>> = {
  busy: 'The database is in use by another program.',
  damaged: 'The database is damaged: run `pattern-tracker repair`.',
  'other version': 'The database is of another version: run `pattern-tracker doctor`.',
  unreadable: 'The database cannot be read: run `pattern-tracker doctor`.',
};

/** What tracker.db says. */
interface Content extends StoredNotices {
  /** Undefined when the session is not known. */
  readonly patterns: number | undefined;
}

/** Most users have no such project, and need no module that reads settings. */
async function attemptsIn(tried: string): Promise<readonly ProjectAttempts[]> {
  if (!existsSync(tried)) return [];
  const { readAttempts } = await import('./attempts/attempts.ts');
  return readAttempts(tried);
}

/** Undefined while there is no database. */
async function readContent(
  paths: TrackerPaths,
  session: string | undefined,
): Promise<QuickReading<Content> | undefined> {
  const glance = readGlance(paths);
  const seen = session === undefined ? undefined : glance?.patterns.get(session);
  if (glance && (session === undefined || seen !== undefined)) {
    return { value: { ...glance, patterns: seen } };
  }
  if (!existsSync(paths.database)) return undefined;
  return await readQuickly(paths.database, (database) => ({
    ...storedState(database),
    patterns: session === undefined ? undefined : patternsOfSession(database, session),
  }));
}
