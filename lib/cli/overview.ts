import { counted } from '../base/amount-text.ts';
import { isoTime } from '../base/clock.ts';
import { errorMessage } from '../base/errors.ts';
import { startOfDay } from '../base/time-text.ts';
import type { Config } from '../config/config.ts';
import { captureText } from '../config/capture-text.ts';
import { readAttempts } from '../health/attempts/attempts.ts';
import { readCourier } from '../health/courier-facts.ts';
import type { CourierFacts } from '../health/courier-facts.ts';
import { isInstalled } from '../health/installation.ts';
import { localReasons } from '../health/local-reasons.ts';
import { readSpool } from '../health/spool-facts.ts';
import { recordingOf } from '../health/recording.ts';
import type { Recording } from '../health/recording.ts';
import { readRegistration } from '../install/settings/registration.ts';
import { readDatabase } from '../store/database/read-database.ts';
import { listPatterns } from '../store/queries/patterns.ts';
import type { ListedPattern } from '../store/queries/patterns.ts';
import { projectRoots } from '../store/queries/projects.ts';
import { countersOf, evictedFiles, setAsideDatabase } from '../store/queries/totals.ts';
import type { EvictedFiles, SetAside } from '../store/queries/totals.ts';
import { workSince } from '../store/queries/work.ts';
import type { Work } from '../store/queries/work.ts';
import { columnsOfPatterns, patternForJson } from './commands/patterns.ts';
import { courierConfig } from './courier-config.ts';
import type { CliEnvironment } from './environment.ts';
import { printJson } from './output/json-output.ts';
import { plainLine } from './output/plain-text.ts';
import { linesText, shortIds } from './listing/row-text.ts';
import { painter, renderTable } from './listing/table.ts';

/**
 * Prints what `pattern-tracker` shows without a command: whether Claude Code is recorded, what it did today, and
 * what to try next. It counts nothing older than today, so that it is fast however much was recorded.
 */
export async function printOverview(cli: CliEnvironment, json: boolean): Promise<void> {
  const overview = gather(cli, (await courierConfig(cli))?.config.capture);
  if (json) printJson(cli, forJson(overview));
  else cli.out(render(cli, overview));
}

// --- internal ---

/** How many patterns are shown. */
const PATTERNS = 5;
/** The courier has a line of its own. */
const WELL = { status: 'idle', reason: null } as const;

interface Overview {
  readonly recording: Recording;
  readonly isInstalled: boolean;
  readonly courier: CourierFacts;
  /** When today began, in milliseconds since 1970. */
  readonly since: number;
  /** Null while there is no database, or when it cannot be read. */
  readonly today: Work | null;
  /** What the policy leaves out, in one line; null when nothing is left out. */
  readonly kept: string | null;
  /** What needs a look although recording goes on, a sentence each. */
  readonly reasons: readonly string[];
  /** The last written first. */
  readonly patterns: readonly ListedPattern[];
  /** The root of every project. */
  readonly roots: readonly string[];
  /** Why the database cannot be read; null when it can. */
  readonly error: string | null;
}

/** A command, and what it is good for. */
type Advice = readonly [command: string, purpose: string];

function gather(cli: CliEnvironment, capture: Config['capture'] | undefined): Overview {
  const { paths } = cli;
  const since = startOfDay(cli.now());
  const installed = isInstalled(paths);
  const known = {
    recording: recordingOf(readRegistration(cli), cli, installed),
    isInstalled: installed,
    courier: readCourier(paths),
    since,
    kept: captureText(capture, {}),
  };
  const spool = readSpool(paths);
  const attempts = readAttempts(paths.tried);
  const reasons = (setAside?: SetAside, evicted?: EvictedFiles) =>
    localReasons({ courier: WELL, spool, setAside, evicted, attempts });
  try {
    const stored = readDatabase(paths.database, (database) => ({
      reasons: reasons(setAsideDatabase(database), evictedFiles(database)),
      kept: captureText(capture, countersOf(database)),
      today: workSince(database, since),
      patterns: listPatterns(database, { sort: 'recent', limit: PATTERNS }),
      roots: projectRoots(database),
    }));
    return {
      ...known,
      reasons: reasons(),
      today: null,
      patterns: [],
      roots: [],
      error: null,
      ...stored,
    };
  } catch (error) {
    return {
      ...known,
      reasons: reasons(),
      today: null,
      patterns: [],
      roots: [],
      error: errorMessage(error),
    };
  }
}

