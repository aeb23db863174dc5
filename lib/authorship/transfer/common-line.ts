import { isTrivial, keyAt } from './line-key.ts';

/**
 * True for an import, and for a comment above all code: files that have nothing to do with each other have the same
 * licence above the same imports. So such a line does not prove that a text came from another file.
 */
export function isCommonLine(lines: readonly string[], index: number): boolean {
  let common = COMMON.get(lines);
  if (common === undefined) {
    common = commonLinesOf(lines);
    COMMON.set(lines, common);
  }
  return common.has(index);
}

// --- internal ---

const COMMON = new WeakMap<readonly string[], ReadonlySet<number>>();

/** `#` begins a comment in many languages, but a directive in C and a colour or an id in CSS. */
const COMMENT = /^(?:\/\/|\/\*|\*(?:\s|\/|$)|#(?:[\s!#]|$)|--\s|;|%|<!--|dnl\b|rem\b)/i;
const COMMENTS: readonly (readonly [begins: RegExp, end: string])[] = [
  [/^\/\*/, '*/'],
  [/^<!--/, '-->'],
];
const IMPORT =
  /^(?:import\b|from\s+\S+\s+import\b|export\s+(?:type\s+)?(?:\*|\{[^}]*\})\s*(?:as\s+\w+\s+)?from\b|#\s*(?:include|import)\b|@(?:import|use|forward)\b|use\s+[\w:\\]+|using\s+[\w.:]+\s*;|require(?:_relative|_once)?\b|include(?:_once)?\s+['"]|package\s+[\w.]+\s*;?$|(?:const|let|var)\s+[\w$\s{},:]+=\s*require\()/;
const OPEN_BRACKET = /[{(][^})]*$/;
/** Lines of one comment or import at most: it may never be closed. */
const MAX_LINES = 100;
/** A longer line is neither, in characters: a hostile one must not take the square of its length. */
const MAX_LENGTH = 500;

function commonLinesOf(lines: readonly string[]): ReadonlySet<number> {
  const common = new Set<number>();
  let isAboveCode = true;
  for (let at = 0; at < lines.length; at += 1) {
    const text = lines[at] ?? '';
    const line = text.length > MAX_LENGTH ? '' : text.trimStart();
    const last =
      isAboveCode && COMMENT.test(line)
        ? endOfComment(lines, at, line)
        : IMPORT.test(line)
          ? endOfImport(lines, at, line)
          : undefined;
    if (last === undefined) {
      isAboveCode &&= isTrivial(keyAt(lines, at));
      continue;
    }
    for (; at < last; at += 1) common.add(at);
    common.add(last);
  }
  return common;
}

/** The last line of a comment; the first one, if it ends there or never. */
function endOfComment(lines: readonly string[], first: number, line: string): number {
  const [, end] = COMMENTS.find(([begins]) => begins.test(line)) ?? [];
  if (end === undefined || line.includes(end, 2)) return first;
  return nextLine(lines, first, (text) => text.includes(end));
}

function endOfImport(lines: readonly string[], first: number, line: string): number {
  return OPEN_BRACKET.test(line) ? nextLine(lines, first, (text) => /[})]/.test(text)) : first;
}

/** The next line that meets a condition; the first one, if none of the next ones does. */
function nextLine(
  lines: readonly string[],
  first: number,
  isMeant: (line: string) => boolean,
): number {
  const end = Math.min(lines.length, first + MAX_LINES);
  for (let at = first + 1; at < end; at += 1) if (isMeant(lines[at] ?? '')) return at;
  return first;
}
