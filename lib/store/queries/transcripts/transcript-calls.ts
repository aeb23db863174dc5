import type { ToolOutcome } from '../../../event/tool-call.ts';
import type { Database } from '../../database/database.ts';

/** A recorded call, as far as a transcript is compared with it. */
export interface RecordedCall {
  readonly sessionId: string;
  readonly toolUseId: string;
  readonly toolName: string;
  readonly outcome: ToolOutcome;
  /** 2 if Claude Code said so, 1 if it was inferred, 0 if it only began. */
  readonly certainty: number;
  readonly at: number;
  readonly recovered: number;
  /** True if it ran with another input than Claude asked for. */
  readonly isRewritten: number;
}

/** A recorded event that is about no call. */
export interface RecordedTurn {
  readonly name: string;
  readonly agentId: string | null;
  readonly at: number;
}

/** What is recorded, for comparison with a transcript. */
export class TranscriptCalls {
  readonly #byId;
  readonly #ofSession;
  readonly #turns;
  readonly #session;
  readonly #answer;

  constructor(database: Database) {
    const columns = `SELECT session_id AS sessionId, tool_use_id AS toolUseId, tool_name AS toolName, outcome, certainty,
      at, recovered, asked IS NOT NULL AS isRewritten FROM tool_calls`;
    this.#byId = database.prepare<[string, string], RecordedCall>(
      `${columns} WHERE tool_use_id = ? ORDER BY session_id = ? DESC LIMIT 1`,
    );
    this.#ofSession = database.prepare<[string], RecordedCall>(`${columns} WHERE session_id = ?`);
    this.#turns = database.prepare<[string], RecordedTurn>(
      `SELECT name, agent_id AS agentId, received_at AS at FROM events
       WHERE session_id = ? AND tool_use_id IS NULL AND name IN ('UserPromptSubmit', 'Stop', 'StopFailure',
         'PreCompact', 'SubagentStart', 'SubagentStop')`,
    );
    this.#session = database.prepare<[string], { endedAt: number | null }>(
      'SELECT ended_at AS endedAt FROM sessions WHERE id = ?',
    );
    this.#answer = database
      .prepare<[string], string>('SELECT session_id FROM message_usage WHERE message_id = ?')
      .pluck();
  }

  /** The call of that id: of that session if it has one, else of another, of which it is a fork. */
  find(toolUseId: string, sessionId: string): RecordedCall | undefined {
    return this.#byId.get(toolUseId, sessionId);
  }

  /** All calls of a session. */
  of(sessionId: string): RecordedCall[] {
    return this.#ofSession.all(sessionId);
  }

  /** The prompts, ends of turns, compactions and subagents of a session. */
  turns(sessionId: string): RecordedTurn[] {
    return this.#turns.all(sessionId);
  }

  /** The session in which the model gave an answer, if that is recorded. */
  answeredIn(messageId: string): string | undefined {
    return this.#answer.get(messageId);
  }

  /** True if the session is recorded and has not ended, so that hooks may be about to tell of it. */
  isOpen(sessionId: string): boolean {
    const session = this.#session.get(sessionId);
    return session !== undefined && session.endedAt === null;
  }
}
