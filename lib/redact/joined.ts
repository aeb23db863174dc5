import type { WorkBudget } from './budget.ts';
import { matchAt } from './sticky.ts';
import { isRandom } from './value/word-shape.ts';

/** Words that were written in pieces, each put together, one on a line. */
export interface JoinedText {
  readonly text: string;
  /** Where the first word begins in the text that was broken. */
  readonly start: number;
  /** Where a stretch of it stands in the text that was broken; undefined if it is not of several pieces of one word. */
  placeOf(start: number, end: number): { readonly start: number; readonly end: number } | undefined;
}

/**
 * Puts together words whose line was too short for them, as a mail, a terminal, a listing and YAML break them, and lists of
 * strings that code joins. Which of them are tokens is for the rules to say. `isWhole` tells whether a token ends at a position.
 */
export function* joinedTexts(
  text: string,
  budget: WorkBudget,
  isWhole: (end: number) => boolean,
): Generator<JoinedText> {
  let words = new Words(text);
  for (const source of [brokenWords(text, budget, isWhole), joinedLists(text)]) {
    for (const pieces of source) {
      words.add(pieces);
      if (words.length < BATCH) continue;
      yield words.joined();
      words = new Words(text);
    }
  }
  if (words.length > 0) yield words.joined();
}

// --- internal ---

/** How many characters of joined words the rules look at in one go. */
const BATCH = 2 ** 16;

interface Piece {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

interface PlacedPiece extends Piece {
  /** Where it begins among the joined words. */
  readonly at: number;
  readonly word: number;
}

/** Collects words and puts them together. */
class Words {
  readonly #text: string;
  readonly #pieces: PlacedPiece[] = [];
  readonly #texts: string[] = [];
  #words = 0;
  length = 0;

  constructor(text: string) {
    this.#text = text;
  }

  add(pieces: readonly Piece[]): void {
    for (const { start, end } of pieces) {
      this.#pieces.push({ start, end, at: this.length, word: this.#words });
      this.#texts.push(this.#text.slice(start, end));
      this.length += end - start;
    }
    this.#texts.push('\n');
    this.length += 1;
    this.#words += 1;
  }

  joined(): JoinedText {
    const text = this.#texts.join('');
    return {
      text,
      start: this.#pieces[0]?.start ?? 0,
      placeOf: (start, end) => {
        const first = this.#pieceAt(start);
        const last = this.#pieceAt(end - 1);
        const from = this.#pieces[first] as PlacedPiece;
        const to = this.#pieces[last] as PlacedPiece;
        if (first === last || from.word !== to.word) return undefined;
        const found = text.slice(start, end);
        if (!/\d/.test(found) && !isRandom(found)) return undefined; // names, one on a line
        return { start: from.start + start - from.at, end: to.start + end - to.at };
      },
    };
  }

