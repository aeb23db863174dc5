import type { BlamedLine } from '../../../blame/blamed-lines.ts';
import { LONGEST_SHOWN } from '../../parts/code/longest-shown.ts';

/** Who wrote some lines that stand together. */
export interface LineRun {
  /** From 1, both included. */
  readonly first: number;
  readonly last: number;
  readonly by: BlamedLine['by'];
  /** Which of the calls; null where it is not Claude's, and once nothing of the call is kept. */
  readonly call: number | null;
}

/** A call that wrote lines of the file. */
export interface WritingCall {
  readonly sessionId: string;
  readonly toolUseId: string | null;
  readonly toolName: string | null;
  readonly agentType: string | null;
  readonly model: string | null;
  readonly generation: number | null;
  readonly patternId: string | null;
  readonly at: number;
  /** The first words of what a person had asked for; null if that is not kept. */
  readonly prompt: string | null;
}

/** How many lines are whose. */
export interface LineCounts {
  readonly lines: number;
  readonly claude: number;
  /** Of Claude's, those that took the place of earlier lines of Claude's. */
  readonly reworked: number;
  readonly other: number;
  readonly unknown: number;
}

/** A line of a file. */
export interface ShownLine {
  /** At most so long as it is shown. */
  readonly text: string;
  /** The number of characters of a line that is longer. */
  readonly length?: number;
  /** How sure it is who wrote it. @default high */
  readonly sure?: 'medium' | 'low';
}

/** Some lines of a file, with who wrote them. */
export interface ShownText {
  /** The number of the first line, from 1. */
  readonly first: number;
  readonly lines: readonly ShownLine[];
  readonly runs: readonly LineRun[];
  readonly calls: readonly WritingCall[];
}

/** So many lines are shown at a time. */
export const LINES_SHOWN = 2_000;

/** How many of the lines are whose. */
export function countsOf(lines: readonly BlamedLine[]): LineCounts {
  const counts = { lines: lines.length, claude: 0, reworked: 0, other: 0, unknown: 0 };
  for (const { by, writer } of lines) {
    counts[by] += 1;
    if ((writer?.generation ?? 1) > 1) counts.reworked += 1;
  }
  return counts;
}

/** The part of a text that has line `at`. */
export function shownText(lines: readonly BlamedLine[], at: number): ShownText {
  const page = Math.floor((Math.min(Math.max(at, 1), Math.max(lines.length, 1)) - 1) / LINES_SHOWN);
  const shown = lines.slice(page * LINES_SHOWN, (page + 1) * LINES_SHOWN);
  const runs: LineRun[] = [];
  const calls: WritingCall[] = [];
  const known = new Map<string, number>();
  let before: BlamedLine | undefined;
  for (const line of shown) {
    const last = runs.at(-1);
    if (last && before && isAlike(before, line))
      runs[runs.length - 1] = { ...last, last: line.line };
    else {
      runs.push({ first: line.line, last: line.line, by: line.by, call: callOf(line) });
    }
    before = line;
  }
  return {
    first: page * LINES_SHOWN + 1,
    lines: shown.map(({ text, confidence }) => ({
      text: text.slice(0, LONGEST_SHOWN),
      ...(text.length > LONGEST_SHOWN && { length: text.length }),
      ...(confidence !== 'high' && { sure: confidence }),
    })),
    runs,
    calls,
  };

  function callOf({ writer, prompt }: BlamedLine): number | null {
    if (!writer) return null;
    const { eventId, ...call } = writer;
    // One call may have written several pieces, of other generations.
    const key = `${eventId} ${call.patternId ?? ''}`;
    const place = known.get(key);
    if (place !== undefined) return place;
    calls.push({ ...call, prompt: prompt?.text ?? null });
    known.set(key, calls.length - 1);
    return calls.length - 1;
  }
}

// --- internal ---

function isAlike(one: BlamedLine, other: BlamedLine): boolean {
  return (
    one.by === other.by &&
    one.eventId === other.eventId &&
    one.writer?.patternId === other.writer?.patternId
  );
}
