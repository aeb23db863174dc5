import { NO_LINE } from '../../../authorship/author.ts';
import { NetText } from '../../../authorship/net-change/net-text.ts';
import {
  comparedLines,
  fileLines,
  unifiedDiff,
} from '../../../authorship/net-change/unified-diff.ts';
import type { UnifiedDiff } from '../../../authorship/net-change/unified-diff.ts';
import { isNotebook } from '../../../authorship/payload/notebook-text.ts';
import { versionsOf } from '../../../authorship/state/file-history.ts';
import type { FileVersion } from '../../../authorship/state/file-history.ts';
import { decodeHistory } from '../../../authorship/state/file-state.ts';
import type { TextChange } from '../../../authorship/payload/text-change.ts';
import type { Hunk } from '../../../event/hunk.ts';
import type { Database } from '../../database/database.ts';
import { SessionWrites } from './session-writes.ts';
import { StoredChangeReader } from './stored-changes.ts';
import type { UntoldChange } from './stored-changes.ts';

/** What a session did to a file in all, from the first text that is known of it then to the last. */
export interface NetChange {
  readonly filePath: string;
  /** `unknown`: it was changed, and what is recorded does not tell how in all. */
  readonly change: 'created' | 'modified' | 'deleted' | 'unknown';
  /** The hunks of its diff, in unified form; null if that is not known. */
  readonly hunks: string | null;
  readonly linesAdded: number | null;
  readonly linesRemoved: number | null;
  /** What is to be known about the diff, or why there is none; null for nothing. */
  readonly note: NetNote | null;
}

/**
 * `redacted`: secrets were taken out of it, so that it may not apply. `guessed`: leading tabs, or whether a last line has its newline, are guessed. `shared`: what
 * others did to the file between two calls is in it. `pruned`: payloads are past retention. `unseen`: a call did not tell
 * all that it changed. `unlike`: it was changed by others in between, and its texts are not kept.
 */
export type NetNote = 'redacted' | 'guessed' | 'shared' | 'pruned' | 'unseen' | 'unlike';

/**
 * What a session changed in all, in the order in which it came to the files; a file that is in the end as it was is
 * left out.
 *
 * @param isAsked tells which files, by their absolute paths
 */
export function sessionFiles(
  database: Database,
  sessionId: string,
  isAsked: (file: string) => boolean = () => true,
): NetChange[] {
  const reader = new StoredChangeReader(database);
  const states = new FileStates(database);
  const files = new Map<string, FileWork>();
  const workOn = (path: string): FileWork => {
    let work = files.get(path);
    if (work === undefined) files.set(path, (work = new FileWork(path, states.of(path))));
    return work;
  };
  for (const eventId of new SessionWrites(database).events(sessionId)) {
    const stored = reader.read(eventId);
    if (stored === undefined) continue;
    for (const change of stored.changes) {
      if (isAsked(change.path)) workOn(change.path).add(eventId, change, stored.hadWhole);
    }
    for (const untold of stored.untold) {
      if (isAsked(untold.filePath))
        workOn(untold.filePath).addUntold(eventId, untold, stored.isKept);
    }
  }
  return [...files.values()].flatMap((work) => work.result() ?? []);
}

// --- internal ---

/** The versions of files that are kept, the oldest first. */
class FileStates {
  readonly #history;

  constructor(database: Database) {
    this.#history = database
      .prepare<[string], Uint8Array>('SELECT history FROM file_states WHERE file_path = ?')
      .pluck();
  }

  of(path: string): FileVersion[] {
    const bytes = this.#history.get(path);
    const history = bytes && decodeHistory(bytes);
    return history === undefined ? [] : versionsOf(history);
  }
}

/** What is found out about one file. */
class FileWork {
  readonly #path: string;
  readonly #versions: readonly FileVersion[];
  readonly #net: NetText;
  readonly #events: string[] = [];
  /** Edits that only told which text they replaced, and not where. */
  readonly #unplaced = new Set<string>();
  /** True after the diff of a command that shows a last line without its newline: the kept texts do not have that. */
  #isEndUnsure = false;
  #problem: NetNote | undefined;
  #wasThere = true;
  #isThere = true;

  constructor(path: string, versions: readonly FileVersion[]) {
    this.#path = path;
    // What is kept of a notebook are its cells, and not what its file holds.
    this.#versions = isNotebook(path) ? [] : versions;
    this.#net = new NetText(this.#versions.flatMap(({ lines }) => lines));
  }

