import { eventOf, linesOf, NOT_CLAUDE, sharesOf, writtenBy } from './author.ts';
import type { Author, AuthoredText, AuthorShare } from './author.ts';
import { isPlaced, stepsOf, textBefore } from './payload/change-steps.ts';
import type { Written } from './payload/change-steps.ts';
import type { TextChange } from './payload/text-change.ts';
import { trimCode } from '../pattern/identify.ts';
import type { Block } from './transfer/line-diff.ts';
import { isTrivial, keyAt } from './transfer/line-key.ts';
import type { AuthorshipKind, Piece, PiecePlace } from './piece.ts';
import { applySplices } from './transfer/splice.ts';
import type { Spliced } from './transfer/splice.ts';
import { transfer } from './transfer/transfer.ts';
import type { LineOrigin, LineSources, Transferred } from './transfer/transfer.ts';

/** What a change made of a text. */
export interface Applied {
  readonly after: AuthoredText;
  readonly pieces: readonly Piece[];
  /** Lines that went. */
  readonly gone: AuthoredText;
}

/** By whom a change was made, and what counts as written by them. */
export interface ChangeMaker {
  /** What new text is that is not their own. */
  readonly kind: AuthorshipKind;
  /** Tells which new lines are their own; undefined if all are. */
  readonly isOwn: ((line: string) => boolean) | undefined;
  /** The author of the event's next piece; undefined if it has too many. */
  readonly nextAuthor: () => string | undefined;
  readonly sources: LineSources;
}

/** Applies a change to the text before it. */
export function applyTextChange(
  before: AuthoredText,
  change: TextChange,
  maker: ChangeMaker,
): Applied {
  let text: AuthoredText = before;
  let drafts: Draft[] = [];
  let origins: readonly LineOrigin[] = before.lines.map(() => 'kept');
  const gone: { lines: string[]; authors: Author[] } = { lines: [], authors: [] };
  for (const step of stepsOf(change)) {
    const written = step(text.lines);
    const spliced = applySplices(text.lines, written);
    const added = written.slice(0, mostOf(written)).flatMap((splice, index) => {
      const blocks = spliced.blocks.slice(...(spliced.parts[index] ?? [0, 0]));
      return draftOf(splice, spliced.starts[index] ?? 0, text, blocks, maker);
    });
    const who = authorIn(added, drafts.at(-1), spliced, text, maker);
    const sources = withGone(maker.sources, gone);
    const next = transfer(text, spliced.lines, who, sources, spliced.blocks);
    drafts = [...drafts.map((draft) => shifted(draft, spliced.blocks)), ...added];
    origins = carried(text, origins, next, spliced.blocks);
    for (const line of next.gone.lines) gone.lines.push(line);
    for (const author of next.gone.authors) gone.authors.push(author);
    text = { lines: next.lines, authors: next.authors };
  }
  const pieces = drafts.map((draft, index) => {
    const piece = pieceOf(draft, text, origins, maker.kind);
    return { ...piece, ...change.places?.[index] };
  });
  return { after: text, pieces, gone };
}

/**
 * Where the pieces of a change stand, by what its event alone tells; undefined for a piece whose place it does not
 * tell.
 */
export function placesOf(change: TextChange): readonly PiecePlace[] {
  const told = typeof change.before === 'string' ? linesOf(change.before) : undefined;
  const lines = change.before === null ? [''] : (told ?? textBefore(change, undefined));
  const { pieces } = applyTextChange(writtenBy(NOT_CLAUDE, lines), change, {
    kind: 'authored',
    isOwn: undefined,
    nextAuthor: () => '',
    sources: {},
  });
  const isKnown = isPlaced(change, lines, undefined);
  return pieces.map(({ startLine, endLine, changedLines }) =>
    isKnown ? { startLine, endLine, changedLines } : NO_PLACE,
  );
}

/** The place of a piece of which nobody can tell where it stands. */
export const NO_PLACE: PiecePlace = { startLine: null, endLine: null, changedLines: null };

