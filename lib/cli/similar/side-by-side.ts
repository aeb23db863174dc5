import { diffLines } from 'diff';
import stringWidth from 'string-width';
import { painter } from '../listing/table.ts';
import { plainLines } from '../output/plain-text.ts';

/** How two texts are laid out. */
export interface SideBySideOptions {
  /** The width of both together, in characters. */
  readonly columns: number;
  readonly color: boolean;
  /** So many rows are shown at most. */
  readonly most: number;
}

/** Two texts beside each other, a row a line, and how many rows were left out. */
export interface SideBySide {
  readonly rows: readonly string[];
  readonly left: number;
}

/**
 * Shows what differs between two texts: `|` for lines that stand in each other's place, `<` and `>` for those that only one
 * has. Of what is equal, the line before and the line after are shown; blanks at the ends of lines count for nothing. No
 * rows if nothing differs.
 */
export function sideBySide(
  one: string,
  other: string,
  { columns, color, most }: SideBySideOptions,
): SideBySide {
  const all = rowsOf(one, other);
  if (all.every(({ isEqual }) => isEqual)) return { rows: [], left: 0 };
  const width = Math.max(LEAST_COLUMN, Math.floor((columns - GAP) / 2));
  const paint = painter(color);
  const rows = withoutEqual(all).flatMap((row) => {
    if (row === undefined) return [paint('dim', '⋮')];
    const left = wrapped(row.left ?? '', width);
    const right = wrapped(row.right ?? '', width);
    const height = row.isEqual ? 1 : Math.max(left.length, right.length);
    return Array.from({ length: height }, (_, at) => {
      const sign = at === 0 ? signOf(row) : ' ';
      const [before, after] = [padded(left[at] ?? '', width), right[at] ?? ''];
      return row.isEqual
        ? paint('dim', `${before} ${sign} ${after}`)
        : `${paint('red', before)} ${sign} ${paint('green', after)}`.trimEnd();
    });
  });
  return { rows: rows.slice(0, most), left: Math.max(0, rows.length - most) };
}

// --- internal ---

/** Characters between both. */
const GAP = 3;
const LEAST_COLUMN = 20;

/** A line of each text; undefined where only the other has one. */
interface Row {
  readonly left: string | undefined;
  readonly right: string | undefined;
  readonly isEqual: boolean;
}

function rowsOf(one: string, other: string): Row[] {
  const rows: Row[] = [];
  let [removed, added]: [string[], string[]] = [[], []];
  const flush = () => {
    for (let at = 0; at < Math.max(removed.length, added.length); at += 1) {
      rows.push({ left: removed[at], right: added[at], isEqual: false });
    }
    [removed, added] = [[], []];
  };
  for (const part of diffLines(trimmed(one), trimmed(other))) {
    const lines = part.value.replace(/\n$/, '').split('\n');
    if (part.removed) removed.push(...lines);
    else if (part.added) added.push(...lines);
    else {
      flush();
      rows.push(...lines.map((line): Row => ({ left: line, right: line, isEqual: true })));
    }
  }
  flush();
  return rows;
}

/** The lines, safe to print, without what the whole text is indented by. */
function trimmed(text: string): string {
  const lines = plainLines(text.replace(/^(?:[ \t]*\n)+/, '').trimEnd());
  const indents = lines.flatMap((line) => (line.trim() === '' ? [] : [line.search(/\S/)]));
  const indent = Math.min(...indents, Number.MAX_SAFE_INTEGER);
  return `${lines.map((line) => line.slice(indent).trimEnd()).join('\n')}\n`;
}

/** Leaves out equal rows that are next to no other one; undefined stands for them. */
function withoutEqual(rows: readonly Row[]): (Row | undefined)[] {
  const isShown = (at: number) =>
    [at - 1, at, at + 1].some((near) => rows[near] !== undefined && !rows[near].isEqual);
  const kept: (Row | undefined)[] = [];
  for (const [at, row] of rows.entries()) {
    if (isShown(at)) kept.push(row);
    else if (kept.length === 0 || kept.at(-1) !== undefined) kept.push(undefined);
  }
  return kept;
}

function signOf({ left, right, isEqual }: Row): string {
  if (isEqual) return ' ';
  if (left === undefined) return '>';
  return right === undefined ? '<' : '|';
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)));
}

/** The text in parts that fit the width; at least one. */
function wrapped(text: string, width: number): string[] {
  const parts = [''];
  for (const character of text) {
    const part = parts.at(-1) ?? '';
    if (stringWidth(part + character) <= width) parts[parts.length - 1] = part + character;
    else parts.push(character);
  }
  return parts;
}
