import { NetText } from '../../../authorship/net-change/net-text.ts';
import {
  comparedLines,
  fileLines,
  unifiedDiff,
} from '../../../authorship/net-change/unified-diff.ts';
import type { UnifiedDiff } from '../../../authorship/net-change/unified-diff.ts';
import type { TextChange } from '../../../authorship/payload/text-change.ts';
import { callEventId } from '../../../event/call-event-id.ts';
import type { Database } from '../../database/database.ts';
import { StoredChangeReader } from './stored-changes.ts';

/** What a call did to a file. */
export interface FileDiff {
  readonly filePath: string;
  /** `changed`: it was written, and it is not known what it held before. */
  readonly change: 'created' | 'modified' | 'deleted' | 'changed';
  /** The hunks in unified form; null if nothing of the text is stored. */
  readonly hunks: string | null;
  /** Null, like the lines removed, where it is not known. */
  readonly linesAdded: number | null;
  readonly linesRemoved: number | null;
  /** True if it is all that was changed, at its place. Else the place, or what stood there before, is not known. */
  readonly isExact: boolean;
}

/** A call, as far as its events are found by it. */
export interface CallKey {
  readonly sessionId: string;
  readonly toolUseId: string;
}

/** Shows what calls did to files: from the payloads of their events, and once these are gone, by the code that they wrote. */
export class CallDiffs {
  readonly #changes;
  readonly #code;
  readonly #eventsOf;

  constructor(database: Database) {
    this.#changes = new StoredChangeReader(database);
    this.#code = database.prepare<[string], { filePath: string; startLine: number; code: string }>(
      `SELECT o.file_path AS filePath, coalesce(o.start_line, 1) AS startLine, p.code
       FROM occurrences o JOIN patterns p ON p.id = o.pattern_id
       WHERE o.event_id = ? AND o.authorship = 'authored' ORDER BY o.ordinal`,
    );
    this.#eventsOf = database
      .prepare<[string, string], string>(
        'SELECT DISTINCT event_id FROM occurrences WHERE session_id = ? AND tool_use_id = ?',
      )
      .pluck();
  }

  /** What a call did to files, one after the other. */
  of({ sessionId, toolUseId }: CallKey): FileDiff[] {
    // Where Claude Code gave no id, that of the event is a digest of its content.
    const events = toolUseId.startsWith('~')
      ? this.#eventsOf.all(sessionId, toolUseId)
      : [callEventId(sessionId, toolUseId, 'PostToolUse')];
    const found = events.flatMap((event) => this.ofEvent(event));
    if (found.length > 0 || toolUseId.startsWith('~')) return found;
    return this.ofEvent(callEventId(sessionId, toolUseId, 'PostToolUseFailure'));
  }

  /** What an event did to files. */
  ofEvent(eventId: string): FileDiff[] {
    const stored = this.#changes.read(eventId);
    if (stored === undefined) return this.#written(eventId);
    const told = stored.changes.map(diffOf);
    const untold = new Map(stored.untold.map((change) => [change.filePath, change]));
    const written = this.#written(eventId).filter(({ filePath }) => untold.has(filePath));
    const shown = new Set(written.map(({ filePath }) => filePath));
    const rest = stored.untold
      .filter(({ filePath }) => !shown.has(filePath))
      .map(({ filePath, change }): FileDiff => {
        return { ...UNKNOWN, filePath, change: change === 'deleted' ? 'deleted' : 'changed' };
      });
    return [...told, ...written, ...rest];
  }

  /** The code that an event wrote, by file; what it took the place of is not known any more. */
  #written(eventId: string): FileDiff[] {
    const files = new Map<string, string>();
    for (const { filePath, startLine, code } of this.#code.all(eventId)) {
      const lines = fileLines(code.replace(/\n?$/, '\n'));
      const body = lines.map(({ text }) => `+${text}\n`).join('');
      const count = lines.length === 1 ? '' : `,${lines.length}`;
      const hunk = `@@ -${startLine} +${startLine}${count} @@\n${body}`;
      files.set(filePath, (files.get(filePath) ?? '') + hunk);
    }
    return [...files].map(([filePath, hunks]) => ({
      ...UNKNOWN,
      filePath,
      change: 'changed',
      hunks,
    }));
  }
}

// --- internal ---

const UNKNOWN = { hunks: null, linesAdded: null, linesRemoved: null, isExact: false } as const;

function diffOf(change: TextChange): FileDiff {
  const net = new NetText();
  const isTaken = net.apply(change);
  const diff = isTaken ? unifiedDiff(net.compared()) : undefined;
  const { first, now } = net.exists;
  const kind = first ? (now ? 'modified' : 'deleted') : 'created';
  if (diff !== undefined) return told(change.path, kind, diff, true);
  const loose = unplaced(change);
  if (loose !== undefined) return told(change.path, 'changed', loose, false);
  const isDeleted = change.did.kind === 'delete';
  return { ...UNKNOWN, filePath: change.path, change: isDeleted ? 'deleted' : 'changed' };
}

function told(
  filePath: string,
  change: FileDiff['change'],
  { hunks, added, removed }: UnifiedDiff,
  isExact: boolean,
): FileDiff {
  return { filePath, change, hunks, linesAdded: added, linesRemoved: removed, isExact };
}

/** A change of which only the texts are told, and not where they stand. */
function unplaced({ did }: TextChange): UnifiedDiff | undefined {
  const texts =
    did.kind === 'write'
      ? [{ oldText: '', newText: did.code ?? did.text }]
      : did.kind === 'replace'
        ? did.replacements
        : [];
  if (texts.length === 0) return undefined;
  const parts = texts.flatMap(({ oldText, newText }) => {
    const [old, now] = [oldText, newText].map((text) => fileLines(text.replace(/\n?$/, '\n')));
    return comparedLines(oldText === '' ? [] : (old ?? []), newText === '' ? [] : (now ?? []));
  });
  return unifiedDiff(parts);
}
