import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename } from 'node:path';
import { pino } from 'pino';
import { createStream } from 'rotating-file-stream';
import type { Clock } from '../base/clock.ts';
import { errorCode, errorMessage } from '../base/errors.ts';
import { makeWayForFile } from '../base/regular-file.ts';
import type { TrackerPaths } from '../base/paths.ts';
import { terminalSafe } from '../base/terminal-safe.ts';
import { SILENT_LOG, withoutRepeats } from './tracker-log.ts';
import type { TrackerLog } from './tracker-log.ts';

/** Operators grep for these lines and their runbooks may quote them, so they do not change. */
const API_UNAVAILABLE = '❌ [PatternTracker] API unavailable';
const BREAKER_TRIPPED = '❌ [PatternTracker] Circuit breaker tripped';
const HIGH_CACHE_USAGE = '⚠️ [PatternTracker] High cache usage';

const DAY_MS = 86_400_000;

/** How much is logged and kept: the section `logging` of the configuration, which has the defaults. */
export interface LogSettings {
  /** Lines below this level are not written. */
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** A file of this many megabytes is rotated. */
  readonly max_size_mb: number;
  /** A file whose first line is this many days old is rotated. */
  readonly max_age_days: number;
  /** Rotated files that are kept. */
  readonly backup_count: number;
}

/** Who writes the log. */
export interface LogSurroundings {
  readonly clock: Clock;
  readonly pid: number;
  /** Takes the secrets out of a text: the message of an error may quote what it failed on. */
  readonly clean: (text: string) => string;
}

/** Opens the log. Never throws and never prints; if the log cannot be written, it stays silent. */
export function openLog(
  paths: Pick<TrackerPaths, 'logs' | 'logFile'>,
  logging: LogSettings,
  surroundings: LogSurroundings,
): TrackerLog {
  if (logging.level === 'silent') return SILENT_LOG;
  try {
    mkdirSync(paths.logs, { recursive: true, mode: 0o700 });
    const { clock } = surroundings;
    makeWayForFile(paths.logFile);
    putAside(paths.logFile, logging, clock());
    return withoutRepeats(writingLog(paths, logging, surroundings), clock);
  } catch {
    return SILENT_LOG;
  }
}

// --- internal ---

function writingLog(
  paths: Pick<TrackerPaths, 'logs' | 'logFile'>,
  logging: LogSettings,
  { clock, pid, clean }: LogSurroundings,
): TrackerLog {
  const keeps = logging.backup_count;
  const stream = createStream(basename(paths.logFile), {
    path: paths.logs,
    size: `${Math.max(1, Math.round(logging.max_size_mb * 1024))}K`,
    interval: `${Math.max(1, Math.round(logging.max_age_days))}d`, // counted from the start of the process
    rotate: Math.max(1, keeps),
    mode: 0o600,
    encoding: 'utf8',
  });
  stream.on('error', () => {}); // the log itself failed, so there is nowhere to report it
  if (keeps === 0) stream.on('rotated', (name) => rmSync(name, { force: true }));
  const logger = pino(
    {
      level: logging.level,
      base: { pid },
      timestamp: () => `,"time":"${new Date(clock()).toISOString()}"`,
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) =>
          Object.fromEntries(
            Object.entries(fields).map(([name, value]) => [
              name,
              typeof value === 'string' ? clean(value) : value,
            ]),
          ),
      },
    },
    { write: (line: string) => stream.write(terminalSafe(line)) },
  );
  return {
    info: (message, fields = {}) => logger.info(fields, message),
    warn: (message, fields = {}) => logger.warn(fields, message),
    error: (what, error) =>
      logger.error({ code: errorCode(error) ?? null, error: errorMessage(error) }, what),
    unforeseen(what, error) {
      const stack = error instanceof Error ? (error.stack ?? null) : null;
      logger.error({ code: errorCode(error) ?? null, error: errorMessage(error), stack }, what);
    },
    apiUnavailable: (reason) => logger.error({ reason }, API_UNAVAILABLE),
    breakerMoved({ from, to, reason }) {
      const fields = { from, to, reason };
      if (to === 'open') logger.error(fields, BREAKER_TRIPPED);
      else logger.info(fields, `Circuit breaker ${to.replace('_', ' ')}`);
    },
    highCacheUsage: (entries, size) => logger.warn({ entries, size }, HIGH_CACHE_USAGE),
    alert({ state, level, title, rule, detail, action, runbook }) {
      const fields = { alert: rule, severity: level, detail, action, runbook };
      if (state === 'resolved') logger.info(fields, `✅ [PatternTracker] ${title}: over`);
      else if (level === 'low') logger.warn(fields, `⚠️ [PatternTracker] ${title}`);
      else logger.error(fields, `❌ [PatternTracker] ${title}`);
    },
    close: async () => new Promise((done) => void stream.end(() => done())),
  };
}

/**
 * Rotates a log that is too old, and removes backups beyond `backup_count`. rotating-file-stream counts
 * a file's age from the start of the process, and few couriers live for days.
 */
function putAside(file: string, { max_age_days, backup_count }: LogSettings, now: number) {
  const begun = firstTime(file);
  if (begun !== undefined && now - begun > max_age_days * DAY_MS) {
    for (let n = backup_count; n > 0; n--) {
      const older = n === 1 ? file : `${file}.${n - 1}`;
      if (existsSync(older)) renameSync(older, `${file}.${n}`);
    }
    if (backup_count === 0) rmSync(file);
  }
  for (let n = backup_count + 1; existsSync(`${file}.${n}`); n++) rmSync(`${file}.${n}`);
}

/** When the first line was written, in milliseconds since 1970; undefined without a readable line. */
function firstTime(file: string): number | undefined {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return undefined;
  const head = Buffer.alloc(256);
  const descriptor = openSync(file, 'r');
  try {
    readSync(descriptor, head, 0, head.length, 0);
  } finally {
    closeSync(descriptor);
  }
  const [, time = ''] = /"time":"([^"]+)"/.exec(head.toString('latin1')) ?? [];
  const at = Date.parse(time);
  return Number.isNaN(at) ? undefined : at;
}
