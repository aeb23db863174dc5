import type { Database } from '../../database/database.ts';

/** Tokens of answers, as transcripts tell them. */
export interface TokenSums {
  readonly answers: number;
  readonly inputTokens: number;
  readonly cacheCreationTokens: number;
  readonly cacheReadTokens: number;
  readonly outputTokens: number;
}

/** What a session took of a model. */
export interface ModelUsage extends TokenSums {
  readonly model: string;
  /** The subagent whose answers they were; null for the session itself. */
  readonly agentId: string | null;
}

/** The tokens of a session by model and agent, the largest first; of models of which no answer is told, none. */
export function sessionUsage(database: Database, sessionId: string): ModelUsage[] {
  const told = database
    .prepare<[string], ModelUsage>(
      `SELECT model, agent_id AS agentId, count(*) AS answers, sum(input_tokens) AS inputTokens,
         sum(cache_creation_tokens) AS cacheCreationTokens, sum(cache_read_tokens) AS cacheReadTokens,
         sum(output_tokens) AS outputTokens
       FROM message_usage WHERE session_id = ? GROUP BY model, agent_id
       ORDER BY agent_id IS NOT NULL, outputTokens DESC, model, agent_id`,
    )
    .all(sessionId);
  const named = database
    .prepare<[string], string>(
      'SELECT model FROM session_models WHERE session_id = ? GROUP BY model ORDER BY min(at)',
    )
    .pluck()
    .all(sessionId)
    .filter((model) => !told.some((usage) => usage.model === model));
  return [...told, ...named.map((model) => ({ ...NO_TOKENS, model, agentId: null }))];
}

/** Adds up tokens. */
export function tokenSum(usages: readonly TokenSums[]): TokenSums {
  return usages.reduce<TokenSums>(
    (sum, usage) => ({
      answers: sum.answers + usage.answers,
      inputTokens: sum.inputTokens + usage.inputTokens,
      cacheCreationTokens: sum.cacheCreationTokens + usage.cacheCreationTokens,
      cacheReadTokens: sum.cacheReadTokens + usage.cacheReadTokens,
      outputTokens: sum.outputTokens + usage.outputTokens,
    }),
    NO_TOKENS,
  );
}

// --- internal ---

const NO_TOKENS: TokenSums = {
  answers: 0,
  inputTokens: 0,
  cacheCreationTokens: 0,
  cacheReadTokens: 0,
  outputTokens: 0,
};
