import type { Clock } from '../base/clock.ts';
import { errorMessage } from '../base/errors.ts';

/** What is written to logs/tracker.log: JSON lines, and never what Claude or the user wrote. */
export interface TrackerLog {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  /** `what` was being done; the error's message is a field. */
  error(what: string, error: unknown): void;
  /** The server does not take events; they wait in the outbox. */
  apiUnavailable(reason: string): void;
  breakerMoved(move: BreakerMove): void;
  highCacheUsage(entries: number, size: number): void;
  /** Resolves when everything is written. */
  close(): Promise<void>;
}

/** A change of the circuit breaker's phase, as the log shows it. */
export interface BreakerMove {
  readonly from: BreakerPhaseName;
  readonly to: BreakerPhaseName;
  readonly reason: string;
}

export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

/** The phases of a circuit breaker; named here, so that the log imports nothing of delivery. */
type BreakerPhaseName = 'closed' | 'open' | 'half_open';

/** A log that writes nothing. */
export const SILENT_LOG: TrackerLog = {
  info: () => {},
  warn: () => {},
  error: () => {},
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
  return {
    ...log,
    info(message, fields) {
      said.clear();
      log.info(message, fields);
    },
    error(what, error) {
      const line = `${what}: ${errorMessage(error)}`;
      const last = said.get(line);
      const now = clock();
      // After a clock was set back nothing is known of how long ago that was.
      if (last !== undefined && now >= last && now - last < REPEAT_MS) return;
      if (said.size >= MAX_REMEMBERED) said.clear();
      said.set(line, now);
      log.error(what, error);
    },
  };
}
