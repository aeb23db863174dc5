import { callEventId } from '../../../event/call-event-id.ts';
import type { Database } from '../../database/database.ts';
import { CallDiffs } from '../history/call-diffs.ts';
import type { CountedCall } from './session-calls.ts';

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

/** Adds up which files a session changed. Its calls are given in their order. */
export class ChangedFiles {
  readonly #session: string;
  readonly #files = new Map<string, FileSum>();
  /** The calls of a tool that names its file, by the name that Claude gave it. */
  readonly #named = new Map<string, FileSum & { readonly firstCall: string }>();
  readonly #others: CountedCall[] = [];
  readonly #diffs;
  readonly #written;
  readonly #writtenByCall;
  readonly #changed;

  constructor(database: Database, sessionId: string) {
    this.#session = sessionId;
    this.#diffs = new CallDiffs(database);
    this.#written = database
      .prepare<[string], string>('SELECT DISTINCT file_path FROM occurrences WHERE event_id = ?')
      .pluck();
    this.#writtenByCall = database
      .prepare<[string, string], string>(
        'SELECT DISTINCT file_path FROM occurrences WHERE session_id = ? AND tool_use_id = ?',
      )
      .pluck();
    this.#changed = database.prepare<[string], UnseenChange>(
      `SELECT file_path AS filePath, change, at FROM file_changes
       WHERE session_id = ? ORDER BY at`,
    );
  }

  /** Takes the next call. What it did is read later, if the call alone does not tell. */
  add(call: CountedCall): void {
    const { toolName, summary, linesAdded, linesRemoved, toolUseId } = call;
    const at = timeOf(call);
    if (!FILE_TOOLS.has(toolName) || summary.endsWith('…') || summary === '') {
      if (linesAdded !== null || MAY_WRITE.test(toolName)) this.#others.push(call);
    } else if (linesAdded !== null) {
      const known = this.#named.get(summary);
      const lines = { added: linesAdded, removed: linesRemoved ?? 0 };
      this.#named.set(summary, {
        firstCall: known?.firstCall ?? toolUseId,
        ...sum(known, lines, at),
      });
    }
  }

  /** The files, those with most lines first. */
  result(): ChangedFile[] {
    for (const [name, { firstCall, ...named }] of this.#named) {
      // It is stored under its one name, whatever Claude called it.
      const [path = name, ...more] = this.#pathsOf(firstCall);
      const key = more.length === 0 ? path : name;
      const known = this.#files.get(key);
      this.#files.set(key, known === undefined ? named : merged(known, named));
    }
    for (const call of this.#others) this.#addOther(call);
    for (const { filePath, change, at } of this.#changed.all(this.#session)) {
      const known = this.#files.get(filePath);
      const isLast = known === undefined || at >= known.at;
      this.#files.set(filePath, sum(known, undefined, at, isLast ? change : known.change));
    }
    return [...this.#files]
      .map(([filePath, { calls, linesAdded, linesRemoved, change }]) => {
        return { filePath, calls, linesAdded, linesRemoved, change };
      })
      .toSorted(
        (one, other) => weightOf(other) - weightOf(one) || (one.filePath < other.filePath ? -1 : 1),
      );
  }

  #addOther(call: CountedCall): void {
    const { toolUseId, linesAdded, linesRemoved } = call;
    const at = timeOf(call);
    const paths = this.#pathsOf(toolUseId);
    const lines =
      linesAdded === null ? undefined : { added: linesAdded, removed: linesRemoved ?? 0 };
    if (paths.length === 1 || lines === undefined) {
      for (const path of paths) this.#files.set(path, sum(this.#files.get(path), lines, at));
      return;
    }
    // Only the event tells which lines were of which file, or, where no code was written, of what file.
    const diffs = this.#diffs.of({ sessionId: this.#session, toolUseId });
    for (const { filePath, linesAdded: added, linesRemoved: removed, change } of diffs) {
      if (change === 'deleted') continue; // it is among the changes, too
      const own = added === null ? undefined : { added, removed: removed ?? 0 };
      this.#files.set(filePath, sum(this.#files.get(filePath), own, at));
    }
  }

  #pathsOf(toolUseId: string): string[] {
    // Where Claude Code gave no id, that of the event is a digest of its content.
    return toolUseId.startsWith('~')
      ? this.#writtenByCall.all(this.#session, toolUseId)
      : this.#written.all(callEventId(this.#session, toolUseId, 'PostToolUse'));
  }
}

// --- internal ---

/** Tools whose summary is the file that they write. */
const FILE_TOOLS: ReadonlySet<string> = new Set(['Write', 'Edit', 'MultiEdit', 'NotebookEdit']);
/** Tools that write files without telling how many lines. */
const MAY_WRITE = /^(?:Bash|PowerShell|mcp__.*)$/;

interface UnseenChange {
  readonly filePath: string;
  readonly change: 'deleted' | 'changed';
  readonly at: number;
}

interface FileSum extends Omit<ChangedFile, 'filePath'> {
  /** When the last of the calls ended, in milliseconds since 1970 UTC. */
  readonly at: number;
}

interface Lines {
  readonly added: number;
  readonly removed: number;
}

function timeOf({ at, endedAt }: CountedCall): number {
  return endedAt ?? at;
}

function sum(
  known: FileSum | undefined,
  lines: Lines | undefined,
  at: number,
  change: FileSum['change'] = 'written',
): FileSum {
  const { calls = 0, linesAdded = null, linesRemoved = null } = known ?? {};
  return {
    calls: calls + 1,
    linesAdded: lines ? (linesAdded ?? 0) + lines.added : linesAdded,
    linesRemoved: lines ? (linesRemoved ?? 0) + lines.removed : linesRemoved,
    change,
    at: Math.max(known?.at ?? at, at),
  };
}

function merged(one: FileSum, other: FileSum): FileSum {
  return {
    calls: one.calls + other.calls,
    linesAdded: (one.linesAdded ?? 0) + (other.linesAdded ?? 0),
    linesRemoved: (one.linesRemoved ?? 0) + (other.linesRemoved ?? 0),
    change: other.change,
    at: Math.max(one.at, other.at),
  };
}

function weightOf({ linesAdded, linesRemoved }: ChangedFile): number {
  return (linesAdded ?? 0) + (linesRemoved ?? 0);
}
