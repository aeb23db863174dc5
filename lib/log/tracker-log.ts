import type { Clock } from '../base/clock.ts';
import { errorMessage } from '../base/errors.ts';

/** Writes logs/tracker.log as JSON lines. What Claude or the user wrote never goes in. */
export interface TrackerLog {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  /** `what` says what was being done; the error's code and message become fields. */
  error(what: string, error: unknown): void;
  /** Like `error`, for a fault of this program: the error's stack becomes a field too. */
  unforeseen(what: string, error: unknown): void;
  /** Logs that the server does not accept events; they wait in the outbox. */
  apiUnavailable(reason: string): void;
  breakerMoved(move: BreakerMove): void;
  highCacheUsage(entries: number, size: number): void;
  /** Logs that an alert has begun or is over. */
  alert(line: AlertLine): void;
  /** Resolves once everything is written. */
  close(): Promise<void>;
}

/** A change of the circuit breaker's phase, as the log shows it. */
export interface BreakerMove {
  readonly from: BreakerPhaseName;
  readonly to: BreakerPhaseName;
  readonly reason: string;
}

/** What the log shows of an alert. */
export interface AlertLine {
  readonly rule: string;
  readonly state: 'firing' | 'resolved';
  readonly level: 'critical' | 'high' | 'medium' | 'low';
  readonly title: string;
  readonly detail: string;
  readonly action: string;
  readonly runbook: string;
}

/** Fields of a log line, beside its level, time and message. */
export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

/** The phases of a circuit breaker; named here, so that the log imports nothing of delivery. */
type BreakerPhaseName = 'closed' | 'open' | 'half_open';

/** A log that writes nothing. */
export const SILENT_LOG: TrackerLog = {
  info: () => {},
  warn: () => {},
  error: () => {},
  unforeseen: () => {},
  apiUnavailable: () => {},
  breakerMoved: () => {},
  highCacheUsage: () => {},
  alert: () => {},
  close: async () => {},
};

/** A repeated error is logged again after this time, in milliseconds, to show that it persists. */
const REPEAT_MS = 3_600_000;
/** How many different errors are remembered. */
const MAX_REMEMBERED = 100;

/**
 * Wraps `log` so that a repeated error is written once. It is written again after an hour, or once an
 * `info` line has reported a change.
 */
export function withoutRepeats(log: TrackerLog, clock: Clock): TrackerLog {
  const said = new Map<string, number>();
  const isNews = (line: string): boolean => {
    const last = said.get(line);
    const now = clock();
    // If the clock was set back, nobody knows how long ago that was: log it.
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

/** The place where an error was thrown: the message of one fault may differ for each file. */
function placeOf(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return /^ +at .*$/m.exec(stack)?.[0] ?? errorMessage(error);
}
