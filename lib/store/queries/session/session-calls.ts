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
export function* sessionCalls(database: Database, sessionId: string): Iterable<CountedCall> {
  const rows = database
    .prepare<[string], CallRow>(
      `SELECT tool_use_id, tool_name, agent_id, summary, outcome, started_at, ended_at, duration_ms, at, lines_added,
         lines_removed, recovered
       FROM tool_calls WHERE session_id = ? ORDER BY at, tool_use_id`,
    )
    // Arrays take half the time of objects.
    .raw()
    .iterate(sessionId) as Iterable<CallRow>;
  for (const row of rows) {
    const [toolUseId, toolName, agentId, summary, outcome, startedAt, endedAt, ...more] = row;
    const [durationMs, at, linesAdded, linesRemoved, recovered] = more;
    yield {
      toolUseId,
      toolName,
      agentId,
      summary,
      outcome,
      startedAt,
      endedAt,
      durationMs,
      at,
      linesAdded,
      linesRemoved,
      recovered,
    };
  }
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
    const key = `${agentId ?? ''}\n${toolName}\n${summary}`; // none of which has a newline
    const earlier = this.#failed.get(key) ?? null;
    if (outcome === 'ok' || outcome === 'running') this.#failed.delete(key);
    else this.#failed.set(key, toolUseId);
    return earlier;
  }
}

// --- internal ---

type CallRow = [
  toolUseId: string,
  toolName: string,
  agentId: string | null,
  summary: string,
  outcome: ToolOutcome,
  startedAt: number | null,
  endedAt: number | null,
  durationMs: number | null,
  at: number,
  linesAdded: number | null,
  linesRemoved: number | null,
  recovered: 0 | 1,
];
