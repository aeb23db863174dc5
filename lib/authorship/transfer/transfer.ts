import { NO_LINE, NOT_CLAUDE } from '../author.ts';
import type { Author, AuthoredText } from '../author.ts';
import { changedBlocks } from './line-diff.ts';
import type { Block } from './line-diff.ts';
import { isClosing, isTrivial, keyAt, keysOf } from './line-key.ts';
import { findPassages, holdsAny, tellingKeys } from './passages.ts';
import type { PassageSource } from './passages.ts';
import { reformattedFrom } from './reformat.ts';

/**
 * How a line got its author. `kept`: it stood there before, perhaps in another format of the same line;
 * `formatted`: its words did; `moved`: it went from elsewhere; `recalled`: it had been written before;
 * `new`: none of these.
 */
export type LineOrigin = 'kept' | 'formatted' | 'moved' | 'recalled' | 'new';

/** A text after a change. */
export interface Transferred extends AuthoredText {
  readonly origins: readonly LineOrigin[];
  /** Where it differs from the text before. */
  readonly blocks: readonly Block[];
  /** The lines that are not in it any more, in their order; {@link NO_LINE} parts those that did not stand together. */
  readonly gone: AuthoredText;
}

/** Texts that lines may have come from, asked for only when some lines are left. */
export interface LineSources {
  /** Text that has gone from elsewhere; what is found in it has moved. */
  readonly gone?: () => Iterable<PassageSource>;
  /** Text written before, wherever it stands now. `isOpen` tells the lines that are left. */
  readonly past?: (
    lines: readonly string[],
    isOpen: (line: number) => boolean,
  ) => Iterable<PassageSource>;
  /** The author of one of the lines that may have come back alone. */
  readonly pastLine?: (lines: readonly string[], line: number) => Author | undefined;
}

/**
 * Gives the lines of a text after a change their authors: lines that stayed, were formatted or moved keep
 * theirs, and what is new is by `who`. Trivial lines without an author of their own follow their neighbours.
 *
 * @param who the author of a new line, by its index
 * @param blocks where the texts differ, if the caller knows it
 */
export function transfer(
  old: AuthoredText,
  lines: readonly string[],
  who: (line: number) => Author,
  sources: LineSources = {},
  blocks: readonly Block[] = changedBlocks(old.lines, lines),
): Transferred {
  const change = new Change(old, lines, blocks);
  change.keep();
  for (const block of blocks) change.reformat(block);
  const gone = change.gone();
  change.find([{ ...gone, ...MOVED_WITHIN_CHANGE }], 'moved');
  if (change.hasOpen()) change.find(sources.gone?.() ?? [], 'moved');
  if (change.hasOpen()) {
    change.find(sources.past?.(lines, (line) => change.isOpen(line)) ?? [], 'recalled');
  }
  if (sources.pastLine) change.recallLines(sources.pastLine);
  change.followNeighbours();
  return change.finish(who, gone);
}

// --- internal ---

/** What goes and comes in one change has moved, if it is more than a common word. */
const MOVED_WITHIN_CHANGE = { leastWeight: 10, leastLines: 1 };

class Change {
  readonly #old: AuthoredText;
  readonly #lines: readonly string[];
  readonly #blocks: readonly Block[];
  readonly #authors: (Author | undefined)[] = [];
  readonly #origins: (LineOrigin | undefined)[] = [];
  /** The lines that have no author yet, in order. */
  readonly #open = new Set<number>();
  /** Old lines that live on. */
  readonly #used = new Set<number>();

  constructor(old: AuthoredText, lines: readonly string[], blocks: readonly Block[]) {
    this.#old = old;
    this.#lines = lines;
    this.#blocks = blocks;
    for (const { newStart, newEnd } of blocks) {
      for (let at = newStart; at < newEnd; at += 1) this.#open.add(at);
    }
  }

