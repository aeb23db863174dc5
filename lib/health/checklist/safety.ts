import { existsSync } from 'node:fs';
import { byteText, counted } from '../../base/amount-text.ts';
import { errorMessage } from '../../base/errors.ts';
import { ago } from '../../base/time-text.ts';
import { newestGoodBackup } from '../../config/config-backup.ts';
import { configDifferences } from '../../config/config-differences.ts';
import { loadConfig } from '../../config/config-file.ts';
import { readDatabase } from '../../store/database/read-database.ts';
import { quickCheck } from '../../store/queries/health.ts';
import { redactionsCountedSince } from '../../store/queries/totals.ts';
import { fail, ok, warn } from '../checks/check.ts';
import type { CheckFinding } from '../checks/check.ts';
import { readLog } from '../../log/log-reader.ts';
import { newestBackup } from './checklist-facts.ts';
import type { ChecklistFacts } from './checklist-facts.ts';
import { fileBytes, logBytes } from './log-bytes.ts';

const DAY_MS = 86_400_000;
/** A weekly backup is older than this only if one was left out, in milliseconds. */
const OLD_BACKUP_MS = 8 * DAY_MS;
/** What an older backup lacks is too much to lose, in milliseconds. */
const STALE_BACKUP_MS = 31 * DAY_MS;
/** How long a new database may be without a backup before that is a warning, and a failure, in milliseconds. */
const FIRST_BACKUP_MS = DAY_MS;
const LATE_FIRST_BACKUP_MS = 7 * DAY_MS;
/** A session is compared when it ends: how long the first one may go on, in milliseconds. */
const FIRST_PROOF_MS = DAY_MS;
/** A backup of more bytes is not read for a daily check. */
const MAX_READ_BYTES = 1_000_000_000;
/** How many kinds of errors, and how many keys, are named. */
const MOST_NAMED = 3;

/** All that the transcripts tell is recorded, by the last comparison. */
export function complete(facts: ChecklistFacts): CheckFinding {
  const { at, stored } = facts.gathered();
  const { value, error } = stored.content;
  const reconcile = 'Run `pattern-tracker reconcile`: it says why, and adds what it can.';
  if (error) return fail(`not known: ${error.message}`, error.hint ?? reconcile);
  if (value === null || value.totals.sessions === 0) return ok('nothing is recorded yet');
  if (facts.config.config.transcripts === 'off') return ok('transcripts: off forbids to compare');
  if (value.proof === null) {
    return ageOf(facts) <= FIRST_PROOF_MS
      ? ok('no session was compared yet; the database is new')
      : warn('not known: no session was compared yet', reconcile);
  }
  const { calls, tracked, sessions, outdatedSessions, at: provenAt } = value.proof;
  if (outdatedSessions > 0) {
    const what = `not known of ${counted(outdatedSessions, 'session')}, compared before a repair or restore`;
    return warn(what, reconcile);
  }
  const found = `${tracked.toLocaleString('en-US')} of ${counted(calls, 'call')} of ${counted(sessions, 'session')}, compared ${ago(provenAt, at)}`;
  return tracked < calls ? warn(found, reconcile) : ok(found);
}

/** There is a backup of the database; it is not old, and can be read. */
export function backedUp(facts: ChecklistFacts): CheckFinding {
  const { paths, now } = facts;
  const mend = 'Run `pattern-tracker backup --keep 4`, or `pattern-tracker maintain --weekly`.';
  const backup = newestBackup(facts);
  if (!backup) {
    return existsSync(paths.database)
      ? neverBackedUp(facts, mend)
      : ok('nothing is recorded yet that a backup could save');
  }
  const { path, at } = backup;
  const bytes = fileBytes(path);
  if (bytes === undefined) return warn(`not known: ${path} is not there`, mend);
  const found = `${path}, ${byteText(bytes)}, ${ago(at, now())}`;
  try {
    if (bytes <= MAX_READ_BYTES) {
      const [fault] = readDatabase(path, (database) => quickCheck(database, 1)) ?? [];
      if (fault !== undefined) return fail(`${found}, is damaged: ${fault}`, mend);
    }
  } catch (error) {
    return fail(`${found}, cannot be read: ${errorMessage(error)}`, mend);
  }
  const age = now() - at;
  if (age > STALE_BACKUP_MS) return fail(`${found}, is too old`, mend);
  if (age > OLD_BACKUP_MS) return warn(`${found}, is old`, mend);
  return ok(bytes > MAX_READ_BYTES ? `${found}; too large to be read here` : found);
}

