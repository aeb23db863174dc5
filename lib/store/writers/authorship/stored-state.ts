import type { Author } from '../../../authorship/author.ts';
import type { FileHistory } from '../../../authorship/state/file-history.ts';
import { authorsNamedIn, encodeHistory, namesOf } from '../../../authorship/state/file-state.ts';
import { decodeNotedLines, encodeNotedLines } from './noted-lines.ts';
import type { NotedLines } from './noted-lines.ts';

/**
 * The two columns of a file's state. The noted lines name their authors by the numbers that these have in the history, so
 * that both are written together.
 */
export interface StateColumns {
  readonly history: Uint8Array;
  readonly notedLines: Uint8Array;
}

/** Writes both columns. */
export function encodeState(history: FileHistory, lines: NotedLines): StateColumns {
  const names = namesOf(history);
  for (const author of lines.values()) names.number(author);
  return { history: encodeHistory(history, names), notedLines: encodeNotedLines(lines, names) };
}

/** The noted lines of a state; undefined when they are damaged. */
export function notedLinesIn({
  history,
  notedLines,
}: StateColumns): Map<number, Author> | undefined {
  if (notedLines.length === 0) return new Map();
  const authors = authorsNamedIn(history);
  return authors && decodeNotedLines(notedLines, authors);
}
