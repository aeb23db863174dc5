import { EventEmitter } from 'node:events';
import { pino } from 'pino';
import type { DestinationStream } from 'pino';
import { errorCode, errorMessage } from '../base/errors.ts';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** One request as it is logged: no bodies, no queries, no tokens. */
export interface AccessLine {
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  readonly route: string;
  readonly status: number;
  readonly ms: number;
  readonly address: string | undefined;
  readonly tenant: string | undefined;
  /** Its public part. */
  readonly tokenId: string | undefined;
}

/** The service's log, JSON lines. */
export interface ServiceLog {
  access(line: AccessLine): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** What nobody has foreseen. */
  error(what: string, error: unknown, fields?: Readonly<Record<string, unknown>>): void;
  /** Writes what has gathered. */
  flush(): void;
}

export const SILENT_SERVICE_LOG: ServiceLog = {
  access: () => {},
  info: () => {},
  error: () => {},
  flush: () => {},
};

/** @param stream where lines go; undefined: standard error, gathered for a moment */
export function createServiceLog(level: LogLevel, stream?: DestinationStream): ServiceLog {
  const destination =
    stream ?? pino.destination({ fd: 2, sync: false, periodicFlush: 200, minLength: 4096 });
  // A full disk must cost lines, not the service.
  if (destination instanceof EventEmitter) destination.on('error', () => {});
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
  return {
    access({ requestId, path, ms, tokenId, ...line }) {
      // A probe comes every few seconds and says nothing while all is well.
      const isProbe = line.status < 400 && line.route.endsWith('/health');
      const fields = {
        request_id: requestId,
        ...line,
        path: path.slice(0, MAX_PATH),
        ms: Math.round(ms * 100) / 100,
        token_id: tokenId,
      };
      if (line.status >= 500) logger.error(fields, 'request');
      else if (isProbe) logger.debug(fields, 'request');
      else logger.info(fields, 'request');
    },
    info: (message, fields = {}) => logger.info(fields, message),
    error(what, error, fields = {}) {
      const stack = error instanceof Error ? error.stack : undefined;
      const cause = { code: errorCode(error), error: errorMessage(error), stack };
      logger.error({ ...fields, ...cause }, what);
    },
    flush() {
      if ('flushSync' in destination && typeof destination.flushSync === 'function') {
        try {
          destination.flushSync();
        } catch {
          // Not opened yet, so there is nothing to write.
        }
      }
    },
  };
}

// --- internal ---

const MAX_PATH = 300;
