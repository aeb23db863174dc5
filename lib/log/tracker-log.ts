import type { Clock } from '../base/clock.ts';
import { errorMessage } from '../base/errors.ts';
import type { Transition } from '../delivery/breaker/breaker.ts';

/** What is written to logs/tracker.log: JSON lines, and never what Claude or the user wrote. */
export interface TrackerLog {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  /** `what` was being done; the error's message is a field. */
  error(what: string, error: unknown): void;
  /** As `error`, for a fault of this program: the error's stack is a field too. */
  unforeseen(what: string, error: unknown): void;
  /** The server does not take events; they wait in the outbox. */
  apiUnavailable(reason: string): void;
  breakerMoved(transition: Transition): void;
  highCacheUsage(entries: number, size: number): void;
  /** Resolves when everything is written. */
  close(): Promise<void>;
}

export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

/** A log that writes nothing. */
export const SILENT_LOG: TrackerLog = {
  info: () => {},
  warn: () => {},
  error: () => {},
  unforeseen: () => {},
  apiUnavailable: () => {},
  breakerMoved: () => {},
  highCacheUsage: () => {},
  close: async () => {},
};

/** The same error again is written after so long, in milliseconds: a log should say that it still holds. */
const REPEAT_MS = 3_600_000;
/** So many different errors are remembered. */
const MAX_REMEMBERED = 100;

/**
 * `log` with an error that comes again and again written once: anew only when an `info` line has told
 * of a change meanwhile, or after an hour.
 */
export function withoutRepeats(log: TrackerLog, clock: Clock): TrackerLog {
  const said = new Map<string, number>();
  const isNews = (line: string): boolean => {
    const last = said.get(line);
    const now = clock();
    // After a clock was set back nothing is known of how long ago that was.
    if (last !== undefined && now >= last && now - last < REPEAT_MS) return false;
    if (said.size >= MAX_REMEMBERED) said.clear();
    said.set(line, now);
    return true;
  };
  return {
    ...log,
    info(message, fields) {
      said.clear();
      log.info(message, fields);
    },
    error(what, error) {
      if (isNews(`${what}: ${errorMessage(error)}`)) log.error(what, error);
    },
    unforeseen(what, error) {
      if (isNews(`${what}: ${placeOf(error)}`)) log.unforeseen(what, error);
    },
  };
}

// --- internal ---

/** Where an error was thrown. One fault makes other words of every file, but always at the same place. */
function placeOf(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return /^ +at .*$/m.exec(stack)?.[0] ?? errorMessage(error);
}
