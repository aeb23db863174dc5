import type { SecretName } from './name-shape.ts';
import { isSecretAnywhere, isSecretText } from '../value/secret-value.ts';
import type { NameClass } from './name-words.ts';
import type { ValueSpan } from './value-span.ts';

/** The cells below a column's head that names a secret, in a table of lines with `|`, `,`, `;` or tabs. */
export function findColumn(
  text: string,
  { start, end, nameClass }: SecretName,
): readonly ValueSpan[] | undefined {
  const separator = separatorOf(text, start, end);
  if (separator === undefined) return findAligned(text, start, end, nameClass);
  const near = Math.max(0, start - LONGEST_HEAD);
  const lineStart = near + text.slice(near, start).lastIndexOf('\n') + 1;
  if (lineStart === near && near > 0) return undefined;
  const [head = '', second] = text.slice(lineStart, end + LONGEST_HEAD).split('\n', 2);
  if (second === undefined || !isHead(separator, head, second)) return undefined;
  const headEnd = lineStart + head.length;
  const column = count(text, separator, lineStart, start);
  const width = count(text, separator, lineStart, headEnd);
  const above = text.slice(Math.max(0, lineStart - LONGEST_HEAD), lineStart - 1);
  if (lineStart > 0 && count(above, separator, above.lastIndexOf('\n') + 1, above.length) === width)
    return undefined;
  const cells: ValueSpan[] = [];
  let line = headEnd + 1;
  for (let row = 0; line > 0 && row < MOST_ROWS; row += 1) {
    const newline = text.indexOf('\n', line);
    const stop = newline === -1 ? text.length : newline;
    if (stop - line > LONGEST_ROW) break;
    if (!/^[\s|+:=─┼│├┤-]*$/.test(text.slice(line, stop))) {
      if (separator !== '\n' && count(text, separator, line, stop) !== width) break;
      const cell = cellOf(text, separator, column, line, stop);
      if (cell === undefined) break;
      if (isSecretText(nameClass, text.slice(cell.start, cell.end))) cells.push(cell);
    }
    line = newline + 1;
    if (newline === -1) break;
  }
  return cells.length > 0 ? cells : undefined;
}

// --- internal ---

const LONGEST_HEAD = 1_000;
const LONGEST_ROW = 4_000;
const MOST_ROWS = 200;
const SEPARATORS = ['|', '│', '\t', ',', ';'] as const;
const ALIGNED = /\t| {2,}/;
const MOST_ALIGNED = 50;
/** The longest line of names, on either side of one. */
const LONGEST_ALIGNED = 256;

/** The separator on one side of the name, if the name fills its cell; `\n` for a table of one column. */
function separatorOf(text: string, start: number, end: number): string | undefined {
  let left = start - 1;
  while (left >= 0 && /[ "'*`]/.test(text.charAt(left))) left -= 1;
  let right = end;
  while (right < text.length && /[ "'*`\r]/.test(text.charAt(right))) right += 1;
  const before = left < 0 ? '\n' : text.charAt(left);
  const after = text.charAt(right) || '\n';
  const found = SEPARATORS.find((one) => one === before || one === after);
  if (found !== undefined) {
    const bounded = (one: string) => one === found || one === '\n';
    return bounded(before) && bounded(after) && before + after !== '\n\n' ? found : undefined;
  }
  const dashes =
    before === '\n' && after === '\n' && /^\n[ -]*-{3,}\s*\n/.test(text.slice(right, right + 80));
  return dashes ? '\n' : undefined;
}

/** The words below a name in a table whose columns are set apart by blanks, if they look like secrets by themselves. */
function findAligned(
  text: string,
  start: number,
  end: number,
  nameClass: NameClass,
): readonly ValueSpan[] | undefined {
  const isAlone =
    /(?:^|\n|\t| {2})$/.test(text.slice(Math.max(0, start - 2), start)) &&
    /^(?:\r?\n|\t| {2})/.test(text.slice(end, end + 2));
  if (!isAlone || !text.slice(end, end + LONGEST_ALIGNED).includes('\n')) return undefined;
  const near = Math.max(0, start - LONGEST_ALIGNED);
  const lineStart = near + text.slice(near, start).lastIndexOf('\n') + 1;
  const above = text.slice(Math.max(0, lineStart - LONGEST_ALIGNED), Math.max(0, lineStart - 1));
  const head = text.slice(lineStart, text.indexOf('\n', end));
  // Below the names, a name is a cell like any other.
  if (isOneOfRows(above.slice(above.lastIndexOf('\n') + 1), head)) return undefined;
  const lines = text.slice(lineStart, end + LONGEST_ROW).split('\n', MOST_ALIGNED);
  const names = lines[0]?.trim().split(ALIGNED) ?? [];
  const column = names.indexOf(text.slice(start, end));
  if (names.length < 2 || column === -1 || names.some((name) => !/^[\w -]+$/.test(name)))
    return undefined;
  const cells: ValueSpan[] = [];
  let line = lineStart;
  for (const [row, content] of lines.entries()) {
    const words = content.trim().split(ALIGNED);
    const word = words[column] ?? '';
    if (words.length !== names.length) break;
    if (row > 0 && isSecretAnywhere(nameClass, word)) {
      const at = line + content.indexOf(word);
      cells.push({ start: at, end: at + word.length });
    }
    line += content.length + 1;
  }
  return cells.length > 0 ? cells : undefined;
}

function isOneOfRows(above: string, line: string): boolean {
  return above !== '' && above.trim().split(ALIGNED).length === line.trim().split(ALIGNED).length;
}

/** True for a line of column names; code has blanks after its commas, and quotes between its bars. */
function isHead(separator: string, line: string, next: string): boolean {
  if (separator === '\n') return true;
  if (separator === '|' || separator === '│') {
    return (
      !/['"=]/.test(line) &&
      (/^[\s|+:=─┼│├┤-]*-[\s|+:=─┼│├┤-]*$/.test(next) ||
        /[─┼]/.test(next) ||
        line.split(separator).length > 3)
    );
  }
  return !/, |;\s|[(){}=[\]<>]|[,;]\s*$/.test(line);
}

function count(text: string, separator: string, from: number, to: number): number {
  let found = 0;
  for (let at = from; at < to; at += 1) if (text.charAt(at) === separator) found += 1;
  return found;
}

/** The cell of a row, without blanks and quotes; undefined when the row has no such column. */
function cellOf(
  text: string,
  separator: string,
  column: number,
  line: number,
  stop: number,
): ValueSpan | undefined {
  let at = line;
  for (let i = 0; i < column; i += 1) {
    const next = nextSeparator(text, separator, at, stop);
    if (next === stop) return undefined;
    at = next + 1;
  }
  let end = nextSeparator(text, separator, at, stop);
  if (column === 0 && end === stop && separator !== '\n') return undefined;
  while (at < end && /[\s"'`*]/.test(text.charAt(at))) at += 1;
  while (end > at && /[\s"'`*]/.test(text.charAt(end - 1))) end -= 1;
  return { start: at, end };
}

/** Where the cell ends, whose quotes may hold a separator. */
function nextSeparator(text: string, separator: string, from: number, stop: number): number {
  if (separator === '\n') return stop;
  let quoted = false;
  for (let at = from; at < stop; at += 1) {
    const char = text.charAt(at);
    if (char === '"' && (separator === ',' || separator === ';' || separator === '\t'))
      quoted = !quoted;
    if (char === separator && !quoted) return at;
  }
  return stop;
}