  keep(): void {
    const [oldKeys, keys] = [keysOf(this.#old.lines), keysOf(this.#lines)];
    let [oldAt, newAt] = [0, 0];
    const to = (end: number): void => {
      for (; newAt < end; newAt += 1) {
        keys[newAt] ??= oldKeys[oldAt];
        this.#set(newAt, this.#old.authors[oldAt] ?? NOT_CLAUDE, 'kept');
        oldAt += 1;
      }
    };
    for (const { oldEnd, newStart, newEnd } of this.#blocks) {
      to(newStart);
      [oldAt, newAt] = [oldEnd, newEnd];
    }
    to(this.#lines.length);
  }

  reformat({ oldStart, oldEnd, newStart, newEnd }: Block): void {
    if (oldStart === oldEnd || newStart === newEnd) return;
    const before = this.#old.lines.slice(oldStart, oldEnd);
    const sources = reformattedFrom(before, this.#lines.slice(newStart, newEnd));
    for (const [index, source] of sources.entries()) {
      if (source === undefined) continue;
      this.#used.add(oldStart + source);
      this.#set(newStart + index, this.#old.authors[oldStart + source] ?? NOT_CLAUDE, 'formatted');
    }
  }

  gone(): AuthoredText {
    const lines: string[] = [];
    const authors: Author[] = [];
    for (const { oldStart, oldEnd } of this.#blocks) {
      for (let at = oldStart; at < oldEnd; at += 1) {
        const line = this.#old.lines[at];
        if (line === undefined || this.#used.has(at)) continue;
        lines.push(line);
        authors.push(this.#old.authors[at] ?? NOT_CLAUDE);
      }
      if (oldEnd > oldStart) {
        lines.push(NO_LINE);
        authors.push(NOT_CLAUDE);
      }
    }
    return { lines, authors };
  }

  isOpen(line: number): boolean {
    return this.#open.has(line);
  }

  hasOpen(): boolean {
    for (const line of this.#open) if (!isTrivial(keyAt(this.#lines, line))) return true;
    return false;
  }

  find(sources: Iterable<PassageSource>, origin: LineOrigin): void {
    let keys: ReadonlySet<string> | undefined;
    for (const source of sources) {
      keys ??= tellingKeys(this.#lines, this.#open);
      if (!holdsAny(source.lines, keys)) continue;
      const found = findPassages(this.#lines, this.#open, source);
      for (const [line, author] of found) this.#set(line, author, origin);
    }
  }

  recallLines(authorOf: NonNullable<LineSources['pastLine']>): void {
    for (const line of this.#open) {
      const author = authorOf(this.#lines, line);
      if (author !== undefined) this.#set(line, author, 'recalled');
    }
  }

  /** Trivial lines beside lines that came back or moved belong to these, as a closing bracket does. */
  followNeighbours(): void {
    for (const { newStart, newEnd } of this.#blocks) {
      for (let at = newStart; at < newEnd; at += 1) {
        if (this.#isTrivialAndOpen(at) && isClosing(keyAt(this.#lines, at)))
          this.#follow(at, at - 1);
      }
      for (let at = newEnd - 1; at >= newStart; at -= 1) {
        if (this.#isTrivialAndOpen(at) && !isClosing(keyAt(this.#lines, at)))
          this.#follow(at, at + 1);
      }
    }
  }

  finish(who: (line: number) => Author, gone: AuthoredText): Transferred {
    for (const line of this.#open) this.#set(line, who(line), 'new');
    return {
      lines: this.#lines,
      authors: this.#lines.map((_, line) => this.#authors[line] ?? NOT_CLAUDE),
      origins: this.#lines.map((_, line) => this.#origins[line] ?? 'new'),
      blocks: this.#blocks,
      gone,
    };
  }

  #isTrivialAndOpen(line: number): boolean {
    return this.isOpen(line) && isTrivial(keyAt(this.#lines, line));
  }

  #follow(line: number, neighbour: number): void {
    const origin = this.#origins[neighbour];
    if (origin === undefined || origin === 'kept') return;
    this.#set(line, this.#authors[neighbour] ?? NOT_CLAUDE, origin);
  }

  #set(line: number, author: Author, origin: LineOrigin): void {
    this.#authors[line] = author;
    this.#origins[line] = origin;
    this.#open.delete(line);
  }
}
