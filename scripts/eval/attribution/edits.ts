import type { Author } from '../../../lib/authorship/author.ts';
import type { Random } from '../../bench/measure/random.ts';
import type { Passages } from './source-samples.ts';
import { writtenLines } from './world.ts';
import type { TrueLine } from './world.ts';

/** Lines `[start, end)` are replaced by `lines`, of which some may be the same. */
export interface LineEdit {
  readonly start: number;
  readonly end: number;
  readonly lines: readonly TrueLine[];
}

/** A random change of a few lines: words in lines, new lines, lines away, or others in their place. */
export function randomEdit(
  random: Random,
  passages: Passages,
  file: readonly TrueLine[],
  author: Author,
): LineEdit {
  const kind = random.oneOf<EditKind>([
    'change',
    'change',
    'change',
    'insert',
    'insert',
    'replace',
    'remove',
  ]);
  const start = random.between(0, Math.max(0, file.length - 1));
  const end = Math.min(file.length, start + random.between(1, kind === 'change' ? 6 : 8));
  const quoted = file.slice(start, end);
  switch (kind) {
    case 'insert': {
      const added = writtenLines(passages.take(1, 12), author);
      return { start, end: start + 1, lines: [...file.slice(start, start + 1), ...added] };
    }
    case 'remove':
      return file.length < 12 ? changeOf(random, quoted, start, author) : { start, end, lines: [] };
    case 'replace':
      return { start, end, lines: writtenLines(passages.take(1, 10), author) };
    case 'change':
      return changeOf(random, quoted, start, author);
  }
}

type EditKind = 'change' | 'insert' | 'replace' | 'remove';

/** Some of the lines with another word, the others as they are. */
function changeOf(
  random: Random,
  quoted: readonly TrueLine[],
  start: number,
  author: Author,
): LineEdit {
  const all = random.between(0, 2) === 0;
  const chosen = random.between(0, quoted.length - 1);
  const lines = quoted.map((line, index) => {
    const text = all || index === chosen ? changedLine(random, line.text) : line.text;
    return text === line.text ? line : { text, author };
  });
  return { start, end: start + quoted.length, lines };
}

/** The line with one word changed, or with one more; a line without words stays. */
function changedLine(random: Random, text: string): string {
  const words = [...text.matchAll(/[A-Za-z_]\w{2,}/g)];
  const word = words[random.between(0, Math.max(0, words.length - 1))];
  if (word === undefined) return text;
  const fresh = `${word[0].slice(0, 5)}${random.oneOf(['Next', 'All', 'Value', 'Of', 'X'])}${random.hex(2)}`;
  return text.slice(0, word.index) + fresh + text.slice(word.index + word[0].length);
}

/** What a formatter makes of lines: other indentation and quotes, long lines wrapped; the authors stay. */
export function reformatted(random: Random, file: readonly TrueLine[]): TrueLine[] {
  const style = random.oneOf(['indent', 'tabs', 'quotes', 'wrap', 'all']);
  return file.flatMap(({ text, author }): TrueLine[] => {
    let line = text;
    if (style === 'quotes' || style === 'all') line = requoted(line);
    if (style === 'indent' || style === 'all')
      line = line.replace(/^(?: {2})+/, (blanks) => blanks + blanks);
    if (style === 'tabs')
      line = line.replace(/^(?: {2})+/, (blanks) => '\t'.repeat(blanks.length / 2));
    if (style === 'wrap' || style === 'all')
      return wrapped(line).map((part) => ({ text: part, author }));
    return [{ text: line, author }];
  });
}

function requoted(line: string): string {
  return line.includes('"') ? line.replaceAll('"', "'") : line.replaceAll("'", '"');
}

/** A call with several arguments in a long line gets a line for each argument. */
function wrapped(line: string): string[] {
  const match = /^(\s*)(.*?[\w)\]]\()([^()]*,[^()]*)(\).*)$/.exec(line);
  if (match === null || line.length < 60) return [line];
  const [, indent = '', head = '', inside = '', tail = ''] = match;
  const parts = inside.split(',').map((part) => part.trim());
  const isSafe = parts.every((part) => part !== '' && !/["'`]/.test(part));
  return isSafe
    ? [indent + head, ...parts.map((part) => `${indent}  ${part},`), indent + tail]
    : [line];
}