  /** The index of the piece that a position among the joined words is in. */
  #pieceAt(at: number): number {
    let low = 0;
    let high = this.#pieces.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#pieces[middle] as PlacedPiece).at <= at) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

/** How another token begins. */
const NEW_TOKEN = /^[A-Za-z]{2,12}\d?[_-]/;
/** How a line begins that names a value of its own; what pads base64 stands at a word's end. */
const NEW_NAME = /^[A-Za-z_][\w.-]{0,64}=(?!=?$)/;

/** True if a line goes on with a token that could also end before it. */
function goesOn(tail: string): boolean {
  return (
    /\d/.test(tail) &&
    !NEW_TOKEN.test(tail) &&
    !NEW_NAME.test(tail) &&
    (tail.length < 8 || isRandom(tail))
  );
}

/** What a word may end with before a break. Most lines of code end with something else. */
const BEFORE_BREAK = new Uint8Array(2 ** 16);
for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+/=.-\\|:$')
  BEFORE_BREAK[char.charCodeAt(0)] = 1;
/** What stands before a word and after it. */
const BORDER = new Uint8Array(2 ** 16);
for (const char of ' \t\r\n"\'`;()[]<>') BORDER[char.charCodeAt(0)] = 1;
const SHORTEST_HEAD = 6;
const LONGEST_HEAD = 512;
/** No known token is shorter. */
const SHORTEST_TOKEN = 16;
const MOST_LINES = 8;
const STEPS_PER_WORD = 60;
/** What a listing or a quotation puts before the next line, and a line that is one word or begins a literal's end. */
const TAIL =
  /(?:[ \t]{0,8}\d{1,6}(?:\t|→|:[ \t]))?[ \t>+|]{0,32}([^\s"'`;()[\]<>]{4,512})(?=["'`)\],;]{0,3}[ \t]{0,8}(?:\r?\n|$)|["'`])/y;

/** Words that end a line, each with the line after it, and with all lines that could go on with it. */
function* brokenWords(
  text: string,
  budget: WorkBudget,
  isWhole: (end: number) => boolean,
): Generator<readonly Piece[]> {
  let read = 0; // how far the last word with all its lines went
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) {
    const head = headBefore(text, at);
    if (head === undefined) continue;
    const pieces = [head];
    let second: Piece | undefined;
    let isToken = false;
    let last = at;
    const most = at < read ? 1 : MOST_LINES;
    while (pieces.length <= most) {
      const tail = tailAt(text, last + 1);
      if (tail === undefined) break;
      const length = head.end - head.start + tail.end - tail.start;
      if (second === undefined && length < SHORTEST_TOKEN) break;
      const own = pieces.length > 1 ? headBefore(text, last) : undefined;
      if (own !== undefined) pieces.push({ ...(pieces.pop() as Piece), end: own.end });
      pieces.push(tail);
      if (second === undefined) {
        second = tail;
        // Of most words the first two pieces tell that they make no token.
        isToken =
          (!isWhole(head.end) || goesOn(text.slice(tail.start, tail.end))) &&
          MIXED.test(text.slice(head.start, head.end) + text.slice(tail.start, tail.end));
        if (!isToken) break;
      }
      last = text.startsWith('\r', tail.end) ? tail.end + 1 : tail.end;
      if (text.charCodeAt(last) !== 10) break;
    }
    if (second === undefined || !isToken) continue;
    budget.spend(STEPS_PER_WORD * pieces.length); // the rules notice when there is nothing left
    yield [head, second];
    if (pieces.length === 2) continue;
    read = last;
    yield pieces;
  }
}

/** No word has it, and nearly each token. */
const MIXED = /\d|[a-z][A-Z]/;

/** The word before a break, without the sign that says that it goes on. */
function headBefore(text: string, at: number): Piece | undefined {
  let end = text.charCodeAt(at - 1) === 13 ? at - 1 : at;
  if (BEFORE_BREAK[text.charCodeAt(end - 1)] !== 1) return undefined;
  if (/[\\=]/.test(text.charAt(end - 1))) end -= 1;
  let start = end;
  while (start > 0 && end - start < LONGEST_HEAD && BORDER[text.charCodeAt(start - 1)] !== 1)
    start -= 1;
  return end - start < SHORTEST_HEAD ? undefined : { start, end };
}

function tailAt(text: string, at: number): Piece | undefined {
  const match = matchAt(TAIL, text, at);
  if (match === null) return undefined;
  const end = at + match[0].length;
  if (text.charAt(end - 1) === ':') return undefined; // a name of its own
  return { start: end - (match[1]?.length ?? 0), end };
}

const JOIN = 'join(';
const LONGEST_LIST = 1_024;
const ITEMS = /(["'`])([^"'`\n]{1,512})\1/g;
const LIST_BEFORE = /\[((?:\s{0,16}(["'`])[^"'`\n[\]]{1,512}\2\s{0,4},?){2,16})\s{0,16}\]\.$/;
const LIST_AFTER = /join\(\[((?:\s{0,16}(["'`])[^"'`\n[\]]{1,512}\2\s{0,4},?){2,16})\s{0,16}\]\)/y;
const NOTHING_BETWEEN = /join\((["'`])\1\)/y;

/** `['ab', 'cd'].join('')` and `"".join(["ab", "cd"])`. */
function* joinedLists(text: string): Generator<readonly Piece[]> {
  for (let at = text.indexOf(JOIN); at !== -1; at = text.indexOf(JOIN, at + 1)) {
    const from = Math.max(0, at - LONGEST_LIST);
    let list: string | undefined;
    let start = 0;
    if (matchAt(NOTHING_BETWEEN, text, at) !== null) {
      const before = LIST_BEFORE.exec(text.slice(Math.max(from, text.lastIndexOf('[', at)), at));
      list = before?.[1];
      start = at - (before?.[0].length ?? 0) + 1;
    } else if (/(?:""|'')\.$/.test(text.slice(at - 3, at))) {
      list = matchAt(LIST_AFTER, text, at)?.[1];
      start = at + JOIN.length + 1;
    }
    if (list === undefined) continue;
    yield [...list.matchAll(ITEMS)].map(({ index, 2: item = '' }) => {
      return { start: start + index + 1, end: start + index + 1 + item.length };
    });
  }
}
