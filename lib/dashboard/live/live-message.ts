/** What the stream `/events` tells, by the name of the message. Times are milliseconds since 1970 UTC. */
export interface Live {
  /** Something was recorded. Its id is that of the newest stored event, with which the stream is resumed. */
  readonly change: {
    /**
     * The sessions that events came of; none where something else was written. Null for any: too many, or another
     * database.
     */
    readonly sessions: readonly string[] | null;
  };
  /** How things stand: sent at the beginning, when it changes, and every few seconds. */
  readonly state: LiveState;
}

/** How recording stands. */
export interface LiveState {
  readonly at: number;
  /** For how long the oldest captured event has waited to be stored, in milliseconds; 0 if none waits. */
  readonly behindMs: number;
  /** Sessions that wait for the user. */
  readonly waiting: number;
  /** In one word, as `pattern-tracker health` says it. */
  readonly health: 'healthy' | 'degraded' | 'unhealthy';
}
