import type { JsonObject } from '../base/json.ts';
import type { ToolOutcome } from '../event/tool-call.ts';

/** An event as a hook would have been given it, and when. */
export interface ToldEvent {
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  readonly payload: JsonObject;
  /** Tells it from every other event of all transcripts, and is the same whenever it is read. */
  readonly key: string;
}

/** A tool call, as far as the transcript tells. */
export interface ToldCall {
  readonly kind: 'call';
  readonly at: number;
  readonly sessionId: string;
  readonly toolUseId: string;
  readonly toolName: string;
  /** The subagent that made it. */
  readonly agentId: string | undefined;
  /** When Claude asked for it. */
  readonly askedAt: number;
  /** `running` where no result is told: it still runs, or never did. */
  readonly outcome: ToolOutcome;
  /** The event before it; undefined for a call that was refused before any hook was asked. */
  readonly begin: ToldEvent | undefined;
  /** The event after it; undefined for a call without a result. */
  readonly end: ToldEvent | undefined;
  readonly permission: Permission | undefined;
  /** The version of Claude Code that wrote it. */
  readonly version: string | undefined;
}

/** Who let a call run or refused it. */
export interface Permission {
  readonly decision: string;
  readonly source: string | null;
  readonly reason: string | null;
}

/** An event that is about a turn, a prompt or a subagent. */
export interface ToldTurn extends ToldEvent {
  readonly kind: 'turn';
  readonly name: string;
  readonly sessionId: string;
  readonly agentId: string | undefined;
  /** The answer that it is a part of, or that came next; undefined if there is none. */
  readonly answerId: string | undefined;
}

/** What an answer of the model took. Each of its blocks tells the same. */
export interface ToldMessage {
  readonly kind: 'message';
  readonly at: number;
  readonly messageId: string;
  readonly sessionId: string;
  readonly agentId: string | undefined;
  readonly model: string;
  readonly inputTokens: number;
  readonly cacheCreationTokens: number;
  readonly cacheReadTokens: number;
  readonly outputTokens: number;
}

/** Where a subagent stands in the tree of agents. */
export interface ToldAgent {
  readonly kind: 'agent';
  readonly at: number;
  readonly sessionId: string;
  readonly agentId: string;
  readonly parentAgentId: string | null;
  /** The call that started it. */
  readonly toolUseId: string | null;
  readonly depth: number | null;
  readonly model: string | null;
  readonly isBackground: boolean;
}

/** One thing that a transcript tells. */
export type Told = ToldCall | ToldTurn | ToldMessage | ToldAgent;
