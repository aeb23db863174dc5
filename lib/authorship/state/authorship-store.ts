import type { Author, AuthoredText } from '../author.ts';
import type { FileHistory } from './file-history.ts';

/** An event's id, and when it happened, in milliseconds since 1970 UTC. */
export interface EventStamp {
  readonly id: string;
  readonly at: number;
}

/** Where a line that Claude wrote was seen last. */
export interface LineNote {
  readonly author: Author;
  readonly path: string;
}

/** What a change did to a file, kept for a while: what it took may turn up in another file. */
export interface RecentChange {
  readonly event: string;
  readonly path: string;
  readonly gone: AuthoredText;
  /** True if the event put lines of its own into the file. */
  readonly added: boolean;
  /** When the event happened. */
  readonly at: number;
  /** True if nothing was known of the file before. */
  readonly isFirst: boolean;
  /** The file that it was before, if it was found to be renamed. */
  readonly continues: string | undefined;
}

/** What is kept of one project. Whoever implements it bounds it, and counts what it drops. */
export interface AuthorshipStore {
  /** A file's history; undefined for an unknown one. */
  history: (path: string) => FileHistory | undefined;
  /** Keeps a file's history; undefined to forget the file. */
  keepHistory: (path: string, history: FileHistory | undefined) => void;
  /** The note on the line with this key. */
  line: (key: string) => LineNote | undefined;
  noteLine: (key: string, note: LineNote) => void;
  /** The last {@link MAX_RECENT_CHANGES}, the newest first. */
  recentChanges: () => readonly RecentChange[];
  noteChange: (change: RecentChange) => void;
}

/** How many changes are looked at for lines that went. */
export const MAX_RECENT_CHANGES = 32;
