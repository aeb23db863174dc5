import { NOT_CLAUDE } from './author.ts';
import type { Author, AuthoredText } from './author.ts';
import type { AuthorshipStore, EventStamp, RecentChange } from './state/authorship-store.ts';
import { isSameText, versionsOf } from './state/file-history.ts';
import type { FileHistory } from './state/file-history.ts';
import { isCommonLine } from './transfer/common-line.ts';
import { isTrivial, keyAt, lineWeight } from './transfer/line-key.ts';
import { holdsAny, tellingKeys } from './transfer/passages.ts';
import type { PassageSource } from './transfer/passages.ts';
import type { LineSources } from './transfer/transfer.ts';

/** A line shorter than this, without its blanks, is too common to find its author again. */
const LEAST_NOTED = 10;

/** From which likeness on an unknown file is believed to be one that was renamed. */
export const RENAMED = 0.6;

/** Where the lines of a file may have come from, by what is kept of its project. */
export class PastLines {
  readonly #store: AuthorshipStore;
  readonly #event: EventStamp;
  readonly #path: string;

  constructor(store: AuthorshipStore, event: EventStamp, path: string) {
    this.#store = store;
    this.#event = event;
    this.#path = path;
  }

  /** For what a tool call writes: its text is its own, unless it went from another place just before. */
  ofCall(): LineSources {
    return { gone: () => this.#gone() };
  }

  /** For what a program makes: also a copy of a whole file. */
  ofProgram(): LineSources {
    return {
      gone: () => this.#gone(),
      past: (lines, isOpen) => this.#copied(lines, isOpen, GONE_NOW),
    };
  }

  /** For text of which Claude wrote nothing now: whatever it wrote before may have come back. */
  ofOthers(history?: FileHistory): LineSources {
    return {
      gone: () => this.#gone(),
      past: (lines, isOpen) => this.#past(lines, isOpen, history),
      pastLine: (lines, line) => this.#line(lines, line),
    };
  }

  /** The known file most like a text; undefined unless most of either stands in the other. */
  mostLike(
    lines: readonly string[],
    leastLikeness: number,
    among = this.#votes(lines),
  ): string | undefined {
    let best: string | undefined;
    let most = leastLikeness;
    for (const path of among) {
      const known = this.#store.history(path)?.last.lines;
      const share = known === undefined ? 0 : likeness(known, lines);
      if (share >= most) [best, most] = [path, share];
    }
    return best;
  }

  *#gone(): Iterable<PassageSource> {
    for (const change of this.#store.recentChanges()) {
      // What went later than a late event has not been moved by it.
      if (change.at > this.#event.at) continue;
      yield sourceOf(change.gone, this.#isOwn(change) ? GONE_NOW : GONE_LATELY);
    }
  }

  /** Files that have the very same text: however short it is, it was copied. */
  *#copied(
    lines: readonly string[],
    isOpen: (line: number) => boolean,
    proof: PassageProof,
  ): Iterable<PassageSource> {
    for (const path of this.#votes(lines, isOpen)) {
      const last = this.#store.history(path)?.last;
      if (last !== undefined && isSameText(last.lines, lines)) yield sourceOf(last, proof);
    }
  }

  *#past(
    lines: readonly string[],
    isOpen: (line: number) => boolean,
    history: FileHistory | undefined,
  ): Iterable<PassageSource> {
    const wanted = tellingKeys(
      lines,
      [...lines.keys()].filter((line) => isOpen(line)),
    );
    for (const version of versionsHolding(history, wanted)) yield sourceOf(version, OWN_PAST);
    yield* this.#copied(lines, isOpen, { ...GONE_NOW, isByCode: true });
    for (const path of this.#votes(lines, isOpen)) {
      const versions = versionsHolding(this.#store.history(path), wanted);
      for (const version of versions) yield sourceOf(version, ELSEWHERE);
    }
  }

  /** A line alone has come back if it stands nowhere else: what stands in two files is there by chance or as a copy. */
  #line(lines: readonly string[], at: number): Author | undefined {
    const key = keyAt(lines, at);
    if (lineWeight(key) < LEAST_ALONE) return undefined;
    const note = this.#store.line(key);
    if (note === undefined || note.path === this.#path) return note?.author;
    if (isCommonLine(lines, at)) return undefined;
    const elsewhere = this.#store.history(note.path)?.last.lines ?? [];
    const stands = elsewhere.some((_, line) => keyAt(elsewhere, line) === key);
    return stands ? undefined : note.author;
  }

  #isOwn({ event }: RecentChange): boolean {
    return event === this.#event.id;
  }

