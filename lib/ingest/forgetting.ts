import {
  closeSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { basename, join, sep } from 'node:path';
import { sync as writeFileAtomic } from 'write-file-atomic';
import type { TrackerPaths } from '../base/paths.ts';
import { triedProject } from '../capture/attempt.ts';
import { removeForgottenRows } from '../delivery/store/forgotten-rows.ts';
import type { Database } from '../store/database/database.ts';
import { eraseAt, toldPatterns } from './told-patterns.ts';
import { isOfWholeSessions, isOnlyMatch } from '../store/maintenance/forget/criteria.ts';
import type { ForgetCriteria } from '../store/maintenance/forget/criteria.ts';
import {
  forgetJobs,
  noteFilesDone,
  noteRowsGone,
  removeForgetJob,
} from '../store/maintenance/forget/forget-job.ts';
import type { ForgetJob } from '../store/maintenance/forget/forget-job.ts';
import { filesBelow, fileSearch } from '../store/maintenance/forget/byte-search.ts';
import { keptCopies, rewriteCopy } from '../store/maintenance/forget/kept-copies.ts';
import type { ForgottenCopy, KeptCopy } from '../store/maintenance/forget/kept-copies.ts';
import { removeChosen } from '../store/maintenance/forget/removal.ts';
import type { RemovedKeys, ErasedRows } from '../store/maintenance/forget/removal.ts';
import { formsOf } from '../store/maintenance/forget/text-forms.ts';
import { tracesOf } from '../store/maintenance/forget/traces.ts';
import { wipe } from '../store/maintenance/wipe.ts';

/** Rows of all kinds that were removed. */
export interface ForgottenRows extends ErasedRows {
  readonly outbox: number;
  /** Patterns that each sink is asked to delete, by the destination's name. */
  readonly erasures: Readonly<Record<string, number>>;
}

/** What was done, as far as this process did it. */
export interface Erasure {
  /** Undefined if an earlier process had removed the rows. */
  readonly rows: ForgottenRows | undefined;
  readonly quarantineFiles: number;
  readonly logLines: number;
  readonly copies: readonly (KeptCopy & Pick<ForgottenCopy, 'isRewritten' | 'error'>)[];
  readonly traces: readonly string[];
  /** False if freed pages or the WAL still hold something; the courier goes on with it. */
  readonly isWiped: boolean;
}

/**
 * Removes the chosen rows, with those of the outbox, and has the servers told. Call it in a transaction; `now` is
 * in milliseconds since 1970 UTC. `onChosen` is called before anything is removed.
 */
export function forgetRows(
  database: Database,
  criteria: ForgetCriteria,
  now: number,
  onChosen?: () => void,
): ForgottenRows {
  let outbox = 0;
  let erasures: Record<string, number> = {};
  const onRemoved = (keys: RemovedKeys) => {
    const told = toldPatterns(database, keys.patternIds);
    outbox = removeForgottenRows(database, keys);
    erasures = eraseAt(database, told, now);
  };
  const rows = removeChosen(database, criteria, { onChosen, onRemoved });
  return { ...rows, outbox, erasures };
}

/**
 * Carries out a job from where it stands. It may be killed at any moment: `finishForgetting` then goes on. No other
 * process may take in events meanwhile.
 *
 * @throws SQLite's error, or that of a file that cannot be written
 */
export async function carryOut(
  database: Database,
  started: ForgetJob,
  paths: TrackerPaths,
  now: number,
): Promise<Erasure> {
  let job = started;
  let rows: ForgottenRows | undefined;
  if (job.phase === 'rows') {
    const { criteria } = job.order;
    database
      .transaction(() => {
        let traces: readonly string[] = [];
        rows = forgetRows(database, criteria, now, () => {
          traces = tracesOf(database, criteria);
        });
        job = noteRowsGone(database, job, traces);
      })
      .immediate();
  }
  const { traces } = job;
  const copies: Erasure['copies'][number][] = [];
  let [quarantineFiles, logLines] = [0, 0];
  if (job.phase === 'files') {
    const { criteria, rewritesBackups } = job.order;
    quarantineFiles = removeWaste(paths, criteria, traces, now);
    logLines = clearLogs(paths.logs, traces);
    removeTried(paths.tried, criteria);
    clearAlerts(paths.alerts, traces);
    for (const copy of keptCopies(paths.database)) {
      const error = rewritesBackups
        ? rewriteCopy(copy, paths.database, criteria, removeForgottenRows)
        : null;
      copies.push({ ...copy, isRewritten: rewritesBackups && error === null, error });
    }
    job = noteFilesDone(database, job);
  }
  const isWiped = await wipe(database, now);
  if (isWiped) removeForgetJob(database, job);
  return { rows, quarantineFiles, logLines, copies, traces, isWiped };
}

/** Goes on with everything that is to be forgotten and that another process did not finish. */
export async function finishForgetting(
  database: Database,
  paths: TrackerPaths,
  now: number,
): Promise<void> {
  for (const job of forgetJobs(database)) await carryOut(database, job, paths, now);
}

// --- internal ---

/** Files of capture that are younger may still be written to, in milliseconds. */
const UNFINISHED_MS = 60_000;

/** Removes files that hold what is forgotten, and never became events; returns their number. */
function removeWaste(
  paths: TrackerPaths,
  criteria: ForgetCriteria,
  traces: readonly string[],
  now: number,
): number {
  const isMeant = wasteTest(criteria, traces);
  let removed = 0;
  for (const path of [...filesBelow(paths.spoolBad), ...filesBelow(paths.spoolTmp)]) {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (!stats || (path.startsWith(paths.spoolTmp) && now - stats.mtimeMs < UNFINISHED_MS))
      continue;
    if (!isMeant(path, Math.floor(stats.mtimeMs))) continue;
    rmSync(path, { force: true });
    removed += 1;
  }
  return removed;
}

/** Removes what was counted of projects that are forgotten: their files are named after them. */
function removeTried(folder: string, criteria: ForgetCriteria): void {
  const { projects = [], match } = criteria;
  for (const path of filesBelow(folder)) {
    const project = triedProject(basename(path));
    if (project === undefined) continue;
    const isOfProject = projects.some((root) => project === root || project.startsWith(root + sep));
    if (
      (isOfProject && isOfWholeSessions(criteria)) ||
      (isOnlyMatch(criteria) && match !== undefined && project.includes(match))
    ) {
      rmSync(path, { force: true });
    }
  }
}

/** The criteria for a file that cannot be parsed: all of them have to be met, as far as its bytes tell. */
function wasteTest(
  {
    session,
    projects,
    files,
    pattern,
    match,
    since = -Infinity,
    until = Infinity,
    at,
  }: ForgetCriteria,
  traces: readonly string[],
): (path: string, writtenAt: number) => boolean {
  if (projects?.length === 0 || files?.length === 0) return () => false; // they chose nothing
  const holdsSome = (texts: readonly string[]) => {
    const search = fileSearch(texts);
    return (path: string) => (search(path)?.traces.length ?? 0) > 0;
  };
  const tests = [
    session === undefined ? [] : [session],
    projects ?? [],
    files ?? [],
    pattern === undefined ? [] : traces,
    match === undefined ? [] : [match],
  ]
    .filter((texts) => texts.length > 0)
    .map(holdsSome);
  return (path, writtenAt) =>
    writtenAt >= since && writtenAt < until && writtenAt <= at && tests.every((test) => test(path));
}

/** Removes lines of the logs that hold one of the texts; returns their number. */
function clearLogs(folder: string, traces: readonly string[]): number {
  const forms = traces.flatMap(formsOf);
  const holds = (line: string) => forms.some((form) => line.includes(form));
  let removed = 0;
  for (const name of forms.length > 0 ? namesIn(folder) : []) {
    const path = join(folder, name);
    const lines = readFileSync(path, 'utf8').split('\n');
    const kept = lines.filter((line) => !holds(line));
    if (kept.length === lines.length) continue;
    removed += lines.length - kept.length;
    overwrite(path, kept.join('\n'));
  }
  return removed;
}

/** Empties the texts in the state of alerts that hold one of the texts: they may repeat what a server said. */
function clearAlerts(path: string, traces: readonly string[]): void {
  if ((fileSearch(traces)(path)?.traces.length ?? 0) === 0) return;
  const forms = traces.flatMap(formsOf);
  const text = readFileSync(path, 'utf8').replace(JSON_STRING, (written) =>
    forms.some((form) => written.includes(form)) ? '""' : written,
  );
  writeFileAtomic(path, text, { mode: 0o600 });
}

const JSON_STRING = /"(?:[^"\\]|\\.)*"/g;

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
      entry.isFile() ? [entry.name] : [],
    );
  } catch {
    return []; // nothing was logged yet
  }
}

/** Keeps the file itself, because other processes have it open and append to it. */
function overwrite(path: string, text: string): void {
  const file = openSync(path, 'r+');
  try {
    ftruncateSync(file, 0);
    writeSync(file, text, 0);
  } finally {
    closeSync(file);
  }
}
