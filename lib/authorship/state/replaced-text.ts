import type { AuthoredText } from '../author.ts';
import { changedBlocks } from '../transfer/line-diff.ts';
import type { RecentChange } from './authorship-store.ts';
import { historyOf, versionsOf } from './file-history.ts';
import type { FileHistory } from './file-history.ts';

/** What becomes of a text of several lines; a text that stays is returned unchanged. */
export type ReplaceText = (text: string) => string;

/**
 * A history of which each text was replaced by one that says the same in other words, as redaction does. Authors stay
 * with their lines. The same object if nothing changes.
 */
export function replacedHistory(history: FileHistory, replace: ReplaceText): FileHistory {
  let isChanged = false;
  let isShifted = false;
  const versions = versionsOf(history).map((version) => {
    const text = replacedText(version, replace);
    if (text === version) return version;
    isChanged = true;
    if (text.lines.length !== version.lines.length) isShifted = true;
    return { ...version, lines: text.lines, authors: text.authors };
  });
  if (!isChanged) return history;
  // A piece names the lines it replaced by their numbers.
  const told = isShifted ? versions.map((version) => ({ ...version, pieces: [] })) : versions;
  return historyOf(told) ?? history;
}

/** The same for a recent change. */
export function replacedChange(change: RecentChange, replace: ReplaceText): RecentChange {
  const gone = replacedText(change.gone, replace);
  return gone === change.gone ? change : { ...change, gone };
}

// --- internal ---

function replacedText(text: AuthoredText, replace: ReplaceText): AuthoredText {
  const before = text.lines.join('\n');
  const after = replace(before);
  if (after === before) return text;
  const lines = after.split('\n');
  if (lines.length === text.lines.length) return { lines, authors: text.authors };
  const authors = [...text.authors];
  // From the end, so that earlier numbers hold.
  const blocks = changedBlocks(text.lines, lines, false).toReversed();
  for (const { oldStart, oldEnd, newStart, newEnd } of blocks) {
    const own = Array.from(
      { length: newEnd - newStart },
      (_, step) => text.authors[Math.min(oldStart + step, oldEnd - 1)] ?? null,
    );
    authors.splice(oldStart, oldEnd - oldStart, ...own);
  }
  return { lines, authors };
}
