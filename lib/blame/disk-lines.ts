import { NOT_CLAUDE } from '../authorship/author.ts';
import type { Author } from '../authorship/author.ts';
import type { LineAuthors } from '../authorship/line-authors.ts';
import { confidenceOf } from '../authorship/seen-text.ts';
import type { Confidence, SeenText } from '../authorship/seen-text.ts';
import type { Redactor } from '../redact/redact.ts';

/** A line as it is on disk, and what is known of it. */
export interface DiskLine {
  /** As it is on disk, without its newline. */
  readonly text: string;
  /** Its author; undefined if nothing is known of it. */
  readonly author: Author | undefined;
  /** How it got there: as `LineOrigin` has it, or `unknown`. */
  readonly origin: SeenText['origins'][number];
  readonly confidence: Confidence;
}

/** The lines of a file on disk. */
export interface DiskLines {
  readonly lines: readonly DiskLine[];
  /** What they were compared with. */
  readonly seen: SeenText;
}

/** What is known of a file beside its history. */
export interface DiskFile {
  readonly path: string;
  readonly text: string;
  /** When a command was last seen to change the file without telling how, in milliseconds since 1970 UTC. */
  readonly unseenAt: number | undefined;
}

/**
 * Finds the authors of the lines that stand on disk. What is known holds no secrets, and the disk does: where it
 * has a marker in their place, the text is redacted before it is compared.
 * To load what redacts takes long, and few files have held a secret: without `redactor`, it is asked for if it is needed.
 */
export function diskLinesOf(
  engine: LineAuthors,
  file: DiskFile,
  redactor: Redactor | undefined,
): DiskLines | 'needs-redactor' {
  const plain = engine.seen(file.path, file.text);
  if (plain.isExact || !holdsMarker(plain)) return byDiskLine(plain, file, (line) => line);
  if (redactor === undefined) return 'needs-redactor';
  const { text, findings, leftOut } = redactor.redactText(file.text);
  if (leftOut > 0) return byDiskLine(plain, file, (line) => line);
  const redacted = engine.seen(file.path, text);
  return byDiskLine(redacted, file, lineAfterRedaction(file.text, findings));
}

/** The lines of a text of which nothing is known. */
export function unknownLines(text: string): DiskLines {
  const lines = shownLines(text).map(unknownLine);
  const texts = lines.map(({ text: line }) => line);
  const seen = {
    lines: texts,
    authors: texts.map(() => NOT_CLAUDE),
    origins: texts.map(() => 'unknown' as const),
    history: undefined,
    renamedFrom: undefined,
    isExact: false,
  };
  return { lines, seen };
}

/** The lines of a text as people count them: what ends with a newline has no line after it. */
export function shownLines(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

// --- internal ---

const MARKER = '[redacted:';

function unknownLine(text: string): DiskLine {
  return { text, author: undefined, origin: 'unknown', confidence: 'low' };
}

function holdsMarker({ history }: SeenText): boolean {
  return (
    history !== undefined &&
    [history.last, ...history.past].some(({ lines }) => lines.some((line) => line.includes(MARKER)))
  );
}

function byDiskLine(
  seen: SeenText,
  { text, unseenAt }: DiskFile,
  seenLineOf: (line: number) => number,
): DiskLines {
  const isUnseen = unseenAt !== undefined && unseenAt > (seen.history?.last.at ?? 0);
  const lines = shownLines(text).map((content, index): DiskLine => {
    const line = seenLineOf(index);
    const origin = seen.origins[line] ?? 'unknown';
    // A command of Claude's may have written it.
    const isUnknown = origin === 'unknown' || (isUnseen && origin === 'new');
    if (isUnknown) return unknownLine(content);
    const author = seen.authors[line] ?? NOT_CLAUDE;
    return { text: content, author, origin, confidence: confidenceOf(seen, line) };
  });
  return { lines, seen };
}

/**
 * Tells where a line of a text stands in the redacted one, both from 0: a secret of several lines has become a
 * part of one.
 */
function lineAfterRedaction(
  text: string,
  findings: readonly { readonly start: number; readonly end: number }[],
): (line: number) => number {
  const places: number[] = [];
  let [removed, next] = [0, 0];
  for (let at = 0, line = 0; at <= text.length; line += 1) {
    places.push(line - removed);
    const newline = text.indexOf('\n', at);
    if (newline === -1) break;
    while ((findings[next]?.end ?? Number.POSITIVE_INFINITY) <= newline) next += 1;
    if ((findings[next]?.start ?? Number.POSITIVE_INFINITY) <= newline) removed += 1;
    at = newline + 1;
  }
  return (line) => places[line] ?? line;
}
