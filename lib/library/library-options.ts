import type { Clock } from '../base/clock.ts';
import type { ConfigInput } from './config-input.ts';

/** The options that override the configuration. */
export interface LibraryOptions {
  /** The installation's folder. @default PATTERN_TRACKER_HOME outside Claude Code, else hooks/pattern-tracker in Claude's folder */
  readonly home?: string | undefined;
  /** The server to ask; null for none. @default api.base_url of the configuration */
  readonly baseUrl?: string | null | undefined;
  /**
   * The longest time for a request, in seconds: above 0, at most 600. @default pattern_tracking.timeout of the
   * configuration, which is 5 by default
   */
  readonly timeout?: number | undefined;
  /** Takes precedence over the configuration's files and the environment. */
  readonly config?: ConfigInput | undefined;
  /**
   * Heed variables inside a Claude Code session, where a project can set them. Without it they set nothing
   * there, and asking the server fails with E_ENVIRONMENT if one names another server or a proxy.
   * @default false
   */
  readonly allowEnv?: boolean | undefined;
}

/** The options of `new PatternTracker()`. */
export interface PatternTrackerOptions extends LibraryOptions {
  /** @default the environment of this process */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Returns milliseconds since 1970 UTC. @default the system's clock */
  readonly clock?: Clock | undefined;
  /** The name of this machine, which the server is told. @default its host name */
  readonly machine?: string | undefined;
  /**
   * Whether to start a courier that delivers what is tracked, if none lives. Without it, delivery waits for the
   * next hook or `pattern-tracker flush`. @default true
   */
  readonly startCourier?: boolean | undefined;
}
