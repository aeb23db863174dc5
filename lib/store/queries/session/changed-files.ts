import type { Database } from '../../database/database.ts';
import { CallDiffs } from '../history/call-diffs.ts';

/** A file that a session changed. */
export interface ChangedFile {
  readonly filePath: string;
  /** The calls that changed it. */
  readonly calls: number;
  /** All lines that these calls added and removed; null where no call tells. */
  readonly linesAdded: number | null;
  readonly linesRemoved: number | null;
  /** What the last of them did: `changed` is a change that was not shown. */
  readonly change: 'written' | 'deleted' | 'changed';
}

/** The lines that a call changed, by its id. */
export type CallLines = ReadonlyMap<string, { readonly added: number; readonly removed: number }>;

/** The files that a session changed, those with most lines first. */
export function changedFiles(
  database: Database,
  sessionId: string,
  callLines: CallLines,
): ChangedFile[] {
  const diffs = new CallDiffs(database);
  const events = eventsOf(database, sessionId);
  const files = new Map<string, FileSum>();
  const told = new Set<string>();
  let unread = MAX_READ;
  for (const { toolUseId, eventId, files: touched } of events) {
    if (toolUseId !== null) told.add(toolUseId);
    const lines = toolUseId === null ? undefined : callLines.get(toolUseId);
    const isShared = touched.length > 1 && lines !== undefined && (unread -= 1) >= 0;
    const each = isShared ? linesByFile(diffs.ofEvent(eventId)) : undefined;
    for (const { filePath, change } of touched) {
      const own = each ? each.get(filePath) : touched.length === 1 ? lines : undefined;
      addTo(files, filePath, change, own);
    }
  }
  // A call that only took lines away has written no code, so that only its event tells the file.
  for (const [toolUseId, { added, removed }] of callLines) {
    if (told.has(toolUseId) || added + removed === 0 || (unread -= 1) < 0) continue;
    for (const [filePath, lines] of linesByFile(diffs.of({ sessionId, toolUseId }))) {
      addTo(files, filePath, 'written', lines);
    }
  }
  return [...files]
    .map(([filePath, sum]) => ({ filePath, ...sum }))
    .toSorted(
      (one, other) => weightOf(other) - weightOf(one) || (one.filePath < other.filePath ? -1 : 1),
    );
}

// --- internal ---

/** So many events are read at most to tell which lines were of which file. */
const MAX_READ = 500;

interface TouchedFile {
  readonly filePath: string;
  readonly change: ChangedFile['change'];
}

interface FileSum extends Omit<ChangedFile, 'filePath'> {}

interface Lines {
  readonly added: number;
  readonly removed: number;
}

/** The events by which a session changed files, in the order of their times. */
function eventsOf(database: Database, sessionId: string) {
  const rows = database
    .prepare<{ session: string }, TouchedFile & { eventId: string; toolUseId: string | null }>(
      `SELECT event_id AS eventId, tool_use_id AS toolUseId, file_path AS filePath, change
       FROM (SELECT event_id, tool_use_id, file_path, 'written' AS change, min(at) AS at FROM occurrences
             WHERE session_id = @session GROUP BY event_id, file_path
             UNION ALL SELECT event_id, tool_use_id, file_path, change, at FROM file_changes WHERE session_id = @session)
       ORDER BY at`,
    )
    .iterate({ session: sessionId });
  const events = new Map<
    string,
    { toolUseId: string | null; eventId: string; files: TouchedFile[] }
  >();
  for (const { eventId, toolUseId, filePath, change } of rows) {
    const known = events.get(eventId);
    if (known) known.files.push({ filePath, change });
    else events.set(eventId, { eventId, toolUseId, files: [{ filePath, change }] });
  }
  return events.values();
}

function linesByFile(diffs: ReturnType<CallDiffs['of']>): Map<string, Lines | undefined> {
  return new Map(
    diffs.map(({ filePath, linesAdded, linesRemoved }) => [
      filePath,
      linesAdded === null ? undefined : { added: linesAdded, removed: linesRemoved ?? 0 },
    ]),
  );
}

function addTo(
  files: Map<string, FileSum>,
  filePath: string,
  change: ChangedFile['change'],
  lines: Lines | undefined,
): void {
  const known = files.get(filePath) ?? { calls: 0, linesAdded: null, linesRemoved: null };
  files.set(filePath, {
    calls: known.calls + 1,
    linesAdded: lines ? (known.linesAdded ?? 0) + lines.added : known.linesAdded,
    linesRemoved: lines ? (known.linesRemoved ?? 0) + lines.removed : known.linesRemoved,
    change,
  });
}

function weightOf({ linesAdded, linesRemoved }: ChangedFile): number {
  return (linesAdded ?? 0) + (linesRemoved ?? 0);
}