  /** Other files in which several of the lines were seen, the one with most of them first. */
  #votes(lines: readonly string[], isOpen: (line: number) => boolean = () => true): string[] {
    const votes = new Map<string, number>();
    let left = MAX_LOOKED_UP;
    for (let at = 0; at < lines.length && left > 0; at += 1) {
      if (!isOpen(at)) continue;
      const key = keyAt(lines, at);
      if (key.length < LEAST_NOTED || isTrivial(key)) continue;
      left -= 1;
      const path = this.#store.line(key)?.path;
      if (path !== undefined && path !== this.#path) votes.set(path, (votes.get(path) ?? 0) + 1);
    }
    return [...votes]
      .toSorted((one, other) => other[1] - one[1])
      .slice(0, MAX_CANDIDATES)
      .map(([path]) => path);
  }
}

/** True for a text without a telling line. */
export function isEmpty({ lines }: AuthoredText): boolean {
  return lines.every((_, index) => isTrivial(keyAt(lines, index)));
}

/**
 * Which part of two texts they have in common, from 0 to 1, by their telling lines. Comments above it and imports tell
 * only where neither text has anything else.
 */
export function likeness(one: readonly string[], other: readonly string[]): number {
  const code = [codeOf(one), codeOf(other)] as const;
  const hasCode = code.some((keys) => keys.length > 0);
  const [before, after] = hasCode ? code : [telling(one), telling(other)];
  const counts = new Map<string, number>();
  for (const key of before) counts.set(key, (counts.get(key) ?? 0) + 1);
  let common = 0;
  for (const key of after) {
    const count = counts.get(key) ?? 0;
    if (count === 0) continue;
    counts.set(key, count - 1);
    common += 1;
  }
  const more = Math.max(before.length, after.length);
  return more === 0 ? 0 : common / more;
}

/** Notes a line, so that it finds its author when it comes back. A common line is not noted. */
export function noteLine(
  store: AuthorshipStore,
  path: string,
  text: AuthoredText,
  line: number,
): void {
  const key = keyAt(text.lines, line);
  if (key.length < LEAST_NOTED || isTrivial(key)) return;
  store.noteLine(key, { author: text.authors[line] ?? NOT_CLAUDE, path });
}

// --- internal ---

const MAX_LOOKED_UP = 400;
const MAX_CANDIDATES = 3;
/** A line that comes back alone must have as many characters, without its blanks. */
const LEAST_ALONE = 24;

/** The keys of the lines that tell something. */
function telling(
  lines: readonly string[],
  isMeant: (line: number) => boolean = () => true,
): string[] {
  return lines.flatMap((_, line) => {
    const key = keyAt(lines, line);
    return isTrivial(key) || !isMeant(line) ? [] : [key];
  });
}

function codeOf(lines: readonly string[]): string[] {
  return telling(lines, (line) => !isCommonLine(lines, line));
}

/**
 * The versions of a file in which one of some lines stands, the newest first. Of an earlier version only what it has
 * besides the next one is looked at: the rest was found there.
 */
function versionsHolding(
  history: FileHistory | undefined,
  keys: ReadonlySet<string>,
): AuthoredText[] {
  if (history === undefined || keys.size === 0) return [];
  const own = [history.last, ...history.past].map(({ lines }) => holdsAny(lines, keys));
  if (!own.includes(true)) return [];
  return versionsOf(history)
    .toReversed()
    .filter((_, version) => own[version] === true);
}

/** How much must agree; more where the same text is more likely to be there by chance. */
type PassageProof = Omit<PassageSource, keyof AuthoredText>;

function sourceOf({ lines, authors }: AuthoredText, proof: PassageProof): PassageSource {
  const { leastWeight, leastLines, isByCode = false } = proof;
  return { lines, authors, leastWeight, leastLines, isByCode };
}

const GONE_NOW: PassageProof = { leastWeight: 10, leastLines: 1 };
const GONE_LATELY = { leastWeight: 30, leastLines: 2, isByCode: true };
const OWN_PAST = { leastWeight: 16, leastLines: 1 };
const ELSEWHERE = { leastWeight: 40, leastLines: 3, isByCode: true };
