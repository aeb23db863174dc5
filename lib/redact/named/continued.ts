import { matchAt } from '../sticky.ts';
import { isIdentifierLike } from '../value/word-shape.ts';
import type { ValueSpan } from './value-span.ts';

/** A value that its line was too short for, with the lines on which it goes on. */
export function continued(text: string, span: ValueSpan): ValueSpan {
  const line = text.slice(span.start, span.end);
  const value = line.replace(/\\+$/, '');
  if (!isRun(value)) return span;
  let end = span.start + value.length;
  for (let i = 0; i < MOST_LINES; i += 1) {
    const next = matchAt(NEXT_LINE, text, end);
    if (next === null || !isRun(next[1] ?? '')) break;
    end += next[0].length;
  }
  return { start: span.start, end: Math.max(end, span.end) };
}

// --- internal ---

const MOST_LINES = 8;
/** A break, what a listing, a quotation or another language puts before the next line, and a line of one word. */
const NEXT_LINE =
  /["'`]?[ \t]{0,4}(?:\\|=|[+.&]|\|\|)?(?:\r?\n|\\n)(?:[ \t]{0,8}\d{1,6}(?:\t|→|[:-][ \t]?))?[ \t>|+]{0,32}(?:[+.&][ \t])?["'`]?([\w+/=.-]{6,256})(?=["'`]?[ \t]{0,4}[;,)]{0,2}(?:["'`,;)\\]|[ \t]{0,8}(?:\r?\n|$)))/y;

/** True for letters and digits that no word has in this order. */
function isRun(value: string): boolean {
  return (
    /^[\w+/.-]{6,}={0,2}$/.test(value) &&
    /\d/.test(value) &&
    /[A-Za-z]/.test(value) &&
    !isIdentifierLike(value)
  );
}
