import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { byteText, counted } from '../../base/amount-text.ts';
import { processElapsed } from '../../base/deadline.ts';
import { InvariantError } from '../../base/errors.ts';
import { backUpConfig } from '../../config/config-backup.ts';
import { SINKS } from '../../delivery/sinks.ts';
import type { CheckFinding, Check } from '../../health/checks/check.ts';
import { fail, ok, warn } from '../../health/checks/check.ts';
import type { ChecklistFacts } from '../../health/checklist/checklist-facts.ts';
import { logBytes } from '../../health/checklist/log-bytes.ts';
import { configKept } from '../../health/checklist/safety.ts';
import { withDelivery } from '../../health/delivery-side.ts';
import { resetSinkMetrics, readSinkMetrics } from '../../health/metrics/sink-metrics.ts';
import { CourierUpkeep } from '../../ingest/courier/courier-upkeep.ts';
import { openLog } from '../../log/pino-log.ts';
import { SILENT_LOG } from '../../log/tracker-log.ts';
import type { LogFields } from '../../log/tracker-log.ts';
import { noteUnwiped } from '../../store/database/meta.ts';
import {
  backupName,
  backUpDatabase,
  listBackups,
  pruneBackups,
} from '../../store/maintenance/backup.ts';
import type { Backup } from '../../store/maintenance/backup.ts';
import { removeDatabase } from '../../store/maintenance/database-file.ts';
import { stageBackup } from '../../store/maintenance/restore.ts';
import { verifyDatabase } from '../../store/maintenance/verify.ts';
import { tidy, wipe } from '../../store/maintenance/wipe.ts';
import type { CliEnvironment } from '../environment.ts';
import { pageProgress } from '../output/page-progress.ts';
import type { StepLine } from '../output/step-line.ts';
import { withDatabase } from '../writable-database.ts';

/** What is to be maintained, and how thoroughly. */
export interface Maintenance {
  readonly cli: CliEnvironment;
  readonly facts: Pick<ChecklistFacts, 'config' | 'paths'>;
  /** Monthly: every row is checked, and the whole file is rewritten. */
  readonly isThorough: boolean;
  readonly isDry: boolean;
  /** Backups of the database that are kept. */
  readonly keep: number;
  readonly signal: AbortSignal;
  /** Shows on standard error which step runs; undefined shows nothing. */
  readonly steps: StepLine | undefined;
}

/** One step of maintenance: what it would do, and what it did. */
interface Step {
  readonly id: string;
  readonly title: string;
  readonly plan: (of: Maintenance) => CheckFinding;
  readonly run: (of: Maintenance, state: MaintenanceState) => CheckFinding | Promise<CheckFinding>;
  /** True for what may work with a database that is not sound, or not there. */
  readonly isApart?: boolean;
}

/** What the steps tell each other. */
interface MaintenanceState {
  isSound: boolean;
  backup: Backup | undefined;
}

/**
 * The steps in their order: nothing is removed before a backup was made and read back. Run them one after the other,
 * while no courier works.
 */
export function maintenanceSteps(): Check<Maintenance>[] {
  const state: MaintenanceState = { isSound: false, backup: undefined };
  return STEPS.map(({ id, title, plan, run, isApart }) => ({
    id,
    title,
    run: async (of) => {
      if (!isApart && !existsSync(of.facts.paths.database)) return ok('nothing is recorded yet');
      if (of.isDry) return plan(of);
      if (of.signal.aborted) return warn('left out', 'It was interrupted. Run it again.');
      if (!isApart && !state.isSound && id !== 'integrity') {
        return warn('left out, because the database is not sound', REPAIR);
      }
      of.steps?.show(title);
      try {
        return await run(of, state);
      } finally {
        of.steps?.end();
      }
    },
  }));
}

// --- internal ---

const REPAIR = 'Run `pattern-tracker repair`, then this again.';

