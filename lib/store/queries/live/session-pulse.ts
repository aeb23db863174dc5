import type { Database } from '../../database/database.ts';
import { promptHead, typedPrompts } from '../authorship/prompts.ts';
import { lastMark } from '../session/session-marks.ts';
import type { SessionMark } from '../session/session-marks.ts';
import { sessionUsage, tokenSum } from '../session/session-usage.ts';
import type { TokenSums } from '../session/session-usage.ts';

/** A call that runs. */
export interface RunningCall {
  readonly toolUseId: string;
  readonly toolName: string;
  /** The subagent that makes it; null for the session itself. */
  readonly agentId: string | null;
  readonly summary: string;
  /** Milliseconds since 1970 UTC. */
  readonly startedAt: number;
}

/** What a session does at this moment. Times are milliseconds since 1970 UTC. */
export interface SessionPulse {
  /** The last event about no call: a prompt, the end of a turn, a question. */
  readonly lastMark: SessionMark | null;
  /** The beginning of the last prompt that the user typed. */
  readonly lastPrompt: string | null;
  /** The calls that run, the last first. */
  readonly running: readonly RunningCall[];
  readonly lastFailure: {
    readonly toolUseId: string;
    readonly toolName: string;
    readonly error: string | null;
    readonly at: number;
  } | null;
  /** Subagents that have begun and not ended. */
  readonly agents: number;
  readonly tokens: TokenSums;
}

/** Reads what sessions do. */
export function pulseReader(database: Database): (sessionId: string) => SessionPulse {
  const prompt = database
    .prepare<[string], string | null>(
      `SELECT ${promptHead('prompt', 300)} FROM (${typedPrompts('session_id = ?')}) ORDER BY id DESC LIMIT 1`,
    )
    .pluck();
  const running = database.prepare<[string], RunningCall>(
    `SELECT tool_use_id AS toolUseId, tool_name AS toolName, agent_id AS agentId, summary, at AS startedAt
     FROM tool_calls INDEXED BY tool_calls_running WHERE session_id = ? AND outcome = 'running'
     ORDER BY at DESC LIMIT 20`,
  );
  const failure = database.prepare<[string], NonNullable<SessionPulse['lastFailure']>>(
    `SELECT tool_use_id AS toolUseId, tool_name AS toolName, substr(error, 1, 300) AS error, at
     FROM tool_calls WHERE session_id = ? AND outcome = 'failed' ORDER BY at DESC LIMIT 1`,
  );
  const agents = database
    .prepare<[string], number>(
      'SELECT count(*) FROM subagents WHERE session_id = ? AND ended_at IS NULL',
    )
    .pluck();
  return (sessionId) => ({
    lastMark: lastMark(database, sessionId) ?? null,
    lastPrompt: prompt.get(sessionId) ?? null,
    running: running.all(sessionId),
    lastFailure: failure.get(sessionId) ?? null,
    agents: agents.get(sessionId) ?? 0,
    tokens: tokenSum(sessionUsage(database, sessionId)),
  });
}

/**
 * How many calls of each session began in each of the minutes since a time, in milliseconds since 1970 UTC; of very many,
 * the last.
 */
export function callsByMinute(
  database: Database,
  since: number,
  minutes: number,
): ReadonlyMap<string, readonly number[]> {
  const rows = database
    .prepare<[{ since: number; most: number }], [string, number, number]>(
      `SELECT session_id, CAST((at - @since) / 60000 AS INTEGER) AS minute, count(*)
       FROM (SELECT session_id, at FROM tool_calls WHERE at >= @since ORDER BY at DESC LIMIT @most)
       GROUP BY session_id, minute`,
    )
    .raw()
    .all({ since, most: MOST_COUNTED_CALLS }) as [string, number, number][];
  const sessions = new Map<string, number[]>();
  for (const [session, minute, calls] of rows) {
    let counts = sessions.get(session);
    if (counts === undefined) {
      counts = Array.from({ length: minutes }, () => 0);
      sessions.set(session, counts);
    }
    if (minute >= 0 && minute < minutes) counts[minute] = calls;
  }
  return sessions;
}

// --- internal ---

/** More than people and their machines make in some minutes. */
const MOST_COUNTED_CALLS = 20_000;
