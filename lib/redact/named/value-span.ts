import { endAt, matchAt } from '../sticky.ts';

/** Where a value stands in a text. */
export interface ValueSpan {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

/** The value behind an opening quote at `from`, which a prefix or backslashes may precede; undefined without one. */
export function quotedAt(text: string, from: number): ValueSpan | undefined {
  if (MAY_QUOTE[text.charCodeAt(from)] !== 1) return undefined;
  const quote = matchAt(QUOTE, text, from);
  if (quote === null) return undefined;
  const start = from + quote[0].length;
  const opening = quote[2]?.trim() ?? quote[0].replace(/^q?[qw]?%?[qQwW]?/, '');
  const end = closingQuote(text, start, quote[1]?.length ?? 0, CLOSING[opening] ?? opening);
  return { start, end: text.charAt(end - 1) === ' ' && opening !== '"' ? end - 1 : end };
}

/** Where the text in quotes that begins at `start` ends: before its closing quote, or with its line. */
export function closingQuote(text: string, start: number, depth: number, quote: string): number {
  const limit = Math.min(text.length, start + MAX_LENGTH);
  let backslashes = 0;
  let doubled: number | undefined;
  for (let i = start; i < limit; i += 1) {
    const char = text.charAt(i);
    if (char === '\n' && quote.length === 1) return doubled ?? i;
    if (char === '\\') {
      backslashes += 1;
      continue;
    }
    const closes = backslashes <= depth || (depth === 0 && backslashes % 2 === 0);
    if (closes && text.startsWith(quote, i)) {
      // SQL, YAML and CSV write a quote twice to mean one. Without a further one, the first was the end.
      const twice = i > start && depth === 0 && quote.length === 1 && text.charAt(i + 1) === quote;
      if (!twice) return i - Math.min(depth, backslashes);
      doubled ??= i;
      i += 1;
    }
    backslashes = 0;
  }
  return doubled ?? limit;
}

/** The lines of a block that is indented deeper than nothing: YAML's `|` and `>`, a here-document. */
export function blockAt(text: string, from: number): ValueSpan | undefined {
  const opening = matchAt(BLOCK, text, from)?.[0];
  if (opening === undefined) return undefined;
  const start = from + opening.length;
  const line = matchAt(LINE, text, start)?.[0].trimEnd() ?? '';
  return line === '' ? undefined : { start, end: start + line.length };
}

/** The match of a sticky expression as a span; undefined without one, or when it is empty. */
export function valueSpan(pattern: RegExp, text: string, from: number): ValueSpan | undefined {
  const end = endAt(pattern, text, from);
  return end === undefined || end === from ? undefined : { start: from, end };
}

// --- internal ---

const MAX_LENGTH = 4096;
const MAY_QUOTE = new Uint8Array(2 ** 16);
for (const char of 'bBuUrRfFLNqQ@$%[\\"\'`«“”„‘’') MAY_QUOTE[char.charCodeAt(0)] = 1;
const QUOTE =
  /(?:[bBuUrRfFLNqQ@$]{0,2}|b?r#{1,4})(\\{0,15})("{3}|'{3}|["'`]|[«“”„‘’][ \u00a0]?)|(?:q[qw]?|%[qQwW])[{([|]|\[{2}/y;
const CLOSING: Readonly<Record<string, string>> = {
  '«': '»',
  '“': '”',
  '„': '“',
  '‘': '’',
  '{': '}',
  '(': ')',
  '[': ']',
  '[[': ']]',
};
const BLOCK =
  /(?:[|>][+-]?\d?|<<[-~]?\\?["']?\w{1,32}["']?)[ \t]{0,8}(?:\r?\n[ \t]{0,64}){1,3}(?:\d{1,6}(?:\t|→)[ \t]{0,64})?/y;
const LINE = /[^\r\n]{1,512}/y;
