import { versionsOf } from '../../authorship/state/file-history.ts';
import type { FileHistory } from '../../authorship/state/file-history.ts';
import { replacedChange, replacedHistory } from '../../authorship/state/replaced-text.ts';
import type { ReplaceText } from '../../authorship/state/replaced-text.ts';
import { lineKey } from '../../authorship/transfer/line-key.ts';
import type { Database } from '../../store/database/database.ts';
import { FileStateRows } from '../../store/maintenance/states/file-state-rows.ts';
import type { StoredState } from '../../store/maintenance/states/file-state-rows.ts';
import { lineDigest } from '../../store/writers/authorship/noted-lines.ts';

/** How texts are redacted. */
export interface TextRedactions {
  /** By itself. */
  readonly text: ReplaceText;
  /** As what a session wrote: also of the secrets that its last events had. */
  readonly inSession: (text: string, sessionId: string) => string;
}

/** Redacts again what is known of the text of files. Authors stay with their lines. */
export class StateRedaction {
  readonly #rows: FileStateRows;
  readonly #redact: TextRedactions;
  readonly #filesOf;
  readonly #sessionOf;
  readonly #rename;

  constructor(database: Database, redact: TextRedactions) {
    this.#rows = new FileStateRows(database);
    this.#redact = redact;
    this.#filesOf = database
      .prepare<[string], string>('SELECT DISTINCT file_path FROM occurrences WHERE event_id = ?')
      .pluck();
    this.#sessionOf = database
      .prepare<[string], string>('SELECT session_id FROM events WHERE event_id = ?')
      .pluck();
    // Two files may have got the same name; then the later one stays.
    this.#rename = database.prepare<[string, number]>(
      'UPDATE OR REPLACE file_states SET file_path = ? WHERE id = ?',
    );
  }

  /**
   * Redacts the states of the files that an event wrote, when secrets were found in it: they are secrets there, too.
   * Returns how many have changed.
   */
  ofEvent(eventId: string, sessionId: string): number {
    return this.#filesOf.all(eventId).filter((path) => {
      const state = this.#rows.of(path);
      return state && this.#texts(state, (text) => this.#redact.inSession(text, sessionId));
    }).length;
  }

  /** Redacts the states whose ids follow `id`, at most `limit`, with their paths. */
  after(
    id: number,
    limit: number,
  ): { readonly states: readonly StoredState[]; readonly changed: number } {
    const states = this.#rows.after(id, limit);
    const changed = states.filter((state) => {
      const isChanged = this.#texts(state, this.#redact.text);
      const path = this.#redact.text(state.path);
      if (path === state.path) return isChanged;
      this.#rename.run(path, state.id);
      return true;
    }).length;
    return { states, changed };
  }

  /** Redacts all recent changes, of which there are a few dozen for each project; returns how many have changed. */
  changes(): number {
    let changed = 0;
    for (const stored of this.#rows.changes()) {
      const { change } = stored;
      if (change === undefined) {
        this.#rows.dropChange(stored);
        changed += 1;
        continue;
      }
      const session = this.#sessionOf.get(change.event);
      const { text, inSession } = this.#redact;
      const redact = session === undefined ? text : (lines: string) => inSession(lines, session);
      const path = text(change.path);
      const continues = change.continues === undefined ? undefined : text(change.continues);
      const told = { ...replacedChange(change, redact), path, continues };
      const isSame =
        told.gone === change.gone && path === change.path && continues === change.continues;
      if (isSame) continue;
      this.#rows.keepChange(stored, told);
      changed += 1;
    }
    return changed;
  }

  /** A damaged state goes: nobody can look into it. */
  #texts({ id, history, notedLines }: StoredState, redact: ReplaceText): boolean {
    if (history === undefined) {
      this.#rows.drop(id);
      return true;
    }
    const redacted = replacedHistory(history, redact);
    if (redacted === history) return false;
    const gone = digestsLost(history, redacted);
    const left = [...(notedLines ?? [])].filter(([digest]) => !gone.has(digest));
    this.#rows.keep(id, redacted, new Map(left));
    return true;
  }
}

// --- internal ---

/** The digests of lines that a history had and has no longer. */
function digestsLost(before: FileHistory, after: FileHistory): Set<number> {
  const kept = new Set(linesIn(after));
  const lost = [...new Set(linesIn(before))].filter((line) => !kept.has(line));
  return new Set(lost.map((line) => lineDigest(lineKey(line))));
}

function linesIn(history: FileHistory): string[] {
  return versionsOf(history).flatMap(({ lines }) => [...lines]);
}
