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
 * A place that records are delivered to, with an outbox, a breaker and a lock of its own. A sink is a
 * folder that exports one of these, and a line in `SINKS`; no code outside its folder knows its protocol.
 */
export interface Sink {
  /** Its name in tracker.db, in `--json` and after `--sink`; it never changes. */
  readonly name: string;
  /** What messages to people call it, such as `server`. */
  readonly noun: string;
  /** The key of its address in the configuration. */
  readonly key: string;
  /** The environment variable that also sets its address, if there is one. */
  readonly variable?: string;
  /** Its lines in logs/tracker.log. */
  readonly log: SinkLog;
  /** Its address; null when none is configured. */
  address(config: Config): string | null;
  /** True when the configuration names it and delivery to it is switched on. */
  delivers(config: Config): boolean;
  /** The lock that a process must hold while it delivers to this sink. */
  lockPath(paths: TrackerPaths): string;
  /**
   * Checks that the configured secrets can be read, and may be sent to the address if there is one.
   *
   * @throws TrackerError that says what is wrong
   */
  checkAccess(config: Config): void;
  /** Opens the feed that adds patterns to its outbox; without it, the sink gets none. `machine`: this machine's name. */
  patternFeed?(database: Database, machine: string): PatternFeed;
  /** Opens the feed that adds tool calls to its outbox; a sink without one gets none. */
  toolCallFeed?(database: Database): ToolCallFeed;
  /**
   * Called in a transaction when the address has changed: adds to the outbox what the old server knew and
   * the new one must be told. `destination` is its name in tracker.db; `now` is in milliseconds since 1970
   * UTC.
   */
  retell?(database: Database, destination: string, now: number): void;
  /**
   * Adds to the outbox of a destination that patterns are to be deleted there; returns how many. A sink without this keeps what it
   * has received. Called in a transaction.
   */
  erase?(database: Database, destination: string, erased: ErasedPatterns): number;
  /**
   * Asks the server for its health; left out where the protocol has no such request.
   *
   * @throws TrackerError as `OpenClient`
   */
  probe?(options: Omit<SinkClientOptions, 'machine'>): Promise<SinkProbe>;
  /** Loads the client. Call it only when there is something to send: the HTTP library is slow to load. */
  loadClient(): Promise<OpenClient>;
}

/** Patterns that a sink is to delete. */
export interface ErasedPatterns {
  readonly ids: readonly string[];
  /** Patterns that took their place, which it is told of. */
  readonly successors: readonly string[];
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
}

/** Opens a client. @throws TrackerError when there is no usable address, or a secret cannot be read */
export type OpenClient = (options: SinkClientOptions) => SinkClient;

/** What a client needs to be opened. */
export interface SinkClientOptions {
  readonly config: Config;
  readonly clock: Clock;
  /** The proxies that the environment names; `api.proxy` takes precedence. @default none */
  readonly proxy?: ProxySettings | undefined;
  /** The name of this machine, which sinks may be told. */
  readonly machine: string;
}

/** A server's answer to a health request. */
export interface SinkProbe {
  readonly isWell: boolean;
  /** What the server said, for people. */
  readonly detail: string;
  /** How long the answer took, in milliseconds; undefined when none came. */
  readonly latencyMs?: number | undefined;
}

/** Log lines that operators search for (docs/PATTERN_TRACKING_RESILIENCE_GUIDE.md). */
export interface SinkLog {
  /** Delivery has begun to fail. */
  unavailable(log: TrackerLog, reason: string): void;
  /** Delivery works again. */
  available(log: TrackerLog): void;
  /** The circuit breaker has opened, half opened or closed. */
  breakerMoved(log: TrackerLog, transition: Transition): void;
}

/** Adds patterns to an outbox. */
export interface PatternFeed {
  /** Adds one occurrence; `ordinal` counts the fragments of its event, from 0. */
  add(recorded: RecordedFragment, ordinal: number, origin: OccurrenceOrigin): void;
}

/** Adds tool calls to an outbox. */
export interface ToolCallFeed {
  /** Adds a call that has just ended, or updates its row while that still waits. */
  put(end: ToolCallEnd): void;
}