/** The configuration is the one that was backed up last. */
export function configKept({ paths }: Pick<ChecklistFacts, 'paths'>): CheckFinding {
  const { configFile, resilienceFile, loggingFile } = paths;
  const hasFile = [configFile, resilienceFile, loggingFile].some((file) => existsSync(file));
  const backup = newestGoodBackup(paths);
  const mend = 'If that is wanted, run `pattern-tracker config backup`.';
  if (!backup) {
    return hasFile ? warn('never backed up', mend) : ok('no file: the defaults are in force');
  }
  // Files only: what a variable sets here is no drift of the configuration.
  const [ours, theirs] = [loadConfig(paths).config, loadConfig(backup.files).config];
  const keys = configDifferences(ours, theirs).map(({ key }) => key);
  if (keys.length === 0) return ok(`as backed up: ${backup.name}`);
  const more = keys.length > MOST_NAMED ? ' and others' : '';
  return warn(
    `${counted(keys.length, 'key')} changed since ${backup.name}: ${keys.slice(0, MOST_NAMED).join(', ')}${more}`,
    `See \`pattern-tracker config diff --backup ${backup.name}\`. ${mend}`,
  );
}

/** Nothing has gone wrong since yesterday, by the log. */
export async function logQuiet({ paths, since }: ChecklistFacts): Promise<CheckFinding> {
  const counts = new Map<string, number>();
  const filter = { since, level: 'error' } as const;
  for await (const entries of readLog(paths.logFile, { filter, limit: -1 })) {
    for (const { message } of entries) counts.set(message, (counts.get(message) ?? 0) + 1);
  }
  if (counts.size === 0) return ok('no error since yesterday');
  const kinds = [...counts].toSorted(([, one], [, other]) => other - one);
  const named = kinds.slice(0, MOST_NAMED).map(([message, count]) => `${count} × ${message}`);
  const more = kinds.length > MOST_NAMED ? `, and ${kinds.length - MOST_NAMED} more kinds` : '';
  return warn(
    `${named.join(', ')}${more}`,
    'Run `pattern-tracker logs --level error --since yesterday`.',
  );
}

/** The log is rotated, and is not larger than the configuration lets it be. */
export function logBounded({ paths, config }: ChecklistFacts): CheckFinding {
  const { max_size_mb: megabytes, backup_count: backups } = config.courier.config.logging;
  const { files, bytes } = logBytes(paths.logFile);
  const most = megabytes * 1024 * 1024 * (Math.max(1, backups) + 1);
  const found = `${counted(files, 'file')}, ${byteText(bytes)}`;
  if (bytes <= most) return ok(found);
  return warn(
    `${found}, more than logging.max_size_mb and logging.backup_count allow`,
    'Run `pattern-tracker maintain --weekly`.',
  );
}

// --- internal ---

/** A database that is new is not backed up yet, and that is no fault. */
function neverBackedUp(facts: ChecklistFacts, mend: string): CheckFinding {
  const age = ageOf(facts);
  if (age > LATE_FIRST_BACKUP_MS) return fail('there is none', mend);
  return age > FIRST_BACKUP_MS ? warn('there is none', mend) : ok('none yet; the database is new');
}

/** How old the database is, in milliseconds; Infinity where that is not known. */
function ageOf({ paths, gathered, now }: ChecklistFacts): number {
  if (gathered().stored.content.error) return Infinity;
  const since = readDatabase(paths.database, redactionsCountedSince); // from its first moment on
  return since ? now() - since : Infinity;
}
