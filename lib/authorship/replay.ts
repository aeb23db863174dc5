import { eventOf, NO_LINE, NOT_CLAUDE } from './author.ts';
import type { Author, AuthoredText, AuthorShare } from './author.ts';
import { parentsIn } from './apply-text-change.ts';
import { addVersion } from './state/file-history.ts';
import type { FileHistory, FileVersion } from './state/file-history.ts';
import { changedBlocks } from './transfer/line-diff.ts';
import { transfer } from './transfer/transfer.ts';

/** The parents of a piece that was reported before. */
export interface Revision {
  readonly author: string;
  readonly parents: readonly AuthorShare[];
}

/** A history with later versions told again. */
export interface Replayed {
  readonly history: FileHistory;
  readonly revised: readonly Revision[];
}

/**
 * Puts versions that came earlier after a history that has an event they did not know of. What they wrote
 * stays theirs; what they kept has the authors that it has now.
 */
export function replay(earlier: FileHistory, later: readonly FileVersion[]): Replayed {
  let history = earlier;
  const revised: Revision[] = [];
  for (const version of later) {
    const before = history.last;
    for (const { author, replaced } of version.pieces) {
      revised.push({ author, parents: parentsIn(before.authors, replaced) });
    }
    const told = filled(before, version);
    const now = transfer(before, told.lines, (line) => told.authors[line] ?? NOT_CLAUDE);
    const authors = now.authors.map((author, line): Author => {
      const own = told.authors[line] ?? NOT_CLAUDE;
      const isOwn = own !== NOT_CLAUDE && eventOf(own) === version.event;
      return isOwn ? own : (author ?? own);
    });
    history = addVersion(history, { ...version, lines: told.lines, authors });
  }
  return { history, revised };
}

// --- internal ---

/** A version with what stood before in the place of lines that were not known when it came. */
function filled(before: AuthoredText, { lines, authors }: AuthoredText): AuthoredText {
  if (!lines.includes(NO_LINE)) return { lines, authors };
  const text: string[] = [];
  const by: Author[] = [];
  let at = 0;
  const copy = (from: AuthoredText, start: number, end: number): void => {
    for (let line = start; line < end; line += 1) {
      text.push(from.lines[line] ?? '');
      by.push(from.authors[line] ?? NOT_CLAUDE);
    }
  };
  for (const { oldStart, oldEnd, newStart, newEnd } of changedBlocks(before.lines, lines)) {
    copy({ lines, authors }, at, newStart);
    at = newEnd;
    let [first, last] = [newStart, newEnd];
    while (first < last && lines[first] === NO_LINE) first += 1;
    while (first < last && lines[last - 1] === NO_LINE) last -= 1;
    if (first > newStart) copy(before, oldStart, oldEnd);
    copy({ lines, authors }, first, last);
    if (first === newStart && last < newEnd) copy(before, oldStart, oldEnd);
  }
  copy({ lines, authors }, at, lines.length);
  return { lines: text, authors: by };
}
