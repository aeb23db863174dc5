import type { Database } from '../../database/database.ts';

/** The tool call that wrote a line. Times are milliseconds since 1970 UTC. */
export interface LineWriter {
  readonly eventId: string;
  readonly sessionId: string;
  readonly toolUseId: string | null;
  readonly toolName: string | null;
  /** The kind of the subagent that made the call; null for the session itself. */
  readonly agentType: string | null;
  readonly at: number;
  /** The model that made the call; null where it is not known, as in a subagent of which no transcript told. */
  readonly model: string | null;
  /** The pattern of the piece that the line was written in; null, as the generation, once it is past retention. */
  readonly patternId: string | null;
  readonly generation: number | null;
}

/** Finds the tool calls behind the authors of lines. */
export class LineWriters {
  readonly #occurrence;
  readonly #event;

  constructor(database: Database) {
    this.#occurrence = database.prepare<[string, number], LineWriter>(
      `SELECT o.event_id AS eventId, o.session_id AS sessionId, o.tool_use_id AS toolUseId,
         o.tool_name AS toolName, o.pattern_id AS patternId, p.generation, o.at,
         ${agentAndModel('o.session_id', 'o.tool_use_id', 'o.at')}
       FROM occurrences o LEFT JOIN patterns p ON p.id = o.pattern_id
       WHERE o.event_id = ? AND o.ordinal = ?`,
    );
    this.#event = database.prepare<[string], LineWriter>(
      `SELECT e.event_id AS eventId, e.session_id AS sessionId, e.tool_use_id AS toolUseId,
         (SELECT tool_name FROM tool_calls call
          WHERE call.session_id = e.session_id AND call.tool_use_id = e.tool_use_id) AS toolName,
         NULL AS patternId, NULL AS generation, e.received_at AS at,
         ${agentAndModel('e.session_id', 'e.tool_use_id', 'e.received_at')}
       FROM events e WHERE e.event_id = ?`,
    );
  }

  /** The call that an occurrence belongs to; undefined once nothing of it is kept. */
  find(eventId: string, ordinal: number): LineWriter | undefined {
    return this.#occurrence.get(eventId, ordinal) ?? this.#event.get(eventId);
  }
}

/**
 * SQL for the model that made a call: the one that the session had then, or that of the subagent, which may have another
 * one. Null where it is not known; only transcripts tell a subagent's.
 */
export function modelThen(session: string, call: string, at: string): string {
  return `CASE WHEN (${agentOf(session, call)}) IS NULL THEN
    (SELECT model FROM session_models
     WHERE session_id = ${session} AND at <= ${at} ORDER BY at DESC LIMIT 1)
    ELSE (SELECT model FROM subagents
     WHERE session_id = ${session} AND agent_id = (${agentOf(session, call)})) END`;
}

// --- internal ---

function agentOf(session: string, call: string): string {
  return `SELECT agent_id FROM tool_calls call
    WHERE call.session_id = ${session} AND call.tool_use_id = ${call}`;
}

/** SQL for the columns `agentType` and `model` of a call. */
function agentAndModel(session: string, call: string, at: string): string {
  return `(SELECT coalesce(agent.agent_type, 'subagent') FROM (${agentOf(session, call)}) made
      LEFT JOIN subagents agent ON agent.session_id = ${session} AND agent.agent_id = made.agent_id
      WHERE made.agent_id IS NOT NULL) AS agentType,
    ${modelThen(session, call, at)} AS model`;
}