const STEPS: readonly Step[] = [
  {
    id: 'integrity',
    title: 'Integrity',
    plan: ({ isThorough }) =>
      ok(isThorough ? 'would check every page, index and row' : 'would check every page and row'),
    run: checkIntegrity,
  },
  { id: 'backup', title: 'Backup', plan: planBackup, run: backUp },
  {
    id: 'restore',
    title: 'Test restore',
    plan: () => ok('would restore the backup beside the database, compare it, and remove it'),
    run: tryRestore,
  },
  { id: 'rotation', title: 'Backup rotation', plan: planRotation, run: rotate },
  { id: 'retention', title: 'Retention', plan: planRetention, run: retain },
  {
    id: 'cache',
    title: 'Cache',
    plan: (of) => ok(`would remove answers of the server older than ${ttl(of)}`),
    run: (of) => ok(`${counted(cleanCache(of), 'old answer')} removed`),
  },
  {
    id: 'metrics',
    title: 'Metrics',
    plan: () => ok('would note the numbers of delivery in the log, and count from 0'),
    run: rollOver,
  },
  {
    id: 'optimise',
    title: 'Optimise',
    plan: ({ isThorough }) =>
      ok(isThorough ? 'would rewrite the whole file' : 'would give free pages back'),
    run: optimise,
  },
  { id: 'logs', title: 'Logs', plan: planLogs, run: rotateLogs, isApart: true },
  { id: 'drift', title: 'Configuration', plan: drift, run: keepConfig, isApart: true },
];

function checkIntegrity({ facts, isThorough }: Maintenance, state: MaintenanceState): CheckFinding {
  const { findings, bytes } = verifyDatabase(facts.paths.database, { isQuick: !isThorough });
  const [first] = findings;
  if (first) return fail(`${counted(findings.length, 'finding')}: ${first.message}`, REPAIR);
  state.isSound = true;
  return ok(`sound, ${byteText(bytes)}`);
}

function folderOf({ facts }: Maintenance): string {
  return join(dirname(facts.paths.database), 'backups');
}

function planBackup(of: Maintenance): CheckFinding {
  const { database } = of.facts.paths;
  const name = backupName(folderOf(of), database, of.cli.now());
  return ok(`would write ${join(folderOf(of), name)}, ${byteText(statSync(database).size)}`);
}

async function backUp(of: Maintenance, state: MaintenanceState): Promise<CheckFinding> {
  const { database } = of.facts.paths;
  const progress = pageProgress(of.steps && of.cli);
  try {
    const to = join(folderOf(of), backupName(folderOf(of), database, of.cli.now()));
    const { signal } = of;
    state.backup = await backUpDatabase({ database, to, signal, onProgress: progress.update });
  } finally {
    progress.end();
  }
  return ok(`${state.backup.path}, ${byteText(state.backup.bytes)}`);
}

function tryRestore({ facts }: Maintenance, { backup }: MaintenanceState): CheckFinding {
  if (!backup) return warn('left out, because there is no backup', 'See the step before.');
  const staged = stageBackup(backup.path, facts.paths.database);
  try {
    const { tables } = staged.verification;
    if (JSON.stringify(tables) !== JSON.stringify(backup.tables)) {
      return fail('the restored rows are not those of the backup', 'Make another backup.');
    }
    const rows = tables.reduce((all, table) => all + (table.rows ?? 0), 0);
    return ok(`${counted(rows, 'row')} of ${counted(tables.length, 'table')} restored and removed`);
  } finally {
    removeDatabase(staged.path);
  }
}

function planRotation(of: Maintenance): CheckFinding {
  const old = listBackups(folderOf(of), of.facts.paths.database).length + 1 - of.keep;
  return ok(`would keep ${counted(of.keep, 'backup')}, and remove ${Math.max(0, old)}`);
}

function rotate(of: Maintenance, { backup }: MaintenanceState): CheckFinding {
  // Without a new one, the old ones may be all there is.
  if (!backup) return warn('left out, because there is no backup', 'See the steps before.');
  const { database } = of.facts.paths;
  const removed = pruneBackups(folderOf(of), database, of.keep);
  const kept = listBackups(folderOf(of), database).length;
  return ok(`${counted(kept, 'backup')} kept, ${removed.length} removed`);
}

function planRetention({ facts }: Maintenance): CheckFinding {
  const { raw_events_days: raw, patterns_days: patterns } = facts.config.courier.config.retention;
  const more =
    patterns === null ? '' : `, and patterns not written for ${counted(patterns, 'day')}`;
  return ok(`would remove payloads older than ${counted(raw, 'day')}${more}`);
}

async function retain({ cli, facts, signal }: Maintenance): Promise<CheckFinding> {
  const told: string[] = [];
  const note = (message: string, fields: LogFields = {}) => {
    const numbers = Object.entries(fields).map(([name, value]) => `${value} ${name}`);
    told.push([message, numbers.join(', ')].filter(Boolean).join(': '));
  };
  const log = { ...SILENT_LOG, info: note, warn: note };
  const { paths } = facts;
  const clocks = { clock: cli.now, elapsed: processElapsed };
  const upkeep = new CourierUpkeep({ paths, ...clocks, log: () => log });
  await withDatabase(cli, async (database) => {
    do await upkeep.run(database, facts.config.courier.config, signal);
    while (upkeep.isUnfinished);
  });
  return ok(told.length === 0 ? 'nothing is due' : told.join('; '));
}

