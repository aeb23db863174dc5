import { LRUCache } from 'lru-cache';
import { linesOfClaude, linesOfText } from '../../../authorship/author.ts';
import type { Author } from '../../../authorship/author.ts';
import type {
  AuthorshipStore,
  LineNote,
  RecentChange,
} from '../../../authorship/state/authorship-store.ts';
import { MAX_RECENT_CHANGES } from '../../../authorship/state/authorship-store.ts';
import type { FileHistory } from '../../../authorship/state/file-history.ts';
import { decodeHistory } from '../../../authorship/state/file-state.ts';
import { decodeChange, encodeChange } from '../../../authorship/state/stored-change.ts';
import { Counters } from '../../database/counters.ts';
import type { Database } from '../../database/database.ts';
import { lineDigest } from './noted-lines.ts';
import { statesRevision } from './states-revision.ts';
import { encodeState, notedLinesIn } from './stored-state.ts';
import type { StateColumns } from './stored-state.ts';

/** A larger state of a file is not kept, in bytes. */
export const MAX_STATE_BYTES = 512 * 1024;
/** Lines of one file that are kept to be found again; the oldest are dropped first. */
export const MAX_NOTED_LINES = 4_000;

/** Text that stays unpacked, in characters: events come in groups about the same files. */
const MAX_UNPACKED = 8 * 1024 * 1024;
/** Projects whose noted lines stay in memory. */
const MAX_PROJECTS = 4;
/** What a file takes in memory beside its text, in characters. */
const ENTRY_SIZE = 1024;

/**
 * Who wrote each line, in tracker.db. It keeps in memory what the events of a batch are about; {@link flush} writes
 * what has changed.
 */