/** The parents of what replaced the lines `[start, end, start, end, …]`. */
export function parentsIn(authors: readonly Author[], replaced: readonly number[]): AuthorShare[] {
  const lines: Author[] = [];
  for (let at = 0; at < replaced.length; at += 2) {
    for (const author of authors.slice(replaced[at], replaced[at + 1])) lines.push(author);
  }
  return sharesOf(lines);
}

// --- internal ---

/** The most places of one replace_all that are pieces of their own; what is beyond them has the last one's author. */
export const MAX_PLACES_PER_EDIT = 100;

function mostOf([first]: readonly Written[]): number {
  return first?.replaced === 'text' ? MAX_PLACES_PER_EDIT : Infinity;
}

/** A piece whose lines may still be moved by later steps; 0-based, undefined once they are written over. */
interface Draft {
  readonly author: string;
  readonly code: string;
  readonly range: { readonly first: number; readonly last: number } | undefined;
  readonly wholeFile: boolean;
  readonly parents: Piece['parents'];
  readonly replaced: readonly number[];
}

function draftOf(
  { start, end, code, range: own, replaced }: Written,
  at: number,
  before: AuthoredText,
  blocks: readonly Block[],
  maker: ChangeMaker,
): Draft[] {
  if (trimCode(code) === '') return [];
  const author = maker.nextAuthor();
  if (author === undefined) return [];
  const changed = blocks.flatMap(({ oldStart, oldEnd }) =>
    oldStart < oldEnd ? [oldStart, oldEnd] : [],
  );
  // A text that ends with a newline has no line after it.
  const all = [start, end - (replaced === 'file' && before.lines.at(-1) === '' ? 1 : 0)];
  const lines =
    replaced === 'file' || (replaced === 'text' && changed.length === 0) ? all : changed;
  const parents = parentsIn(before.authors, lines);
  const range = own && { first: at + own.first, last: at + own.last };
  return [
    {
      author,
      code,
      range,
      wholeFile: replaced === 'file',
      parents,
      replaced: lines,
    },
  ];
}

/** Who writes a new line: the piece around it; text that is not Claude's own is whose place it took, or nobody's. */
function authorIn(
  drafts: readonly Draft[],
  earlier: Draft | undefined,
  { lines, blocks }: Pick<Spliced, 'lines' | 'blocks'>,
  before: AuthoredText,
  { kind, isOwn }: Pick<ChangeMaker, 'kind' | 'isOwn'>,
): (line: number) => Author {
  const placed = drafts.filter(({ range }) => range !== undefined);
  const writer = (line: number): Author =>
    (firstUpTo(placed, line) ?? drafts.at(-1) ?? earlier)?.author ?? NOT_CLAUDE;
  if (isOwn === undefined) return writer;
  let block: Block | undefined;
  return (line) => {
    if (block === undefined || line < block.newStart || line >= block.newEnd) {
      block = blocks.find(({ newStart, newEnd }) => line >= newStart && line < newEnd);
    }
    if (block === undefined) return NOT_CLAUDE;
    if (isOwn(lines[tellingNear(lines, line, block)] ?? '')) return writer(line);
    if (kind !== 'formatted') return NOT_CLAUDE;
    const [largest] = sharesOf(before.authors.slice(block.oldStart, block.oldEnd));
    return largest !== undefined && largest.share > 0.5 ? largest.author : NOT_CLAUDE;
  };
}

/** A line, or the nearest one before or after it in its block that says something by itself. */
function tellingNear(lines: readonly string[], line: number, { newStart, newEnd }: Block): number {
  const tells = (at: number): boolean => !isTrivial(keyAt(lines, at));
  for (let at = line; at >= newStart; at -= 1) if (tells(at)) return at;
  for (let at = line; at < newEnd; at += 1) if (tells(at)) return at;
  return line;
}

/** The first piece that ends at a line or after it: blank lines before a piece are a part of it. */
function firstUpTo(drafts: readonly Draft[], line: number): Draft | undefined {
  let [low, high] = [0, drafts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((drafts[middle]?.range?.last ?? 0) < line) low = middle + 1;
    else high = middle;
  }
  return drafts[low];
}