function ttl({ facts }: Maintenance): string {
  return counted(facts.config.courier.config.pattern_tracking.cache_ttl, 'second');
}

function cleanCache({ cli, facts }: Maintenance): number {
  return withDelivery(cli, facts.config, ({ cache }) => cache.cleanup()) ?? 0;
}

async function rollOver(of: Maintenance): Promise<CheckFinding> {
  const { cli, facts } = of;
  const sums = withDelivery(cli, facts.config, ({ database, storeOf, cache }) => {
    const read = SINKS.map((sink) => {
      const sources = { database, delivery: storeOf(sink) };
      const numbers = readSinkMetrics(sources, sink.name);
      resetSinkMetrics(sources, cli.now());
      return numbers;
    });
    cache.resetHitRate();
    return read;
  });
  const used = (sums ?? []).filter(
    ({ total_requests: total, http_requests: requests }) => total + requests > 0,
  );
  if (used.length === 0) return ok('nothing was counted since the last time');
  const texts: string[] = [];
  for (const { sink, ...sum } of used) {
    await writeToLog(of, 'Metrics before they were reset', {
      sink,
      total_requests: sum.total_requests,
      successful_requests: sum.successful_requests,
      circuit_breaker_trips: sum.circuit_breaker_trips,
      avg_response_time_ms: sum.avg_response_time_ms,
    });
    texts.push(
      `${sink}: ${sum.successful_requests} of ${counted(sum.total_requests, 'event')} delivered`,
    );
  }
  return ok(`${texts.join(', ')}; noted in the log, and reset`);
}

async function optimise({ cli, facts, isThorough }: Maintenance): Promise<CheckFinding> {
  const { database: path } = facts.paths;
  const before = statSync(path).size;
  const isDone = await withDatabase(cli, async (database) => {
    database.pragma('optimize');
    if (!isThorough) return tidy(database);
    noteUnwiped(database); // so that the file is rewritten, whether or not something was deleted
    return await wipe(database, cli.now());
  });
  const found = `${byteText(before)} before, ${byteText(statSync(path).size)} after`;
  if (isDone) return ok(found);
  return warn(
    `${found}; not all could be done, because a program reads it or the disk lacks the space`,
    'Run this again later; the courier goes on with it, too.',
  );
}

function planLogs({ facts }: Maintenance): CheckFinding {
  const { max_age_days: days, backup_count: count } = facts.config.courier.config.logging;
  const { files, bytes } = logBytes(facts.paths.logFile);
  return ok(
    `${counted(files, 'file')}, ${byteText(bytes)}; would rotate what is older than ${counted(days, 'day')}, and keep ${count}`,
  );
}

async function rotateLogs(of: Maintenance): Promise<CheckFinding> {
  const before = logBytes(of.facts.paths.logFile);
  await writeToLog(of, 'Maintenance', { thorough: of.isThorough });
  const after = logBytes(of.facts.paths.logFile);
  return ok(
    `${counted(after.files, 'file')}, ${byteText(after.bytes)}; before: ${before.files}, ${byteText(before.bytes)}`,
  );
}

/** Whoever opens the log rotates it, and removes what is too old. */
async function writeToLog({ cli, facts }: Maintenance, message: string, fields: LogFields) {
  const { paths, config } = facts;
  const surroundings = { clock: cli.now, pid: process.pid, clean: (text: string) => text };
  const log = openLog(paths, config.courier.config.logging, surroundings);
  log.info(message, fields);
  await log.close();
}

function drift({ facts }: Maintenance): CheckFinding {
  return configKept(facts);
}

/** Says what has changed since the last backup of the configuration, and backs it up as it is now. */
function keepConfig(of: Maintenance): CheckFinding {
  const { error } = of.facts.config.courier;
  if (error !== null) {
    return fail(
      `it is broken, and was not backed up: ${error}`,
      'Correct it, or run `pattern-tracker config restore`.',
    );
  }
  const found = drift(of);
  if (found.status === 'ok') return found;
  const made = backUpConfig(of.facts.paths, of.cli.now());
  if (!made) throw new InvariantError('a configuration without files has drifted');
  return ok(`${found.found}; backed up as ${made.name}`);
}