  add(eventId: string, change: TextChange, hadWhole: boolean): void {
    if (this.#events.length === 0) this.#wasThere = change.before !== null;
    this.#events.push(eventId);
    this.#isThere = change.did.kind !== 'delete';
    const { did, before, hunks } = change;
    const isPlaced = did.kind !== 'replace' || before === null || hunks.length > 0 || hadWhole;
    if (!isPlaced) this.#unplaced.add(eventId);
    const isCut = ({ lines }: Hunk): boolean => lines.some((line) => line.isUnterminated);
    this.#isEndUnsure ||= did.kind === 'hunks' && hunks.some(isCut);
    if (this.#problem !== undefined || this.#net.apply(change)) return;
    // Without a diff, a call tells what it wrote, and not where, or in place of what.
    this.#problem = hunks.length === 0 ? 'unseen' : 'unlike';
  }

  addUntold(eventId: string, { change }: UntoldChange, isKept: boolean): void {
    this.#events.push(eventId);
    this.#isThere = change !== 'deleted';
    if (this.#problem !== undefined || (change === 'deleted' && this.#net.remove())) return;
    this.#problem = isKept ? 'unseen' : 'pruned';
  }

  /** Undefined for a file that is as it was. */
  result(): NetChange | undefined {
    const steps = this.#bySteps();
    const versions = steps && !steps.diff.isGuess ? undefined : this.#byVersions();
    // What is certain comes first, then what is likely.
    const found =
      versions?.note === null || steps === undefined || (versions && steps.note !== null)
        ? versions
        : steps;
    const filePath = this.#path;
    if (found === undefined) {
      const note = this.#problem ?? 'unlike';
      return {
        filePath,
        change: 'unknown',
        hunks: null,
        linesAdded: null,
        linesRemoved: null,
        note,
      };
    }
    const { diff, exists, note } = found;
    if (exists.first === exists.now && diff.hunks === '') return undefined;
    if (!exists.first && !exists.now) return undefined;
    return {
      filePath,
      change: exists.first ? (exists.now ? 'modified' : 'deleted') : 'created',
      hunks: diff.hunks,
      linesAdded: diff.added,
      linesRemoved: diff.removed,
      note: diff.hunks.includes(MARKER) ? 'redacted' : note,
    };
  }

  /** By putting together what each change tells. */
  #bySteps(): Found | undefined {
    if (this.#problem !== undefined) return undefined;
    const diff = unifiedDiff(this.#net.compared());
    const isDoubtful = diff?.isGuess === true && this.#net.isDoubtful;
    return diff && { diff, exists: this.#net.exists, note: isDoubtful ? 'guessed' : null };
  }

  /** By the texts that the file had before the first change and after the last, if both are still kept. */
  #byVersions(): Found | undefined {
    const first = this.#versions.findIndex(({ event }) => event === this.#events[0]);
    const last = this.#versions.findLastIndex(({ event }) => event === this.#events.at(-1));
    const [before, after] = [this.#versions[first - 1], this.#versions[last]];
    const exists = { first: this.#wasThere, now: this.#isThere };
    if (first === -1 || after === undefined || (exists.first && before === undefined))
      return undefined;
    const [old, now] = [exists.first ? wholeText(before) : [], exists.now ? wholeText(after) : []];
    const diff = old && now && unifiedDiff(comparedLines(old, now));
    if (!diff) return undefined;
    if (this.#isInvented(first, last)) return undefined;
    const own = new Set(this.#events);
    const isShared = this.#versions
      .slice(first, last + 1)
      .some(({ event }) => event === null || !own.has(event));
    return { diff, exists, note: isShared ? 'shared' : this.#isEndUnsure ? 'guessed' : null };
  }

  /** True if the text before an edit that told no place was made of what it replaced, and nothing else. */
  #isInvented(first: number, last: number): boolean {
    return this.#versions.some(({ event }, index) => {
      if (index < first || index > last || event === null || !this.#unplaced.has(event))
        return false;
      return this.#versions[index - 1]?.event === null;
    });
  }
}

interface Found {
  readonly diff: UnifiedDiff;
  readonly exists: { readonly first: boolean; readonly now: boolean };
  readonly note: NetNote | null;
}

/** How every marker of redaction begins. */
const MARKER = '[redacted:';

/** Undefined if it has places that are not known. */
function wholeText(version: FileVersion | undefined) {
  if (version === undefined || version.lines.includes(NO_LINE)) return undefined;
  return fileLines(version.lines.join('\n'));
}
