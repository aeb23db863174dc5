import type { ToolOutcome } from '../../event/tool-call.ts';

/** How surely an outcome is known: the surer report wins, whichever arrived first. */
export const CERTAINTY = { begun: 0, inferred: 1, said: 2 } as const;

type Certainty = (typeof CERTAINTY)[keyof typeof CERTAINTY];

/** A row of tool_calls, or what one event reports of it. Times are milliseconds since 1970 UTC. */
export interface ToolCallRow {
  readonly sessionId: string;
  readonly toolUseId: string;
  readonly toolName: string;
  readonly agentId: string | null;
  readonly agentType: string | null;
  readonly promptId: string | null;
  /** Of the input that it ran with. */
  readonly summary: string;
  /** What Claude had asked for, if another hook changed the input; else null. */
  readonly asked: string | null;
  readonly inputDigest: string | null;
  readonly outcome: ToolOutcome;
  readonly certainty: Certainty;
  readonly error: string | null;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly durationMs: number | null;
  readonly at: number;
  /** Null, like the lines removed, if it wrote no file. */
  readonly linesAdded: number | null;
  readonly linesRemoved: number | null;
  /** 1 if no hook but the session's transcript told of the call, or of how it ended; else 0. */
  readonly recovered: 0 | 1;
}

/** Adds what one event reports to what is known of a call, in whatever order the events arrive. */
export function mergeToolCall(known: ToolCallRow, told: ToolCallRow): ToolCallRow {
  const isBetter = told.certainty >= known.certainty;
  const certainty = isBetter ? told.certainty : known.certainty;
  const startedAt = known.startedAt ?? told.startedAt;
  return {
    ...known,
    // PostToolBatch may use an older name of the tool.
    toolName: told.certainty === CERTAINTY.inferred ? known.toolName : told.toolName,
    agentId: known.agentId ?? told.agentId,
    agentType: known.agentType ?? told.agentType,
    promptId: known.promptId ?? told.promptId,
    ...mergedInput(known, told),
    outcome: mergedOutcome(known, told),
    certainty,
    error: isBetter ? told.error : known.error,
    startedAt,
    endedAt: isBetter ? (told.endedAt ?? known.endedAt) : known.endedAt,
    durationMs:
      told.durationMs ??
      known.durationMs ??
      (certainty === CERTAINTY.said ? span(startedAt, told.endedAt ?? known.endedAt) : null),
    at: startedAt ?? known.at,
    linesAdded: told.linesAdded ?? known.linesAdded,
    linesRemoved: told.linesRemoved ?? known.linesRemoved,
    recovered: known.recovered === 1 ? 1 : told.recovered,
  };
}

// --- internal ---

/** The event after a call has the input that it ran with, the one before it what Claude had asked for. */
function mergedInput(
  known: ToolCallRow,
  told: ToolCallRow,
): Pick<ToolCallRow, 'summary' | 'asked'> {
  const rows = [told, known].filter(({ summary }) => summary !== ''); // a failure may tell no input
  const ran = rows.find(({ certainty }) => certainty === CERTAINTY.said);
  const asked = rows.find((row) => row !== ran && row.startedAt !== null);
  const { summary } = ran ?? asked ?? rows.at(-1) ?? known;
  if (known.asked !== null || !ran || !asked) return { summary, asked: known.asked };
  return { summary, asked: asked.summary === summary ? null : asked.summary };
}

function mergedOutcome(known: ToolCallRow, told: ToolCallRow): ToolOutcome {
  // A call that only its batch reports was refused: `denied` if it is known to have begun, else
  // `rejected`.
  if (known.outcome === 'rejected' && told.certainty === CERTAINTY.begun) return 'denied';
  if (told.certainty < known.certainty) return known.outcome;
  if (told.outcome !== 'rejected' || known.startedAt === null) return told.outcome;
  const isClosed = known.certainty === CERTAINTY.inferred && known.outcome !== 'rejected';
  return isClosed ? known.outcome : 'denied';
}

function span(startedAt: number | null, endedAt: number | null): number | null {
  return startedAt === null || endedAt === null ? null : Math.max(0, endedAt - startedAt);
}
