import type { Database } from '../database/database.ts';

/** Who let a call run or refused it, in Claude Code's own words. */
export interface PermissionFact {
  readonly sessionId: string;
  readonly toolUseId: string;
  readonly decision: string;
  readonly source: string | null;
  readonly reason: string | null;
}

/** What one answer of the model took. */
export interface UsageFact {
  readonly messageId: string;
  readonly sessionId: string;
  readonly agentId: string | null;
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  readonly model: string;
  readonly inputTokens: number;
  readonly cacheCreationTokens: number;
  readonly cacheReadTokens: number;
  readonly outputTokens: number;
}

/** Where a subagent stands in the tree of agents. */
export interface AgentFact {
  readonly sessionId: string;
  readonly agentId: string;
  readonly parentAgentId: string | null;
  readonly toolUseId: string | null;
  readonly depth: number | null;
  readonly model: string | null;
  readonly isBackground: 0 | 1;
}

/**
 * Writes what only transcripts tell: permissions, tokens, models and the tree of agents. Nothing is written of a
 * session of which nothing is recorded: it was forgotten, or is not to be kept.
 */
export class TranscriptFacts {
  readonly #permission;
  readonly #caller;
  readonly #usage;
  readonly #agent;
  readonly #model;
  readonly #latestModel;

  constructor(database: Database) {
    this.#permission = database.prepare<PermissionFact>(
      `UPDATE tool_calls SET permission = @decision, permission_source = @source, permission_reason = @reason
       WHERE session_id = @sessionId AND tool_use_id = @toolUseId AND permission IS NULL`,
    );
    this.#caller = database.prepare<[string, string, string]>(
      `UPDATE tool_calls SET agent_id = ? WHERE session_id = ? AND tool_use_id = ? AND agent_id IS NULL`,
    );
    this.#usage = database.prepare<UsageFact>(
      `INSERT INTO message_usage (message_id, session_id, agent_id, at, model, input_tokens,
         cache_creation_tokens, cache_read_tokens, output_tokens)
       SELECT @messageId, @sessionId, @agentId, @at, @model, @inputTokens, @cacheCreationTokens,
         @cacheReadTokens, @outputTokens
       WHERE ${IS_RECORDED}
       ON CONFLICT DO UPDATE SET
         input_tokens = max(input_tokens, excluded.input_tokens),
         cache_creation_tokens = max(cache_creation_tokens, excluded.cache_creation_tokens),
         cache_read_tokens = max(cache_read_tokens, excluded.cache_read_tokens),
         output_tokens = max(output_tokens, excluded.output_tokens)`,
    );
    this.#agent = database.prepare<AgentFact>(
      `INSERT INTO subagents (session_id, agent_id, parent_agent_id, tool_use_id, depth, model, is_background)
       SELECT @sessionId, @agentId, @parentAgentId, @toolUseId, @depth, @model, @isBackground
       WHERE ${IS_RECORDED}
       ON CONFLICT DO UPDATE SET
         parent_agent_id = coalesce(excluded.parent_agent_id, parent_agent_id),
         tool_use_id = coalesce(excluded.tool_use_id, tool_use_id),
         depth = coalesce(excluded.depth, depth),
         model = coalesce(excluded.model, model),
         is_background = max(coalesce(is_background, 0), excluded.is_background)`,
    );
    // Hooks may name a model with what it is used with, such as its context: claude-x[1m].
    this.#model = database.prepare<Pick<UsageFact, 'sessionId' | 'at' | 'model'>>(
      `INSERT INTO session_models (session_id, at, model)
       SELECT @sessionId, @at, @model WHERE ${IS_RECORDED} AND NOT EXISTS (
         SELECT 1 FROM (SELECT model FROM session_models WHERE session_id = @sessionId AND at <= @at
                        ORDER BY at DESC LIMIT 1)
         WHERE model = @model OR substr(model, 1, length(@model) + 1) = @model || '[')
       ON CONFLICT DO NOTHING`,
    );
    this.#latestModel = database.prepare<[string]>(
      `UPDATE sessions SET model = (
         SELECT model FROM session_models WHERE session_id = id ORDER BY at DESC LIMIT 1)
       WHERE id = ?`,
    );
  }

  /** Keeps who decided about a recorded call. */
  permission(fact: PermissionFact): void {
    this.#permission.run(fact);
  }

  /** Keeps which subagent made a recorded call, if hooks have not told. */
  caller(sessionId: string, toolUseId: string, agentId: string): void {
    this.#caller.run(agentId, sessionId, toolUseId);
  }

  /** Keeps what an answer took; of the same answer, the largest numbers. */
  usage(fact: UsageFact): void {
    this.#usage.run(fact);
  }

  /** Keeps where a subagent stands. */
  agent(fact: AgentFact): void {
    this.#agent.run(fact);
  }

  /** Keeps that the session had this model then, unless that is known. */
  model(fact: Pick<UsageFact, 'sessionId' | 'at' | 'model'>): void {
    const { sessionId, at, model } = fact;
    if (this.#model.run({ sessionId, at, model }).changes > 0) this.#latestModel.run(sessionId);
  }
}

// --- internal ---

const IS_RECORDED = 'EXISTS (SELECT 1 FROM sessions WHERE id = @sessionId)';
