import { ifSecretText } from './name-shape.ts';
import type { SecretName } from './name-shape.ts';
import { matchAt } from '../sticky.ts';
import { closingQuote } from './value-span.ts';
import type { ValueSpan } from './value-span.ts';

/** The values in a column's place in `INSERT INTO t (name, password) VALUES ('joe', 'V')`, and in the rows of a `COPY`. */
export function findInserted(text: string, name: SecretName): readonly ValueSpan[] | undefined {
  const { start, end } = name;
  if (!/^["'`\]]?\s{0,8}[,)]/.test(text.slice(end, end + 12))) return undefined;
  const near = text.slice(Math.max(0, start - LONGEST_HEAD), start);
  const list = near.slice(near.lastIndexOf('(') + 1);
  if (list.includes(')') || !INTO.test(near.slice(0, near.length - list.length - 1)))
    return undefined;
  const column = list.split(',').length - 1;
  const rows = matchAt(TO_ROWS, text, end);
  if (rows === null) return undefined;
  const from = end + rows[0].length;
  const cells = rows[1] === undefined ? copied(text, from, column) : inserted(text, from, column);
  return cells.flatMap((cell) => ifSecretText(text, cell, name));
}

// --- internal ---

const LONGEST_HEAD = 1_000;
const MOST_ROWS = 200;
const MOST_COLUMNS = 64;
const INTO = /(?:(?:insert|replace)\s[^()]{0,80}|copy\s[^()]{0,80})$/i;
const TO_ROWS =
  /["'`\]]?[^()]{0,1000}\)\s{0,32}(?:(?:overriding \w{1,8} value\s{1,8})?(values?)\s{0,32}|from stdin[^\n]{0,80}\r?\n)/iy;
const ROW = /\s{0,32},?\s{0,32}\(/y;
const UNQUOTED = /\s{0,16}(?:[^\s,()'"`]{1,64}\([^()]{0,64}\)|[^,()'"`]{0,256})/y;
const QUOTE = /\s{0,16}[EeNnBbXx]?['"`]/y;
const COMMA = /(?:::[\w ]{1,32})?\s{0,16},/y;

function inserted(text: string, from: number, column: number): ValueSpan[] {
  const cells: ValueSpan[] = [];
  let at = from;
  for (let row = 0; row < MOST_ROWS; row += 1) {
    const opening = matchAt(ROW, text, at);
    if (opening === null) break;
    at += opening[0].length;
    for (let index = 0; index < MOST_COLUMNS; index += 1) {
      const quote = matchAt(QUOTE, text, at);
      if (quote === null) at += matchAt(UNQUOTED, text, at)?.[0].length ?? 0;
      else {
        const start = at + quote[0].length;
        const end = closingQuote(text, start, 0, text.charAt(start - 1));
        if (index === column) cells.push({ start, end });
        at = end + 1;
      }
      const comma = matchAt(COMMA, text, at);
      if (comma === null) break;
      at += comma[0].length;
    }
    const close = matchAt(/[^,()'"`]{0,64}\)/y, text, at);
    if (close === null) break;
    at += close[0].length;
  }
  return cells;
}

/** Rows of tabs, up to a line of `\.`. */
function copied(text: string, from: number, column: number): ValueSpan[] {
  const cells: ValueSpan[] = [];
  let line = from;
  for (let row = 0; row < MOST_ROWS && line < text.length; row += 1) {
    const newline = text.indexOf('\n', line);
    const end = newline === -1 ? text.length : newline;
    const fields = text.slice(line, Math.min(end, line + LONGEST_HEAD * 4)).split('\t');
    const field = fields[column];
    if (field === undefined || fields[0] === '\\.') break;
    const start = line + fields.slice(0, column).reduce((sum, one) => sum + one.length + 1, 0);
    cells.push({ start, end: start + field.length });
    line = end + 1;
  }
  return cells;
}
