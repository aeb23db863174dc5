import type { ToolOutcome } from '../../../event/tool-call.ts';
import type { Database } from '../../database/database.ts';

/** A call of a session, as far as it is counted. Times are milliseconds since 1970 UTC. */
export interface CountedCall {
  readonly toolUseId: string;
  readonly toolName: string;
  readonly agentId: string | null;
  readonly summary: string;
  readonly outcome: ToolOutcome;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly durationMs: number | null;
  readonly at: number;
  readonly linesAdded: number | null;
  readonly linesRemoved: number | null;
  readonly recovered: 0 | 1;
}

/** The calls of a session in the order in which they began, one at a time: a session may have very many. */
export function sessionCalls(database: Database, sessionId: string): Iterable<CountedCall> {
  return database
    .prepare<[string], CountedCall>(
      `SELECT tool_use_id AS toolUseId, tool_name AS toolName, agent_id AS agentId, summary, outcome,
         started_at AS startedAt, ended_at AS endedAt, duration_ms AS durationMs, at, lines_added AS linesAdded,
         lines_removed AS linesRemoved, recovered
       FROM tool_calls WHERE session_id = ? ORDER BY at, tool_use_id`,
    )
    .iterate(sessionId);
}

/** Finds the calls that do again what one before them did not achieve. */
export class Retries {
  readonly #failed = new Map<string, string>();

  /** Forgets what failed: a prompt asks for something new. */
  begin(): void {
    this.#failed.clear();
  }

  /**
   * The call that this one tries again: the last one of the same agent with the same tool, about the same file or
   * command, if it did not end well. Calls come in their order.
   */
  add({ toolUseId, toolName, agentId, summary, outcome }: CountedCall): string | null {
    const key = JSON.stringify([agentId, toolName, summary]);
    const earlier = this.#failed.get(key) ?? null;
    if (outcome === 'ok' || outcome === 'running') this.#failed.delete(key);
    else this.#failed.set(key, toolUseId);
    return earlier;
  }
}