/** What an earlier step of the same change took away counts as gone for the next. */
function withGone(sources: LineSources, gone: AuthoredText): LineSources {
  return {
    ...sources,
    gone: () => [{ ...gone, leastWeight: 10, leastLines: 1 }, ...(sources.gone?.() ?? [])],
  };
}

/** A later change within a piece leaves it where it is; one of all its lines, or across its end, writes over it. */
function shifted(draft: Draft, blocks: readonly Block[]): Draft {
  if (draft.range === undefined) return draft;
  const { first, last } = draft.range;
  let [before, inside] = [0, 0];
  for (const { oldStart, oldEnd, newStart, newEnd } of blocks) {
    if (oldStart > last) break;
    const growth = newEnd - newStart - (oldEnd - oldStart);
    if (oldEnd <= first) {
      before += growth;
      continue;
    }
    const isWithin = oldStart >= first && oldEnd <= last + 1 && oldEnd - oldStart <= last - first;
    if (!isWithin) return { ...draft, range: undefined };
    inside += growth;
  }
  return { ...draft, range: { first: first + before, last: last + before + inside } };
}

/**
 * What became of each line in the steps so far: a line that is kept by the last step keeps its origin. One whose blanks
 * differ from before is formatted.
 */
function carried(
  text: AuthoredText,
  before: readonly LineOrigin[],
  after: Transferred,
  blocks: readonly Block[],
): LineOrigin[] {
  const origins = [...after.origins];
  let [oldAt, newAt] = [0, 0];
  const to = (end: number): void => {
    for (; newAt < end; newAt += 1) {
      const origin = before[oldAt] ?? 'kept';
      const isSame = text.lines[oldAt] === after.lines[newAt];
      origins[newAt] = origin === 'kept' && !isSame ? 'formatted' : origin;
      oldAt += 1;
    }
  };
  for (const { oldEnd, newStart, newEnd } of blocks) {
    to(newStart);
    [oldAt, newAt] = [oldEnd, newEnd];
  }
  to(after.lines.length);
  return origins;
}

function pieceOf(
  { range, ...draft }: Draft,
  text: AuthoredText,
  origins: readonly LineOrigin[],
  kind: AuthorshipKind,
): Piece {
  if (range === undefined) {
    return { ...draft, ...NO_PLACE, ownShare: null, kind };
  }
  const changed: number[] = [];
  let own = 0;
  for (let line = range.first; line <= range.last; line += 1) {
    if (origins[line] !== 'kept') changed.push(line);
    if (text.authors[line] === draft.author) own += 1;
  }
  return {
    ...draft,
    startLine: range.first + 1,
    endLine: range.last + 1,
    changedLines: changed.map((line) => line + 1),
    ownShare: own / (range.last - range.first + 1),
    kind: changed.length === 0 ? kind : kindOf(changed, text, origins, { kind, ...draft }),
  };
}

/** Text that all came from elsewhere was not written by the call that put it there; of the rest its program tells. */
function kindOf(
  changed: readonly number[],
  { lines, authors }: AuthoredText,
  origins: readonly LineOrigin[],
  { kind, author }: Pick<ChangeMaker, 'kind'> & Pick<Draft, 'author'>,
): AuthorshipKind {
  const isTelling = (line: number): boolean => !isTrivial(keyAt(lines, line));
  const telling = changed.some(isTelling) ? changed.filter(isTelling) : changed;
  const fresh = telling.filter((line) => origins[line] === 'new');
  const isOwn = (line: number): boolean => {
    const by = authors[line] ?? NOT_CLAUDE;
    return by !== NOT_CLAUDE && eventOf(by) === eventOf(author);
  };
  if (fresh.some(isOwn)) return 'authored';
  if (fresh.length > 0 || kind !== 'authored') return kind === 'authored' ? 'unknown' : kind;
  const found = new Set(telling.map((line) => origins[line]));
  if (found.has('moved')) return 'moved';
  return found.has('recalled') ? 'restored' : 'formatted';
}
