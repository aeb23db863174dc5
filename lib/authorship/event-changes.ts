import { linesBy, linesOf, NO_LINE, NOT_CLAUDE, writtenBy } from './author.ts';
import type { AuthoredText } from './author.ts';
import { applyTextChange, NO_PLACE } from './apply-text-change.ts';
import type { Applied, ChangeMaker } from './apply-text-change.ts';
import { likeness, noteLine, PastLines, RENAMED } from './line-sources.ts';
import { isPlaced, textBefore } from './payload/change-steps.ts';
import { CommandAuthorship } from './payload/command-authorship.ts';
import type { TextChange } from './payload/text-change.ts';
import type { Piece } from './piece.ts';
import { NO_LINES, RecentMoves } from './recent-moves.ts';
import type { ChangeOrigin } from './recent-moves.ts';
import { replay } from './replay.ts';
import type { Revision } from './replay.ts';
import { linesOfUnknown } from './seen-text.ts';
import type { SeenText } from './seen-text.ts';
import { tellSuccessors } from './successors.ts';
import type { AuthorshipStore, EventStamp } from './state/authorship-store.ts';
import {
  addVersion,
  historyOf,
  isSameText,
  REMOVED,
  versionsOf,
  versionWith,
} from './state/file-history.ts';
import type { FileHistory, FileVersion } from './state/file-history.ts';
import { changedBlocks } from './transfer/line-diff.ts';
import { transfer } from './transfer/transfer.ts';
import type { Transferred } from './transfer/transfer.ts';

/** What an event did to a file. */
export interface FileResult {
  readonly path: string;
  readonly change: TextChange;
  readonly pieces: readonly Piece[];
  /** The lines that it took away. */
  readonly removed: AuthoredText;
  /** Pieces that were reported before and came later. */
  readonly revised: readonly Revision[];
  /** False for a file that is too large to be followed: of what it had before, nothing is known next time. */
  readonly isKept: boolean;
}

/** A longer text is not kept, in characters. */
export const MAX_KEPT_TEXT = 1024 * 1024;

/** The most pieces of one event: what a program changed in a whole tree was not written by Claude. */
export const MAX_PIECES_PER_EVENT = 1000;

/** What a text is without its secrets. It may be given parts of a text. */
export type Clean = (text: string) => string;

/** Works out what one event did, file by file, and keeps it. */
export class EventChanges {
  readonly #store: AuthorshipStore;
  readonly #event: EventStamp;
  readonly #clean: Clean;
  readonly #moves: RecentMoves;
  #pieces = 0;
  /** What the same event removed, with its history up to then. */
  readonly #removed = new Map<string, FileHistory>();
  /** Files of which nothing was known before, and what those that were renamed had been. */
  readonly #firsts = new Set<string>();
  readonly #continued = new Map<string, string>();

  readonly #nextAuthor = (): string | undefined => {
    if (this.#pieces === MAX_PIECES_PER_EVENT) return undefined;
    this.#pieces += 1;
    return `${this.#event.id}-${this.#pieces - 1}`;
  };

  constructor(store: AuthorshipStore, event: EventStamp, clean: Clean) {
    this.#store = store;
    this.#event = event;
    this.#clean = clean;
    this.#moves = new RecentMoves(store, event);
  }

