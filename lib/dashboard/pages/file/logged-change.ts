import type { FileLogEntry, LogCursor } from '../../../store/queries/history/file-log.ts';

/** A change of Claude's to a file. */
export interface LoggedChange {
  readonly at: number;
  readonly filePath: string;
  readonly change: FileLogEntry['change'];
  /** Null if nothing of it is stored; cut where it is long. */
  readonly hunks: string | null;
  readonly isCut: boolean;
  readonly isExact: boolean;
  readonly linesAdded: number | null;
  readonly linesRemoved: number | null;
  readonly sessionId: string | null;
  readonly toolUseId: string | null;
  readonly toolName: string | null;
  readonly model: string | null;
  readonly patternId: string | null;
  readonly prompt: string | null;
  /** To go on after it. */
  readonly cursor: string;
}

/** An entry as the page has it. */
export function loggedChange({
  cursor,
  writer,
  prompt,
  hunks,
  ...diff
}: FileLogEntry): LoggedChange {
  const { filePath, change, isExact, linesAdded, linesRemoved } = diff;
  const text = prompt?.text ?? null;
  return {
    at: cursor.at,
    filePath,
    change,
    isExact,
    linesAdded,
    linesRemoved,
    hunks: hunks === null ? null : hunks.slice(0, MOST_DIFF),
    isCut: hunks !== null && hunks.length > MOST_DIFF,
    sessionId: writer?.sessionId ?? null,
    toolUseId: writer?.toolUseId ?? null,
    toolName: writer?.toolName ?? null,
    model: writer?.model ?? null,
    patternId: writer?.patternId ?? null,
    prompt: text === null ? null : text.slice(0, MOST_PROMPT),
    cursor: JSON.stringify([cursor.at, cursor.eventId, cursor.filePath]),
  };
}

/** Undefined for what no page has written. */
export function logCursorOf(text: string): LogCursor | undefined {
  try {
    const [at, eventId, filePath] = JSON.parse(text) as unknown[];
    const isCursor =
      typeof at === 'number' && typeof eventId === 'string' && typeof filePath === 'string';
    return isCursor ? { at, eventId, filePath } : undefined;
  } catch {
    return undefined;
  }
}

// --- internal ---

/** More of a diff or of a prompt is in the session, in characters. */
const MOST_DIFF = 60_000;
const MOST_PROMPT = 1_000;
