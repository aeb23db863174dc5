import type { Clock } from '../base/clock.ts';
import type { TrackerPaths } from '../base/paths.ts';
import type { Config } from '../config/config.ts';
import type { ToolCallEnd } from '../event/tool-call.ts';
import type { TrackerLog } from '../log/tracker-log.ts';
import type { Database } from '../store/database/database.ts';
import type { OccurrenceOrigin, RecordedFragment } from '../pattern/recorded-fragment.ts';
import type { Transition } from './breaker/breaker.ts';
import type { ProxySettings } from './http/proxy-settings.ts';
import type { SinkClient } from './sink-client.ts';

/**
 * A place that what was recorded can be sent to, with an outbox, a breaker and a lock of its own. A sink
 * is a folder that exports one of these, and a line in `SINKS`; nobody else knows what it speaks.
 */
export interface Sink {
  /** Its name in tracker.db, in `--json` and after `--sink`; it never changes. */
  readonly name: string;
  /** What people call it. */
  readonly noun: string;
  /** The key of its address in the configuration. */
  readonly key: string;
  /** The environment variable that names its address too, if there is one. */
  readonly variable?: string;
  /** Its lines in logs/tracker.log. */
  readonly log: SinkLog;
  /** Its address; null when none is configured. */
  address(config: Config): string | null;
  /** True when the configuration names it and wants things sent there. */
  delivers(config: Config): boolean;
  /** The lock that whoever delivers to it holds. */
  lockPath(paths: TrackerPaths): string;
  /**
   * Checks whether the configuration's secrets can be read, and sent where it says.
   *
   * @throws TrackerError
   */
  checkAccess(config: Config): void;
  /** What puts patterns into its outbox; without it, the sink is sent none. `machine`: its name. */
  patternFeed?(database: Database, machine: string): PatternFeed;
  /** What puts tool calls into its outbox; without it, the sink is sent none. */
  toolCallFeed?(database: Database): ToolCallFeed;
  /**
   * Its address has changed: brings into the outbox what the old server knew and the new one has to be
   * told. Called in a transaction. `now`: milliseconds since 1970.
   */
  retell?(database: Database, now: number): void;
  /** Asks the server how it is; without it, the sink cannot be asked. @throws TrackerError as `OpenClient` */
  probe?(options: Omit<SinkClientOptions, 'machine'>): Promise<SinkProbe>;
  /** Loads what speaks to it. Only called when there is something to send: HTTP takes longest to load. */
  loadClient(): Promise<OpenClient>;
}

/** Opens a client. @throws TrackerError when the configuration cannot be acted on: no address, a token file */
export type OpenClient = (options: SinkClientOptions) => SinkClient;

/** What a client is opened with. */
export interface SinkClientOptions {
  readonly config: Config;
  readonly clock: Clock;
  /** The proxies of the environment, where it may be asked; `api.proxy` comes before them. */
  readonly proxy?: ProxySettings | undefined;
  /** The name of this machine. */
  readonly machine: string;
}

/** What a server says of itself when it is asked. */
export interface SinkProbe {
  readonly isWell: boolean;
  /** For people. */
  readonly detail: string;
}

/** The lines that operators search for (docs/delivery.md). */
export interface SinkLog {
  /** Nothing is delivered any more. */
  unavailable(log: TrackerLog, reason: string): void;
  /** Events are delivered again. */
  available(log: TrackerLog): void;
  /** The circuit breaker has opened, half opened or closed. */
  breakerMoved(log: TrackerLog, transition: Transition): void;
}

/** Puts patterns into an outbox. */
export interface PatternFeed {
  /** Adds the `ordinal`th occurrence of an event. */
  add(recorded: RecordedFragment, ordinal: number, origin: OccurrenceOrigin): void;
}

/** Puts tool calls into an outbox. */
export interface ToolCallFeed {
  /** Adds a call that has just ended, or changes the row of one that still waits. */
  put(end: ToolCallEnd): void;
}