function render(cli: CliEnvironment, overview: Overview): string {
  const { recording, courier, reasons, kept, today, patterns, roots, error } = overview;
  const paint = painter(cli.color);
  const fact = (label: string, text: string) => `${paint('bold', label.padEnd(10))}  ${text}\n`;
  const list =
    patterns.length > 0
      ? renderTable(cli, columnsOfPatterns({ rows: patterns, roots }, cli), patterns)
      : '';
  const commands = adviceFor(overview).map(([command, purpose]) => ({ command, purpose }));
  const width = Math.max(...commands.map(({ command }) => command.length));
  return [
    recording.state === 'on'
      ? fact('Recording', paint('green', plainLine(`on, by ${recording.by.join(' and ')}`)))
      : fact('Recording', paint('red', plainLine(`off: ${recording.why}`))) +
        fact('', plainLine(recording.hint)),
    courier.reason === null
      ? ''
      : fact('Courier', paint('red', plainLine(`${courier.status}: ${courier.reason}`))),
    ...reasons.map((reason) => fact('Attention', paint('yellow', plainLine(reason)))),
    error === null ? '' : fact('Database', paint('red', plainLine(error))),
    kept === null ? '' : fact('Kept', plainLine(kept)),
    today === null ? '' : fact('Today', workText(today)),
    list && `\n${paint('bold', 'Last written')}\n${list}`,
    `\n${paint('bold', 'Try')}\n`,
    ...commands.map(
      ({ command, purpose }) => `  ${command.padEnd(width)}  ${paint('dim', purpose)}\n`,
    ),
    `\n${paint('dim', 'All commands: pattern-tracker --help')}\n`,
  ].join('');
}

function workText(work: Work): string {
  if (work.sessions + work.toolCalls === 0) return 'nothing yet';
  const failed = work.failedToolCalls > 0 ? ` (${work.failedToolCalls} failed)` : '';
  const lines = work.linesAdded + work.linesRemoved > 0 ? ` (${linesText(work)} lines)` : '';
  return [
    counted(work.sessions, 'session'),
    counted(work.toolCalls, 'tool call') + failed,
    counted(work.files, 'file') + lines,
  ].join(', ');
}

/** Three things to try, by how far the user has come. */
function adviceFor({
  recording,
  isInstalled: installed,
  courier,
  reasons,
  today,
  patterns,
  error,
}: Overview): Advice[] {
  if (!installed && recording.state === 'off') {
    return [
      ['pattern-tracker install --dry-run', 'what installing would change'],
      ['pattern-tracker install', 'records every tool call from the next session on'],
      ['pattern-tracker capture-test', 'sends one event through all of it'],
    ];
  }
  const [last] = patterns;
  if (error !== null || !last) {
    return [
      ['pattern-tracker doctor', 'checks every link from Claude Code to the database'],
      ['pattern-tracker capture-test', 'sends one event through all of it'],
      ['pattern-tracker tail', 'follows what Claude does, live'],
    ];
  }
  const edit = patterns.find(({ generation }) => generation > 1);
  const id = shortIds(patterns.map((pattern) => pattern.id))((edit ?? last).id);
  return [
    edit
      ? [`pattern-tracker show ${id} --diff`, 'what this version changed']
      : [`pattern-tracker show ${id}`, 'code, places and lineage of a pattern'],
    today !== null && today.failedToolCalls > 0
      ? ['pattern-tracker tool-calls --outcome failed', 'what went wrong, and why']
      : ['pattern-tracker sessions', 'what each session was about, and what came of it'],
    recording.state === 'off' || courier.reason !== null || reasons.length > 0
      ? ['pattern-tracker doctor', 'checks every link from Claude Code to the database']
      : ['pattern-tracker tail', 'follows what Claude does, live'],
  ];
}

function forJson(overview: Overview) {
  const { recording, courier, reasons, since, today, patterns, error } = overview;
  return {
    recording,
    isInstalled: overview.isInstalled,
    courier: { status: courier.status, reason: courier.reason },
    attention: reasons,
    kept: overview.kept,
    today: today && { since: isoTime(since), ...today },
    patterns: patterns.map(patternForJson),
    databaseError: error,
    try: adviceFor(overview).map(([command, purpose]) => ({ command, purpose })),
  };
}
