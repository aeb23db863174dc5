import { errorLine } from '../../../event/error-line.ts';
import type { ToolOutcome } from '../../../event/tool-call.ts';
import type {
  CallEntry,
  SessionAgent,
  TimelineEntry,
} from '../../../store/queries/session/agent-tree.ts';
import type { SessionTimeline } from '../../../store/queries/session/session-timeline.ts';

/** A row of the timeline. Times are milliseconds since 1970 UTC. */
export type TimelineRow = TurnRow | CallRow | AgentRow;

/** A prompt, above the calls that it led to. */
export interface TurnRow {
  readonly kind: 'turn';
  readonly key: string;
  readonly at: number | null;
  /** Its beginning; null if it is not kept. */
  readonly prompt: string | null;
  readonly isTyped: boolean;
  readonly end: 'stopped' | 'failed' | null;
  readonly idleMs: number | null;
  /** From the prompt to the end of the turn, or of its last call. */
  readonly tookMs: number;
  /** With those of subagents. */
  readonly calls: number;
}

/** A call. */
export interface CallRow {
  readonly kind: 'call';
  /** Its id. */
  readonly key: string;
  /** How deep within subagents; 0 for the session itself. */
  readonly depth: number;
  readonly tool: string;
  readonly summary: string;
  readonly outcome: ToolOutcome;
  readonly at: number;
  readonly durationMs: number | null;
  /** Where it stands in its turn, as shares of the turn's length: from 0 to 1. */
  readonly from: number;
  readonly to: number;
  readonly linesAdded: number | null;
  readonly linesRemoved: number | null;
  /** Why it failed, in a line. */
  readonly error: string | null;
  readonly isRetry: boolean;
  readonly permissionMs: number | null;
  readonly isRecovered: boolean;
  /** The subagent that it started; null for others. */
  readonly agent: string | null;
  /** The rows within it. */
  readonly inside: number;
}

/** Calls of a subagent of which it is not known what started it. */
export interface AgentRow {
  readonly kind: 'agent';
  readonly key: string;
  readonly depth: number;
  readonly agent: string;
  readonly inside: number;
}

/** The rows of a session, in the order in which they are read. @param now milliseconds since 1970 UTC: calls that run end there */
export function timelineRows(
  { turns }: Pick<SessionTimeline, 'turns'>,
  now: number,
): TimelineRow[] {
  return turns.flatMap((turn, index): TimelineRow[] => {
    const all = turn.entries.flatMap(callsWithin);
    const ends = all.map((call) => endOf(call, now));
    const begin = turn.at ?? Math.min(...all.map(({ at }) => at));
    const end = Math.max(begin, turn.endedAt ?? 0, ...ends);
    const head: TurnRow = {
      kind: 'turn',
      key: `turn-${turn.at ?? 'before'}-${index}`,
      at: turn.at,
      prompt: turn.prompt?.trim().slice(0, MOST_PROMPT) ?? null,
      isTyped: turn.isTyped,
      end: turn.end,
      idleMs: turn.idleMs,
      tookMs: end - begin,
      calls: all.length,
    };
    const place = (at: number) =>
      end === begin ? 0 : round(Math.min(1, Math.max(0, (at - begin) / (end - begin))));
    const rowsOf = (entry: TimelineEntry, depth: number): TimelineRow[] => {
      const inner = entry.entries.flatMap((child) => rowsOf(child, depth + 1));
      if (entry.kind === 'agent') {
        const { agentId } = entry.agent;
        const key = `agent-${agentId}-${index}`;
        return [
          { kind: 'agent', key, depth, agent: agentName(entry.agent), inside: inner.length },
          ...inner,
        ];
      }
      return [callRow(entry, { depth, inside: inner.length, place, now }), ...inner];
    };
    return [head, ...turn.entries.flatMap((entry) => rowsOf(entry, 0))];
  });
}

/** The call of an id, wherever in the timeline it stands; undefined for none. */
export function callIn(
  { turns }: Pick<SessionTimeline, 'turns'>,
  toolUseId: string,
): CallEntry | undefined {
  return callsIn({ turns }).find((call) => call.toolUseId === toolUseId);
}

/** All calls of a timeline. */
export function callsIn({ turns }: Pick<SessionTimeline, 'turns'>): CallEntry[] {
  return turns.flatMap(({ entries }) => entries).flatMap(callsWithin);
}

// --- internal ---

/** Characters of a prompt that stand in the list; the whole is beside it. */
const MOST_PROMPT = 400;

interface Placing {
  readonly depth: number;
  readonly inside: number;
  readonly place: (at: number) => number;
  readonly now: number;
}

function callRow(call: CallEntry, { depth, inside, place, now }: Placing): CallRow {
  const { toolUseId, toolName, summary, outcome, at, durationMs, error, retryOf, agent } = call;
  return {
    kind: 'call',
    key: toolUseId,
    depth,
    tool: toolName,
    summary,
    outcome,
    at,
    durationMs,
    from: place(call.startedAt ?? at - (durationMs ?? 0)),
    to: place(endOf(call, now)),
    linesAdded: call.linesAdded,
    linesRemoved: call.linesRemoved,
    error: error === null ? null : errorLine(error).slice(0, 300),
    isRetry: retryOf !== null,
    permissionMs: call.permissionMs,
    isRecovered: call.isRecovered,
    agent: agent === null ? null : agentName(agent),
    inside,
  };
}

function callsWithin(entry: TimelineEntry): CallEntry[] {
  const inner = entry.entries.flatMap(callsWithin);
  return entry.kind === 'call' ? [entry, ...inner] : inner;
}

function endOf({ outcome, endedAt, startedAt, durationMs, at }: CallEntry, now: number): number {
  if (endedAt !== null) return endedAt;
  return outcome === 'running' ? now : (startedAt ?? at) + (durationMs ?? 0);
}

function agentName({ agentType, agentId }: SessionAgent): string {
  return agentType ?? agentId.slice(0, 8);
}

/** A thousandth is less than a pixel. */
function round(share: number): number {
  return Math.round(share * 1_000) / 1_000;
}
