import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { basename } from 'node:path';
import { pino } from 'pino';
import { createStream } from 'rotating-file-stream';
import type { Clock } from '../base/clock.ts';
import { errorCode, errorMessage } from '../base/errors.ts';
import type { TrackerPaths } from '../base/paths.ts';
import type { Config } from '../contract/config.ts';
import { SILENT_LOG } from './tracker-log.ts';
import type { TrackerLog } from './tracker-log.ts';

/** The lines that operators search for; a runbook of theirs may name them. */
const API_UNAVAILABLE = '❌ [PatternTracker] API unavailable';
const BREAKER_TRIPPED = '❌ [PatternTracker] Circuit breaker tripped';
const HIGH_CACHE_USAGE = '⚠️ [PatternTracker] High cache usage';

/** Opens the log. It never throws and never prints: a disk that takes nothing makes it silent. */
export function openLog(
  paths: Pick<TrackerPaths, 'logs' | 'logFile'>,
  logging: Config['logging'],
  { clock, pid }: { readonly clock: Clock; readonly pid: number },
): TrackerLog {
  if (logging.level === 'silent') return SILENT_LOG;
  try {
    mkdirSync(paths.logs, { recursive: true, mode: 0o700 });
    return writingLog(paths, logging, { clock, pid });
  } catch {
    return SILENT_LOG;
  }
}

// --- internal ---

function writingLog(
  paths: Pick<TrackerPaths, 'logs' | 'logFile'>,
  logging: Config['logging'],
  { clock, pid }: { readonly clock: Clock; readonly pid: number },
): TrackerLog {
  const keeps = logging.backup_count;
  if (keeps > 0) makePrivate(`${paths.logFile}.txt`);
  const stream = createStream(basename(paths.logFile), {
    path: paths.logs,
    size: `${Math.max(1, Math.round(logging.max_size_mb * 1024))}K`,
    interval: `${Math.max(1, Math.round(logging.max_age_days))}d`,
    initialRotation: true,
    ...(keeps > 0 ? { maxFiles: keeps } : {}),
    mode: 0o600,
    encoding: 'utf8',
  });
  stream.on('error', () => {}); // nowhere to say so
  if (keeps === 0) stream.on('rotated', (name) => rmSync(name, { force: true }));
  const logger = pino(
    {
      level: logging.level,
      base: { pid },
      timestamp: () => `,"time":"${new Date(clock()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  );
  return {
    info: (message, fields = {}) => logger.info(fields, message),
    warn: (message, fields = {}) => logger.warn(fields, message),
    error: (what, error) =>
      logger.error({ code: errorCode(error) ?? null, error: errorMessage(error) }, what),
    apiUnavailable: (reason) => logger.error({ reason }, API_UNAVAILABLE),
    breakerMoved({ from, to, reason }) {
      const fields = { from, to, reason };
      if (to === 'open') logger.error(fields, BREAKER_TRIPPED);
      else logger.info(fields, `Circuit breaker ${to.replace('_', ' ')}`);
    },
    highCacheUsage: (entries, size) => logger.warn({ entries, size }, HIGH_CACHE_USAGE),
    close: async () => new Promise((done) => void stream.end(() => done())),
  };
}

/** The list of files put aside, which the library that rotates would make for all to read. */
function makePrivate(path: string): void {
  closeSync(openSync(path, 'a', 0o600));
}
