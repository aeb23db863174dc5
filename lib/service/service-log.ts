import { EventEmitter } from 'node:events';
import { pino } from 'pino';
import type { DestinationStream } from 'pino';
import { errorCode, errorMessage } from '../base/errors.ts';

/** The levels of the service's log, from most to least talkative; `silent` logs nothing. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
/** A level of {@link LOG_LEVELS}. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** One request as the log shows it: no body, no query, no token. */
export interface AccessLine {
  /** The client's `X-Request-Id`, else a random UUID. */
  readonly requestId: string;
  readonly method: string;
  /** As requested, without the query; cut at 300 characters. */
  readonly path: string;
  /** The route's path with its parameter names, `none` for an unknown path. */
  readonly route: string;
  readonly status: number;
  /** From the request's head to its reply, in milliseconds. */
  readonly ms: number;
  /** The client's IP address; undefined where there is no socket. */
  readonly address: string | undefined;
  /** Undefined when nobody was admitted. */
  readonly tenant: string | undefined;
  /** The public part of the token; undefined without one. */
  readonly tokenId: string | undefined;
}

/** The service's log: one JSON object a line. */
export interface ServiceLog {
  /**
   * Logs a request: `error` from status 500 on; others only if requests are logged, as `info`, or `debug`
   * for a health check that succeeds.
   */
  access(line: AccessLine): void;
  /** Logs something that operators expect, such as a start or a stop. */
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** Logs a failure that the code does not foresee, with code, message and stack of `error`. */
  error(what: string, error: unknown, fields?: Readonly<Record<string, unknown>>): void;
  /** Writes the lines that are still buffered. */
  flush(): void;
}

/** A log that writes nothing. */
export const SILENT_SERVICE_LOG: ServiceLog = {
  access: () => {},
  info: () => {},
  error: () => {},
  flush: () => {},
};

/** What is logged, and where. */
export interface ServiceLogOptions {
  readonly level: LogLevel;
  /** Whether to log every request, and not only those that fail with 500 or above. @default false */
  readonly withRequests?: boolean;
  /** Where lines go. @default standard error, buffered up to 4,096 bytes or 200 ms */
  readonly stream?: DestinationStream | undefined;
}

/** Opens a log. It never throws: when its stream fails, lines are lost. */
export function createServiceLog({
  level,
  withRequests = false,
  stream,
}: ServiceLogOptions): ServiceLog {
  const destination =
    stream ?? pino.destination({ fd: 2, sync: false, periodicFlush: 200, minLength: 4096 });
  // A full disk may cost log lines; it must not stop the service.
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
      if (!withRequests && line.status < 500) return;
      // Health checks come every few seconds, so a successful one is not worth a line.
      const isProbe = line.status < 400 && /\/health(?:\/live|\/ready)?$/.test(line.route);
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
          // The stream is not open yet, so there is nothing to write.
        }
      }
    },
  };
}

// --- internal ---

/** Longer paths are cut, in characters: an id may have 255, so a legitimate path fits. */
const MAX_PATH = 300;
