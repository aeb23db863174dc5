/** A tool call, as the API shows it. Times are milliseconds since 1970. */
export interface Execution {
  readonly sessionId: string;
  readonly toolUseId: string;
  readonly toolName: string;
  readonly agentName: string | null;
  readonly summary: string;
  readonly outcome: string;
  readonly error: string | null;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly durationMs: number | null;
  readonly at: number;
}

/** Which executions to list. All given conditions hold at once. */
export interface ExecutionFilter {
  readonly limit: number;
  readonly sessionId?: string | undefined;
  /** A session id or a tool_use_id. */
  readonly correlationId?: string | undefined;
}

/** The executions of one agent and tool among the newest `SUMMARY_EXECUTIONS`. */
export interface ExecutionSummary {
  readonly agentName: string | null;
  readonly toolName: string;
  readonly executions: number;
  readonly failed: number;
  readonly averageDurationMs: number | null;
  readonly maxDurationMs: number | null;
  readonly lastAt: number;
}

/** The newest executions that a summary is made from. */
export const SUMMARY_EXECUTIONS = 10_000;
