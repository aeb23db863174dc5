import type { Transition } from '../resilience/breaker.ts';

/** What is written to logs/tracker.log: JSON lines, and never what Claude or the user wrote. */
export interface TrackerLog {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  /** `what` was being done; the error's message is a field. */
  error(what: string, error: unknown): void;
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
  apiUnavailable: () => {},
  breakerMoved: () => {},
  highCacheUsage: () => {},
  close: async () => {},
};
