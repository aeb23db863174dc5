import type { Database } from '../../database/database.ts';
import type { TimelineCall } from './timeline-calls.ts';

/** A subagent of a session. Times are milliseconds since 1970 UTC. */
export interface SessionAgent {
  readonly agentId: string;
  readonly agentType: string | null;
  /** The agent that started it; null for the session itself, and where it is not known. */
  readonly parentAgentId: string | null;
  /** The call that started it; null if it is not known. */
  readonly toolUseId: string | null;
  readonly model: string | null;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** Null where no transcript told. */
  readonly isBackground: boolean | null;
}

/** A call, and what a subagent did that it started. */
export interface CallEntry extends TimelineCall {
  readonly kind: 'call';
  /** The subagent; null for other calls. */
  readonly agent: SessionAgent | null;
  /** The calls of the subagent. */
  readonly entries: readonly CallEntry[];
}

/** Calls of a subagent of which it is not known, or not shown, what started it. */
export interface AgentEntry {
  readonly kind: 'agent';
  readonly agent: SessionAgent;
  readonly at: number;
  readonly entries: readonly CallEntry[];
}

/** What stands in a timeline, one after the other. */
export type TimelineEntry = CallEntry | AgentEntry;

/** The calls of a session, those of subagents within the calls that started them. */
export function nestedCalls(
  database: Database,
  sessionId: string,
  calls: readonly TimelineCall[],
): TimelineEntry[] {
  const agents = agentsOf(database, sessionId, calls);
  const nodes = calls.map((call) => ({
    ...call,
    kind: 'call' as const,
    agent: null as SessionAgent | null,
    entries: [] as CallEntry[],
  }));
  const starts = new Map(nodes.map((node) => [node.toolUseId, node]));
  const lanes = new Map<string, CallEntry[]>();
  const top: TimelineEntry[] = [];
  for (const node of nodes) {
    if (node.agentId === null) {
      top.push(node);
      continue;
    }
    let lane = lanes.get(node.agentId);
    if (lane === undefined) {
      lane = [];
      const agent = agents.get(node.agentId) ?? unknownAgent(node.agentId);
      const start = starts.get(agent.toolUseId ?? '');
      if (
        start !== undefined &&
        start.agentId !== node.agentId &&
        !isWithin(start, node.agentId, agents, starts)
      ) {
        start.agent = agent;
        lane = start.entries;
      } else top.push({ kind: 'agent', agent, at: node.at, entries: lane });
      lanes.set(node.agentId, lane);
    }
    lane.push(node);
  }
  // A subagent that has made no call is named with the call that started it.
  for (const agent of agents.values()) {
    const start = starts.get(agent.toolUseId ?? '');
    if (start !== undefined && start.agent === null && !lanes.has(agent.agentId))
      start.agent = agent;
  }
  return top;
}

// --- internal ---

/** So long before a subagent shows itself, its call has begun, in milliseconds. */
const MOST_START = 10_000;

interface Started {
  readonly agentId: string | null;
}

/** True if a call was made, directly or not, by the agent: a damaged tree may be a circle. */
function isWithin(
  { agentId: maker }: Started,
  agentId: string,
  agents: ReadonlyMap<string, SessionAgent>,
  starts: ReadonlyMap<string, Started>,
): boolean {
  let at = maker;
  for (let depth = 0; at !== null && depth < MAX_DEPTH; depth += 1) {
    if (at === agentId) return true;
    at = starts.get(agents.get(at)?.toolUseId ?? '')?.agentId ?? null;
  }
  return at !== null;
}

/** Deeper trees are cut. */
const MAX_DEPTH = 100;

function unknownAgent(agentId: string): SessionAgent {
  return {
    agentId,
    agentType: null,
    parentAgentId: null,
    toolUseId: null,
    model: null,
    startedAt: null,
    endedAt: null,
    isBackground: null,
  };
}

function agentsOf(
  database: Database,
  sessionId: string,
  calls: readonly TimelineCall[],
): Map<string, SessionAgent> {
  const rows = database
    .prepare<[string], Omit<SessionAgent, 'isBackground'> & { isBackground: number | null }>(
      `SELECT agent_id AS agentId, agent_type AS agentType, parent_agent_id AS parentAgentId,
         tool_use_id AS toolUseId, model, started_at AS startedAt, ended_at AS endedAt, is_background AS isBackground
       FROM subagents WHERE session_id = ? ORDER BY started_at, agent_id`,
    )
    .all(sessionId);
  const told = new Map(
    calls.flatMap(({ startedAgent, toolUseId }) =>
      startedAgent === null ? [] : [[startedAgent, toolUseId] as const],
    ),
  );
  const taken = new Set(told.values());
  return new Map(
    rows.map(({ isBackground, ...agent }) => {
      const toolUseId =
        agent.toolUseId ?? told.get(agent.agentId) ?? nearestStart(agent, calls, taken);
      if (toolUseId !== null) taken.add(toolUseId);
      return [
        agent.agentId,
        { ...agent, toolUseId, isBackground: isBackground === null ? null : isBackground === 1 },
      ];
    }),
  );
}

/** The call that must have started an agent of which no transcript told, while its result is still to come. */
function nearestStart(
  { agentId, startedAt }: Pick<SessionAgent, 'agentId' | 'startedAt'>,
  calls: readonly TimelineCall[],
  taken: ReadonlySet<string>,
): string | null {
  if (startedAt === null) return null;
  const start = calls.findLast(
    ({ toolName, toolUseId, at, ...call }) =>
      (toolName === 'Agent' || toolName === 'Task') &&
      call.agentId !== agentId &&
      at <= startedAt &&
      startedAt - at <= MOST_START &&
      !taken.has(toolUseId),
  );
  return start?.toolUseId ?? null;
}
