/** How much work may still be done, in steps of a comparison. */
export interface Budget {
  left: number;
}

/**
 * The patterns of an ignore file, with the meaning that gitignore gives them; capital and small letters are
 * equal. The file is a project's, so it may be hostile: matching takes no more than the budget, and a path
 * that would take more counts as ignored.
 */
export class IgnorePatterns {
  readonly #patterns: readonly Pattern[];

  /** Of `text`, the first 1,000 lines count, and of those the ones of at most 1,000 characters. */
  constructor(text: string) {
    this.#patterns = text
      .replace(/^\uFEFF/, '')
      .split(/\r?\n/, MAX_LINES)
      .flatMap((line) => (line.length > MAX_LINE ? [] : (patternOf(line) ?? [])));
  }

  /** True for a file or folder that is ignored, or that lies in a folder that is; `path` is relative to the file. */
  ignores(path: string, budget: Budget): boolean {
    const names = path.toLowerCase().split('/').filter(Boolean);
    for (let depth = 1; depth <= names.length && budget.left > 0; depth += 1) {
      if (this.#matches(names.slice(0, depth), budget)) return true;
    }
    return budget.left <= 0;
  }

  /** The last pattern that matches decides. */
  #matches(names: readonly string[], budget: Budget): boolean {
    const last = this.#patterns.findLast(({ parts }) => matchesPath(parts, names, budget));
    return last !== undefined && !last.isNegated;
  }
}

// --- internal ---

const MAX_LINES = 1_000;
const MAX_LINE = 1_000;

interface Pattern {
  readonly isNegated: boolean;
  /** `**` stands for any number of folders. */
  readonly parts: readonly Part[];
}

type Part = '**' | readonly Token[];

/** One character, `*`, `?`, or a class such as `[a-z]`. */
type Token =
  | { readonly kind: 'char'; readonly char: string }
  | { readonly kind: 'any' | 'star' }
  | { readonly kind: 'class'; readonly isNegated: boolean; readonly ranges: readonly Range[] };

type Range = readonly [from: string, to: string];

/** Undefined for an empty line and a comment. A pattern for folders only matches files too: it may narrow more. */
function patternOf(line: string): Pattern | undefined {
  const text = line.replace(/(?<!\\)[ \t]+$/, '').toLowerCase();
  if (text === '' || text.startsWith('#')) return undefined;
  const isNegated = text.startsWith('!');
  const body = (isNegated ? text.slice(1) : text).replace(/\/+$/, '');
  if (body === '') return undefined;
  const names = body.replace(/^\//, '').split('/');
  const isAnchored = body.includes('/');
  const parts = names.map((name): Part => (/^\*{2,}$/.test(name) ? '**' : tokensOf(name)));
  return { isNegated, parts: isAnchored ? parts : ['**', ...parts] };
}

function tokensOf(name: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < name.length; at += 1) {
    const char = name.charAt(at);
    if (char === '*') {
      if (tokens.at(-1)?.kind !== 'star') tokens.push({ kind: 'star' });
    } else if (char === '?') {
      tokens.push({ kind: 'any' });
    } else if (char === '\\') {
      at += 1;
      tokens.push({ kind: 'char', char: name.charAt(at) });
    } else {
      const end = char === '[' ? name.indexOf(']', at + 2) : -1;
      if (end === -1) {
        tokens.push({ kind: 'char', char });
      } else {
        tokens.push(classOf(name.slice(at + 1, end)));
        at = end;
      }
    }
  }
  return tokens;
}

function classOf(body: string): Token {
  const isNegated = /^[!^]/.test(body);
  const ranges = [...(isNegated ? body.slice(1) : body).matchAll(/\\?([^])(?:-\\?([^]))?/g)].map(
    ([, from = '', to = from]): Range => [from, to],
  );
  return { kind: 'class', isNegated, ranges };
}

/** Goes back to the last `**` only, so that the time grows with the product of both lengths. */
function matchesPath(parts: readonly Part[], names: readonly string[], budget: Budget): boolean {
  return matchesSequence(
    parts,
    names,
    (part) => part === '**',
    (part, name) => part !== '**' && matchesName(part, name, budget),
    budget,
    // A `**` at the end stands for what lies in a folder, not for the folder itself.
    parts.at(-1) === '**' ? 1 : 0,
  );
}

function matchesName(tokens: readonly Token[], name: string, budget: Budget): boolean {
  return matchesSequence(tokens, name, ({ kind }) => kind === 'star', matchesChar, budget);
}

/** Matches wildcards in which `isStar` stands for any number of items, at the end at least for `atEnd`. */
function matchesSequence<P, I>(
  pattern: ArrayLike<P>,
  items: ArrayLike<I>,
  isStar: (part: P) => boolean,
  matches: (part: P, item: I) => boolean,
  budget: Budget,
  atEnd = 0,
): boolean {
  let part = 0;
  let item = 0;
  let star: { readonly part: number; item: number } | undefined;
  while (item < items.length) {
    budget.left -= 1;
    if (budget.left <= 0) return false;
    if (part < pattern.length && isStar(pattern[part] as P)) {
      if (part === pattern.length - 1) return items.length - item >= atEnd;
      star = { part, item };
      part += 1;
    } else if (part < pattern.length && matches(pattern[part] as P, items[item] as I)) {
      part += 1;
      item += 1;
    } else {
      if (!star) return false;
      star.item += 1;
      item = star.item;
      part = star.part + 1;
    }
  }
  if (atEnd > 0) return false;
  while (part < pattern.length && isStar(pattern[part] as P)) part += 1;
  return part === pattern.length;
}

function matchesChar(token: Token, char: string): boolean {
  if (token.kind === 'char') return token.char === char;
  if (token.kind !== 'class') return token.kind === 'any';
  return token.ranges.some(([from, to]) => from <= char && char <= to) !== token.isNegated;
}