  apply(changes: readonly TextChange[]): FileResult[] {
    // What a program moved has to be known before the place it went to.
    const removals = changes.filter(({ did }) => did.kind === 'delete');
    const others = changes.filter(({ did }) => did.kind !== 'delete');
    return [...removals, ...others].map((change) => this.#applyOne(change));
  }

  #applyOne(change: TextChange): FileResult {
    const { path } = change;
    if (isTooLarge(change) || change.isForeign === true) return this.#applyUnkept(change);
    const history = this.#store.history(path);
    if (history !== undefined && history.last.at > this.#event.at) {
      return this.#applyLate(change, history);
    }
    const { next, applied, before } = this.#next(change, history);
    if (history === undefined && change.did.kind === 'left' && isNobodys(next.last)) {
      return { path, change, pieces: [], removed: NO_LINES, revised: [], isKept: true };
    }
    const gone = history === undefined ? this.#moves.goneFromNew(path, applied.gone) : applied.gone;
    if (history === undefined) this.#firsts.add(path);
    this.#keep(path, next, gone, before);
    const revised = tellSuccessors(this.#store, this.#event.at, path, next);
    return {
      path,
      change,
      pieces: applied.pieces,
      removed: onlyLines(applied.gone),
      revised,
      isKept: true,
    };
  }

  /** An event that happened before others that have come: takes its place in the history, and what came after is told again. */
  #applyLate(change: TextChange, history: FileHistory): FileResult {
    const versions = versionsOf(history);
    const later = versions.findIndex(({ at }) => at > this.#event.at);
    const earlier = historyOf(versions.slice(0, later));
    const { next, applied } = this.#next(change, earlier);
    const replayed = replay(next, versions.slice(later));
    this.#store.keepHistory(change.path, replayed.history);
    for (const line of linesBy(this.#event.id, applied.after.authors)) {
      noteLine(this.#store, change.path, applied.after, line);
    }
    if (this.#continued.has(change.path))
      this.#moves.note(change.path, NO_LINES, this.#originOf(change.path));
    return {
      path: change.path,
      change,
      pieces: applied.pieces,
      removed: onlyLines(applied.gone),
      revised: [
        ...replayed.revised,
        ...tellSuccessors(this.#store, this.#event.at, change.path, next),
      ],
      isKept: true,
    };
  }

  #applyUnkept(change: TextChange): FileResult {
    const { path } = change;
    const before = writtenBy(NOT_CLAUDE, this.#linesBefore(change, undefined));
    const { isForeign } = change;
    const maker = { ...this.#makerOf(change), sources: {} };
    const { pieces, gone } = applyTextChange(before, change, maker);
    if (isForeign !== true) this.#store.keepHistory(path, undefined);
    return { path, change, pieces, removed: onlyLines(gone), revised: [], isKept: false };
  }

  #next(change: TextChange, known: FileHistory | undefined): NextVersion {
    const { path } = change;
    const found = this.#linesBefore(change, known);
    const isCreated = change.before === null || isFound(change, known);
    const history = isCreated
      ? this.#beforeCreation(change, known)
      : this.#reconciled(path, known, found, typeof change.before === 'string');
    const before = history?.last ?? REMOVED;
    if (change.did.kind === 'delete' && history !== undefined) this.#removed.set(path, history);
    const applied = this.#applied(before, change, history);
    const { lines, authors } =
      change.did.kind === 'write' ? applied.after : this.#cleaned(before, applied.after);
    const pieces = applied.pieces.map(({ author, replaced }) => ({ author, replaced }));
    const { at, id } = this.#event;
    const next = addVersion(history, { lines, authors, at, event: id, pieces });
    if (isPlaced(change, found, known?.last.lines)) return { next, applied, before };
    const placeless = applied.pieces.map((piece) => ({ ...piece, ...NO_PLACE, ownShare: null }));
    return { next, applied: { ...applied, pieces: placeless }, before };
  }

  /**
   * A text without the secrets that came together when it was put together from clean parts: that can only be where it
   * differs from the clean text before it.
   */
  #cleaned(before: AuthoredText, after: AuthoredText): AuthoredText {
    const seam = seamOf(before.lines, after.lines).join('\n');
    if (this.#clean(seam) === seam) return after;
    const lines = linesOf(this.#clean(after.lines.join('\n')));
    return transfer(after, lines, () => NOT_CLAUDE);
  }

  /** What is known of a text that stands in a file now. */
  seen(path: string, lines: readonly string[]): SeenText {
    const history = this.#store.history(path) ?? this.#renamed(path, lines);
    const { authors, origins, blocks } = this.#seen(path, history, lines);
    const renamedFrom = this.#continued.get(path);
    if (history === undefined) {
      const found = origins.map((origin) => (origin === 'new' ? 'unknown' : origin));
      return { lines, authors, origins: found, history, renamedFrom, isExact: false };
    }
    if (versionWith(history, lines) !== undefined) {
      const kept = lines.map(() => 'kept' as const);
      return { lines, authors, origins: kept, history, renamedFrom, isExact: true };
    }
    const ofUnknown = linesOfUnknown(history.last.lines, blocks);
    const told = origins.map((origin, line) =>
      origin === 'new' && ofUnknown.has(line) ? 'unknown' : origin,
    );
    return { lines, authors, origins: told, history, renamedFrom, isExact: false };
  }

  /** What a text in the file's place is, by the file's own history and the rest of the project. */
  #seen(path: string, history: FileHistory | undefined, lines: readonly string[]): Transferred {
    const exact = history && versionWith(history, lines);
    const sources = new PastLines(this.#store, this.#event, path).ofOthers(history);
    if (exact === undefined) {
      return transfer(history?.last ?? NOBODYS_TEXT, lines, () => NOT_CLAUDE, sources);
    }
    const none = transfer(history?.last ?? NOBODYS_TEXT, lines, () => NOT_CLAUDE);
    return { ...none, authors: exact.authors };
  }

  #linesBefore(change: TextChange, history: FileHistory | undefined): readonly string[] {
    if (typeof change.before === 'string') return linesOf(change.before);
    return textBefore(change, history?.last.lines);
  }

  /** A file that was not there: a program may have moved it here; whatever is known of its path is past. */
  #beforeCreation(change: TextChange, history: FileHistory | undefined): FileHistory | undefined {
    const { path, did } = change;
    const text = did.kind === 'write' || did.kind === 'left' ? linesOf(did.text) : [];
    if (change.isProgram) {
      let best: string | undefined;
      let most = RENAMED_BY_PROGRAM;
      for (const [old, removed] of this.#removed) {
        const share = likeness(removed.last.lines, text);
        if (share >= most) [best, most] = [old, share];
      }
      if (best !== undefined) {
        this.#continued.set(path, best);
        return this.#removed.get(best);
      }
    }
    if (history === undefined || isSameText(history.last.lines, REMOVED.lines)) return history;
    // Removed by hand, unseen.
    this.#moves.note(path, history.last, this.#originOf(path));
    return addVersion(history, this.#found(REMOVED));
  }

  #reconciled(
    path: string,
    history: FileHistory | undefined,
    lines: readonly string[],
    isWhole: boolean,
  ): FileHistory | undefined {
    if (history !== undefined && isSameText(history.last.lines, lines)) return history;
    const from = history ?? this.#renamed(path, lines);
    const now = this.#seen(path, from, lines);
    if (history !== undefined) this.#moves.note(path, now.gone, this.#originOf(path));
    const clean = isWhole ? now : this.#cleaned(from?.last ?? NOBODYS_TEXT, now);
    return addVersion(from, this.#found(clean));
  }

  #renamed(path: string, lines: readonly string[]): FileHistory | undefined {
    const past = new PastLines(this.#store, this.#event, path);
    const old = past.mostLike(lines, RENAMED);
    if (old === undefined) return undefined;
    this.#continued.set(path, old);
    return this.#store.history(old);
  }

  #applied(before: AuthoredText, change: TextChange, history: FileHistory | undefined): Applied {
    const past = new PastLines(this.#store, this.#event, change.path);
    const { kind, isProgram } = change;
    const isKnown = history !== undefined && !isSameText(before.lines, REMOVED.lines);
    const own = isKnown ? ownBeside(before.lines, change) : change.own;
    const sources =
      own !== undefined ? past.ofOthers(history) : isProgram ? past.ofProgram() : past.ofCall();
    const maker = this.#makerOf(own === undefined ? change : { ...change, own });
    const applied = applyTextChange(before, change, { ...maker, sources });
    const exact =
      isProgram && kind !== 'authored' && history && versionWith(history, applied.after.lines);
    return exact ? { ...applied, after: exact } : applied;
  }

  #makerOf({ kind, own }: TextChange): Omit<ChangeMaker, 'sources'> {
    const lines = own && new Set(own);
    return { kind, isOwn: lines && ((line) => lines.has(line)), nextAuthor: this.#nextAuthor };
  }

  #originOf(path: string, added = false): ChangeOrigin {
    return { added, isFirst: this.#firsts.has(path), continues: this.#continued.get(path) };
  }

  #found({ lines, authors }: AuthoredText): FileVersion {
    return { lines, authors, at: this.#event.at, event: null, pieces: [] };
  }

  #keep(path: string, history: FileHistory, gone: AuthoredText, before: AuthoredText): void {
    this.#store.keepHistory(path, history);
    const { last } = history;
    const known = new Set(before.authors);
    const fresh = last.authors.flatMap((author, line) =>
      author === NOT_CLAUDE || known.has(author) ? [] : [line],
    );
    for (const line of fresh) noteLine(this.#store, path, last, line);
    this.#moves.note(path, gone, this.#originOf(path, fresh.length > 0));
  }
}

// --- internal ---

const NOBODYS_TEXT: AuthoredText = writtenBy(NOT_CLAUDE, []);
/** From which likeness on a file that a program made is believed to be one that it removed. */
const RENAMED_BY_PROGRAM = 0.4;

interface NextVersion {
  readonly next: FileHistory;
  readonly applied: Applied;
  readonly before: AuthoredText;
}

/** As many lines around a change as a name and its value may be apart. */
const SEAM_LINES = 4;

/** The part of a text that differs from another one, with some lines around it. */
function seamOf(before: readonly string[], after: readonly string[]): readonly string[] {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let tail = 0;
  while (tail < shorter - start && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  return after.slice(Math.max(0, start - SEAM_LINES), after.length - tail + SEAM_LINES);
}

/** The text without what parts its lines. */
function onlyLines({ lines, authors }: AuthoredText): AuthoredText {
  const isLine = (_: unknown, line: number): boolean => lines[line] !== NO_LINE;
  return { lines: lines.filter(isLine), authors: authors.filter(isLine) };
}

function isTooLarge({ before, did }: TextChange): boolean {
  const after = did.kind === 'write' || did.kind === 'left' ? did.text.length : 0;
  return Math.max(before?.length ?? 0, after) > MAX_KEPT_TEXT;
}

/** True for a file that a command left of which nothing was known: it may have made it. */
function isFound({ did }: TextChange, known: FileHistory | undefined): boolean {
  return (
    did.kind === 'left' && (known === undefined || isSameText(known.last.lines, REMOVED.lines))
  );
}

/** Which lines of a text that a command made are Claude's own, by what stood in their places. */
function ownBeside(known: readonly string[], change: TextChange): TextChange['own'] {
  const { path, did, own, command } = change;
  const isWhole = did.kind === 'left' || did.kind === 'write';
  if (!isWhole || command === undefined || own === undefined) return own;
  const now = linesOf(did.text);
  const runs = changedBlocks(known, now).map(({ oldStart, oldEnd, newStart, newEnd }) => ({
    old: known.slice(oldStart, oldEnd),
    now: now.slice(newStart, newEnd),
  }));
  return new CommandAuthorship(command).ofRuns(path, runs).own;
}

function isNobodys({ authors }: AuthoredText): boolean {
  return authors.every((author) => author === NOT_CLAUDE);
}
