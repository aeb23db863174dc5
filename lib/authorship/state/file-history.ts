import { writtenBy } from '../author.ts';
import type { Author, AuthoredText } from '../author.ts';

/** When and by what a file got a text. */
export interface VersionOrigin {
  /** When the event happened that wrote it or found it so, milliseconds since 1970 UTC. */
  readonly at: number;
  /** The id of the event that wrote it; null for a text that an event found. */
  readonly event: string | null;
  /** What that event wrote. */
  readonly pieces: readonly WrittenPiece[];
}

/** A piece in a version: its parents follow from who wrote what it replaced. */
export interface WrittenPiece {
  readonly author: string;
  /** The lines of the version before that it replaced: 0-based, `[start, end, start, end, …]`. */
  readonly replaced: readonly number[];
}

/** A text that a file had, with its authors. */
export interface FileVersion extends AuthoredText, VersionOrigin {}

/** An earlier version, as the difference from the next later one. */
export interface PastVersion extends VersionOrigin {
  /** Lines `[start, end)` of the later version were these. */
  readonly start: number;
  readonly end: number;
  readonly lines: readonly string[];
  readonly authors: readonly Author[];
}

/** The versions of a file that are kept: the last one whole, earlier ones as differences. Never changed. */
export interface FileHistory {
  readonly last: FileVersion;
  /** The newest first. */
  readonly past: readonly PastVersion[];
}

/** Earlier versions that are kept for a file, so that a text that comes back, or an event that is late, finds its place. */
export const MAX_PAST_VERSIONS = 8;
/** Those that are kept though they differ much from the next, … */
const LEAST_PAST_VERSIONS = 2;
/** … up to this many characters; … */
const MAX_PAST_TEXT = 64 * 1024;
/** … the others as long as all have together so few. */
const FURTHER_TEXT = 500;
/** What a version takes beside its text, in characters. */
const VERSION_OVERHEAD = 30;

/** The history of a file with one more version. */
export function addVersion(history: FileHistory | undefined, version: FileVersion): FileHistory {
  if (history === undefined) return { last: version, past: [] };
  const past = [difference(history.last, version), ...history.past];
  let length = 0;
  // A difference is of use only with all later ones.
  const dropped = past.findIndex(({ lines }, index) => {
    length += textLength(lines) + VERSION_OVERHEAD;
    return (
      index >= MAX_PAST_VERSIONS ||
      length > (index < LEAST_PAST_VERSIONS ? MAX_PAST_TEXT : FURTHER_TEXT)
    );
  });
  return { last: version, past: dropped === -1 ? past : past.slice(0, dropped) };
}

/** The history of versions, the oldest first. */
export function historyOf(versions: readonly FileVersion[]): FileHistory | undefined {
  return versions.reduce<FileHistory | undefined>(addVersion, undefined);
}

/** All versions that are kept, the oldest first. */
export function versionsOf({ last, past }: FileHistory): FileVersion[] {
  const versions = [last];
  for (const { start, end, lines, authors, at, event, pieces } of past) {
    const later = versions.at(-1)?.lines ?? [];
    const text = [...later.slice(0, start), ...lines, ...later.slice(end)];
    versions.push({ at, event, pieces, lines: text, authors });
  }
  return versions.toReversed();
}

/** The newest version with exactly this text. */
export function versionWith(
  history: FileHistory,
  lines: readonly string[],
): AuthoredText | undefined {
  if (isSameText(history.last.lines, lines)) return history.last;
  return versionsOf(history).findLast((version) => isSameText(version.lines, lines));
}

/** True for equal lines. */
export function isSameText(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((line, index) => line === other[index]);
}

/** What a removed file is: one line without text. */
export const REMOVED: AuthoredText = writtenBy(null, ['']);

// --- internal ---

function textLength(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + line.length + 1, 0);
}

function difference(earlier: FileVersion, later: FileVersion): PastVersion {
  const [one, other] = [earlier.lines, later.lines];
  const shorter = Math.min(one.length, other.length);
  let start = 0;
  while (start < shorter && one[start] === other[start]) start += 1;
  let tail = 0;
  while (tail < shorter - start && one.at(-1 - tail) === other.at(-1 - tail)) tail += 1;
  return {
    at: earlier.at,
    event: earlier.event,
    pieces: earlier.pieces,
    start,
    end: other.length - tail,
    lines: one.slice(start, one.length - tail),
    authors: earlier.authors,
  };
}