export class AuthorshipTables {
  readonly #database: Database;
  readonly #rows: Rows;
  readonly #counters: Counters;
  readonly #files: LRUCache<string, FileEntry>;
  readonly #projects = new LRUCache<number, ProjectStore>({
    max: MAX_PROJECTS,
    dispose: (project) => project.flush(),
  });
  #version: string | undefined;

  constructor(database: Database) {
    this.#database = database;
    this.#rows = new Rows(database);
    this.#counters = new Counters(database);
    this.#files = new LRUCache<string, FileEntry>({
      maxSize: MAX_UNPACKED,
      maxEntrySize: Number.MAX_SAFE_INTEGER,
      sizeCalculation: sizeOf,
      dispose: (entry, path, reason) => {
        if (reason === 'evict') this.#write(path, entry);
      },
    });
  }

  /** Drops what another process, or other work of this one, has made stale. Call it at the beginning of each transaction. */
  begin(): void {
    const version = `${Number(this.#rows.version())} ${statesRevision(this.#database)}`;
    if (version !== this.#version) this.forget();
    this.#version = version;
  }

  /** What is kept for a project; null stands for all that is outside every project. */
  of(projectId: number | null): AuthorshipStore {
    const id = projectId ?? OUTSIDE;
    const known = this.#projects.get(id);
    if (known !== undefined) return known;
    const store = new ProjectStore(this, this.#rows, id);
    this.#projects.set(id, store);
    return store;
  }

  /** Writes what has changed. Call it at the end of each transaction. */
  flush(): void {
    for (const [path, entry] of this.#files.entries()) this.#write(path, entry);
    for (const project of this.#projects.values()) project.flush();
  }

  /** Forgets what is in memory, because it was rolled back or is stale. */
  forget(): void {
    for (const entry of this.#files.values()) entry.isChanged = false;
    this.#files.clear();
    for (const project of this.#projects.values()) project.forget();
    this.#projects.clear();
  }

  /** See `AuthorshipStore`. */
  history(path: string): FileHistory | undefined {
    return this.#file(path).history;
  }

  /** See `AuthorshipStore`. */
  keepHistory(path: string, history: FileHistory | undefined, projectId: number): void {
    const { notedLines } = this.#file(path);
    // Set again, because its size has changed.
    this.#files.set(path, { history, notedLines, projectId, isChanged: true });
  }

  /** See `AuthorshipStore`. A file that is not kept has no lines either. */
  noteLine(digest: number, { author, path }: LineNote): void {
    const entry = this.#file(path);
    if (entry.history === undefined) return;
    const lines = (entry.notedLines ??= this.#rows.notedLines(path));
    lines.delete(digest);
    lines.set(digest, author);
    entry.isChanged = true;
  }

  #file(path: string): FileEntry {
    const known = this.#files.get(path);
    if (known !== undefined) return known;
    const row = this.#rows.state(path);
    const entry: FileEntry = {
      history: row && decodeHistory(row.history),
      notedLines: undefined,
      projectId: row?.projectId ?? OUTSIDE,
      isChanged: false,
    };
    this.#files.set(path, entry);
    return entry;
  }

  #write(path: string, entry: FileEntry): void {
    if (!entry.isChanged) return;
    entry.isChanged = false;
    const { history, notedLines, projectId } = entry;
    entry.notedLines = undefined; // thousands in memory would be more than its text
    if (history === undefined) {
      this.#rows.remove(path);
      return;
    }
    const lines = notedLines ?? this.#rows.notedLines(path);
    const trimmed = trim(lines);
    const columns = encodeState(history, lines);
    if (columns.history.length > MAX_STATE_BYTES) {
      this.#rows.remove(path);
      this.#counters.add('dropped_states');
      entry.history = undefined;
      return;
    }
    this.#counters.add('dropped_lines', trimmed);
    this.#rows.keep({
      path,
      projectId,
      at: history.last.at,
      ...columns,
      claudeLines: linesOfClaude(history.last),
      allLines: linesOfText(history.last),
    });
  }
}

// --- internal ---

/** The project in a key where there is none. */
const OUTSIDE = 0;

interface FileEntry {
  history: FileHistory | undefined;
  /** Undefined as long as they have not been read. */
  notedLines: Map<number, Author> | undefined;
  readonly projectId: number;
  isChanged: boolean;
}

function sizeOf({ history }: FileEntry): number {
  const texts = history ? [history.last, ...history.past] : [];
  return texts.reduce(
    (sum, { lines }) => lines.reduce((length, line) => length + line.length + 8, sum),
    ENTRY_SIZE,
  );
}

/** Leaves the newest {@link MAX_NOTED_LINES}; returns how many were dropped. */
function trim(lines: Map<number, Author>): number {
  const excess = Math.max(0, lines.size - MAX_NOTED_LINES);
  for (const digest of [...lines.keys()].slice(0, excess)) lines.delete(digest);
  return excess;
}

/** What is kept for one project. */
class ProjectStore implements AuthorshipStore {
  readonly #tables: AuthorshipTables;
  readonly #rows: Rows;
  readonly #id: number;
  #lines: Map<number, LineNote> | undefined;
  #recent: readonly RecentChange[] | undefined;
  #unwritten: RecentChange[] = [];

  constructor(tables: AuthorshipTables, rows: Rows, id: number) {
    this.#tables = tables;
    this.#rows = rows;
    this.#id = id;
  }

  history(path: string): FileHistory | undefined {
    return this.#tables.history(path);
  }

  keepHistory(path: string, history: FileHistory | undefined): void {
    this.#tables.keepHistory(path, history, this.#id);
  }

  line(key: string): LineNote | undefined {
    if (this.#lines === undefined) {
      this.#tables.flush(); // what was noted before is read with the rest
      this.#lines = this.#rows.linesOf(this.#id);
    }
    return this.#lines.get(lineDigest(key));
  }

  noteLine(key: string, note: LineNote): void {
    const digest = lineDigest(key);
    this.#lines?.set(digest, note);
    this.#tables.noteLine(digest, note);
  }

  recentChanges(): readonly RecentChange[] {
    return (this.#recent ??= this.#rows.changesOf(this.#id));
  }

  noteChange(change: RecentChange): void {
    this.#recent = [change, ...this.recentChanges()].slice(0, MAX_RECENT_CHANGES);
    this.#unwritten = [change, ...this.#unwritten].slice(0, MAX_RECENT_CHANGES);
  }

  flush(): void {
    if (this.#unwritten.length === 0) return;
    this.#rows.addChanges(this.#id, this.#unwritten.toReversed());
    this.#unwritten = [];
  }

  forget(): void {
    this.#unwritten = [];
  }
}

interface StateRow {
  readonly projectId: number | null;
  readonly history: Uint8Array;
}

interface KeptState extends StateColumns {
  readonly path: string;
  readonly projectId: number;
  readonly at: number;
  readonly claudeLines: number;
  readonly allLines: number;
}

/** The statements. */
class Rows {
  readonly #version;
  readonly #state;
  readonly #columns;
  readonly #keep;
  readonly #remove;
  readonly #linesOf;
  readonly #changes;
  readonly #lastSeq;
  readonly #addChange;
  readonly #trimChanges;

  constructor(database: Database) {
    // It changes when another connection has written.
    this.#version = database.prepare<[], unknown>('PRAGMA data_version').pluck();
    this.#state = database.prepare<[string], StateRow>(
      'SELECT project_id AS projectId, history FROM file_states WHERE file_path = ?',
    );
    this.#columns = database.prepare<[string], StateColumns>(
      'SELECT history, noted_lines AS notedLines FROM file_states WHERE file_path = ?',
    );
    this.#keep = database.prepare<
      [string, number | null, number, Uint8Array, Uint8Array, number, number]
    >(
      `INSERT INTO file_states (file_path, project_id, touched_at, history, noted_lines, claude_lines, all_lines)
       VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET project_id = excluded.project_id, touched_at = excluded.touched_at,
         history = excluded.history, noted_lines = excluded.noted_lines, is_repacked = 0,
         claude_lines = excluded.claude_lines, all_lines = excluded.all_lines`,
    );
    this.#remove = database.prepare<[string]>('DELETE FROM file_states WHERE file_path = ?');
    this.#linesOf = database.prepare<[number | null], StateColumns & { readonly path: string }>(
      `SELECT file_path AS path, history, noted_lines AS notedLines FROM file_states
       WHERE project_id IS ? AND length(noted_lines) > 0 ORDER BY touched_at, id`,
    );
    this.#changes = database
      .prepare<[number], Uint8Array>(
        `SELECT change FROM recent_changes WHERE project_id = ?
         ORDER BY seq DESC LIMIT ${MAX_RECENT_CHANGES}`,
      )
      .pluck();
    this.#lastSeq = database
      .prepare<[number], number>(
        'SELECT coalesce(max(seq), 0) FROM recent_changes WHERE project_id = ?',
      )
      .pluck();
    this.#addChange = database.prepare<[number, number, Uint8Array]>(
      'INSERT INTO recent_changes (project_id, seq, change) VALUES (?, ?, ?)',
    );
    this.#trimChanges = database.prepare<[number, number]>(
      'DELETE FROM recent_changes WHERE project_id = ? AND seq <= ?',
    );
  }

  version(): unknown {
    return this.#version.get();
  }

  state(path: string): StateRow | undefined {
    return this.#state.get(path);
  }

  /** Those that cannot be read count as none. */
  notedLines(path: string): Map<number, Author> {
    const columns = this.#columns.get(path);
    return (columns && notedLinesIn(columns)) ?? new Map();
  }

  keep({ path, projectId, at, history, notedLines, claudeLines, allLines }: KeptState): void {
    const project = projectId === OUTSIDE ? null : projectId;
    this.#keep.run(path, project, at, history, notedLines, claudeLines, allLines);
  }

  remove(path: string): void {
    this.#remove.run(path);
  }

  linesOf(projectId: number): Map<number, LineNote> {
    const notes = new Map<number, LineNote>();
    const files = this.#linesOf.iterate(projectId === OUTSIDE ? null : projectId);
    for (const { path, ...columns } of files) {
      for (const [digest, author] of notedLinesIn(columns) ?? []) {
        notes.set(digest, { author, path });
      }
    }
    return notes;
  }

  changesOf(projectId: number): RecentChange[] {
    return this.#changes.all(projectId).flatMap((bytes) => decodeChange(bytes) ?? []);
  }

  /** Adds changes, the oldest first. */
  addChanges(projectId: number, changes: readonly RecentChange[]): void {
    let seq = this.#lastSeq.get(projectId) ?? 0;
    for (const change of changes) this.#addChange.run(projectId, (seq += 1), encodeChange(change));
    this.#trimChanges.run(projectId, seq - MAX_RECENT_CHANGES);
  }
}
