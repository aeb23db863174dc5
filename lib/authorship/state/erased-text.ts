import { eventOf, NO_LINE, NOT_CLAUDE } from '../author.ts';
import type { Author, AuthoredText } from '../author.ts';
import type { RecentChange } from './authorship-store.ts';
import type { FileHistory, FileVersion } from './file-history.ts';

/** Tells whether an author's lines may stay; null stands for those that nobody of Claude's wrote. */
export type Stays = (author: Author) => boolean;

/**
 * What may stay of a file's history when authors go: the lines of its last version that may stay. Every other line loses
 * its text, and keeps its place, so that the next event finds the others where they were. Undefined if nothing of
 * Claude's is left.
 */
export function erasedHistory({ last }: FileHistory, stays: Stays): FileHistory | undefined {
  const text = erasedText(last, stays);
  if (text === undefined) return undefined;
  // The parents of its pieces follow from the version before, which is gone.
  return { last: { ...text, at: last.at, event: null, pieces: [] }, past: [] };
}

/** What may stay of a recent change in the same way. */
export function erasedChange(change: RecentChange, stays: Stays): RecentChange {
  return { ...change, gone: erasedText(change.gone, stays) ?? { lines: [], authors: [] } };
}

/** Every author that a history names. */
export function authorsIn({ last, past }: FileHistory): Set<string> {
  const names = new Set<string>();
  for (const version of [last, ...past]) addAuthors(names, version);
  return names;
}

/** The events that a history tells of. */
export function eventsIn(history: FileHistory): Set<string> {
  const events = new Set([...authorsIn(history)].map(eventOf));
  for (const { event } of [history.last, ...history.past]) if (event !== null) events.add(event);
  return events;
}

// --- internal ---

function addAuthors(
  names: Set<string>,
  { authors, pieces }: Pick<FileVersion, 'authors' | 'pieces'>,
): void {
  let before: Author = NOT_CLAUDE;
  for (const author of authors) {
    if (author !== before && author !== NOT_CLAUDE) names.add(author);
    before = author;
  }
  for (const { author } of pieces) names.add(author);
}

function erasedText({ lines, authors }: AuthoredText, stays: Stays): AuthoredText | undefined {
  const kept = authors.map(stays);
  if (authors.every((author, index) => author === NOT_CLAUDE || kept[index] === false)) {
    return undefined;
  }
  return {
    lines: lines.map((line, index) => (kept[index] === true ? line : NO_LINE)),
    authors: authors.map((author, index) => (kept[index] === true ? author : NOT_CLAUDE)),
  };
}
