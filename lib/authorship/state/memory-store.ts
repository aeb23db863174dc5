import type { AuthorshipStore, LineNote, RecentChange } from './authorship-store.ts';
import { MAX_RECENT_CHANGES } from './authorship-store.ts';
import { decodeHistory, encodeHistory } from './file-state.ts';
import type { FileHistory } from './file-history.ts';

/** What a {@link MemoryStore} keeps at most. */
export interface MemoryStoreBounds {
  /** Bytes of one file's state; the state of a larger one is not kept. */
  readonly fileBytes: number;
  /** Bytes of all states together; the files untouched for longest are dropped first. */
  readonly totalBytes: number;
  /** Lines that may come back; the oldest are dropped first. */
  readonly lines: number;
}

/** The bounds for one project. */
export const MEMORY_STORE_BOUNDS: MemoryStoreBounds = Object.freeze({
  fileBytes: 512 * 1024,
  totalBytes: 32 * 1024 * 1024,
  lines: 50_000,
});

/** What a {@link MemoryStore} dropped, because it had no room. */
export interface Dropped {
  readonly files: number;
  readonly lines: number;
}

/** Histories that stay read: events come in groups about the same files. */
const MAX_READ = 16;

/** Keeps a project's authorship in memory, each file as the bytes in which it would be stored. */
export class MemoryStore implements AuthorshipStore {
  readonly #bounds: MemoryStoreBounds;
  /** In the order in which they were touched. */
  readonly #files = new Map<string, Uint8Array>();
  /** Those used last, as they were read. */
  readonly #read = new Map<string, FileHistory>();
  readonly #lines = new Map<string, LineNote>();
  #recent: readonly RecentChange[] = [];
  #bytes = 0;
  #droppedFiles = 0;
  #droppedLines = 0;

  constructor(bounds: Partial<MemoryStoreBounds> = {}) {
    this.#bounds = { ...MEMORY_STORE_BOUNDS, ...bounds };
  }

  history(path: string): FileHistory | undefined {
    const bytes = this.#files.get(path);
    if (bytes === undefined) return undefined;
    const history = this.#read.get(path) ?? decodeHistory(bytes);
    if (history !== undefined) this.#remember(path, history);
    return history;
  }

  keepHistory(path: string, history: FileHistory | undefined): void {
    this.#remove(path);
    if (history === undefined) return;
    const bytes = encodeHistory(history);
    if (bytes.length > this.#bounds.fileBytes) {
      this.#droppedFiles += 1;
      return;
    }
    this.#files.set(path, bytes);
    this.#bytes += bytes.length;
    this.#remember(path, history);
    while (this.#bytes > this.#bounds.totalBytes) {
      const [oldest = path] = this.#files.keys();
      this.#remove(oldest);
      this.#droppedFiles += 1;
    }
  }

  line(key: string): LineNote | undefined {
    return this.#lines.get(key);
  }

  noteLine(key: string, note: LineNote): void {
    this.#lines.delete(key);
    this.#lines.set(key, note);
    if (this.#lines.size <= this.#bounds.lines) return;
    const [oldest = key] = this.#lines.keys();
    this.#lines.delete(oldest);
    this.#droppedLines += 1;
  }

  recentChanges(): readonly RecentChange[] {
    return this.#recent;
  }

  noteChange(change: RecentChange): void {
    this.#recent = [change, ...this.#recent].slice(0, MAX_RECENT_CHANGES);
  }

  /** The paths of all files that are known. */
  paths(): string[] {
    return [...this.#files.keys()];
  }

  /** Bytes of a file's state. */
  bytes(path: string): number {
    return this.#files.get(path)?.length ?? 0;
  }

  get dropped(): Dropped {
    return { files: this.#droppedFiles, lines: this.#droppedLines };
  }

  #remember(path: string, history: FileHistory): void {
    this.#read.delete(path);
    this.#read.set(path, history);
    if (this.#read.size <= MAX_READ) return;
    const [oldest = path] = this.#read.keys();
    this.#read.delete(oldest);
  }

  #remove(path: string): void {
    this.#bytes -= this.bytes(path);
    this.#files.delete(path);
    this.#read.delete(path);
  }
}
