import { eventOf, NOT_CLAUDE, sharesOf } from '../../../lib/authorship/author.ts';
import type { Author, AuthorShare } from '../../../lib/authorship/author.ts';
import { Recording } from './recording.ts';
import type { RecordedPiece } from './recording.ts';
import type { SimulatedEvent, SimulatedProject } from './simulated-project.ts';
import { textOf } from './world.ts';
import type { TruePiece } from './world.ts';

/** Right ones of all. */
export interface Count {
  right: number;
  all: number;
}

/** What is counted. */
export interface Score {
  /** Lines whose author is the right event, or rightly not Claude. */
  readonly lines: Count;
  /** Of people's lines, those that are called Claude's (`right` counts these). */
  readonly falseClaude: Count;
  /** Of Claude's lines, those that are called nobody's (`right` counts these). */
  readonly missed: Count;
  readonly ranges: Count;
  readonly parents: Readonly<Record<TruePiece['disturbed'], Count>>;
  readonly generations: Count;
  /** Events, and the milliseconds of CPU that they took. */
  readonly cost: { events: number; milliseconds: number };
  /**
   * Files, and the bytes of all that is kept to know who wrote their lines: as ingest leaves it, and once the courier's
   * upkeep has repacked it, with the CPU time of that.
   */
  readonly size: { files: number; bytesAtFirst: number; bytes: number; repackMilliseconds: number };
}

/** A score without anything. */
export function emptyScore(): Score {
  const none = (): Count => ({ right: 0, all: 0 });
  return {
    lines: none(),
    falseClaude: none(),
    missed: none(),
    ranges: none(),
    parents: { no: none(), yes: none(), renamed: none() },
    generations: none(),
    cost: { events: 0, milliseconds: 0 },
    size: { files: 0, bytesAtFirst: 0, bytes: 0, repackMilliseconds: 0 },
  };
}

/** Feeds the events of a history to ingest in the order in which they arrive, and compares with the truth. */
export function scoreHistory(
  history: SimulatedProject,
  arrival: readonly SimulatedEvent[],
  score: Score,
): void {
  const recording = new Recording();
  try {
    score.cost.events += arrival.length;
    score.cost.milliseconds += recording.take(arrival);
    score.size.bytesAtFirst += recording.size().bytes;
    score.size.repackMilliseconds += recording.repack();
    scoreLines(history, recording, score);
    scorePieces(history.pieces, recording.pieces(), score);
    const { files, bytes } = recording.size();
    score.size.files += files;
    score.size.bytes += bytes;
  } finally {
    recording.remove();
  }
}

// --- internal ---

function scoreLines(history: SimulatedProject, recording: Recording, score: Score): void {
  for (const [path, lines] of history.files) {
    const found = recording.eventsOf(path, textOf(lines));
    for (const [index, { author }] of lines.entries()) {
      const said = found[index] ?? NOT_CLAUDE;
      count(score.lines, said === eventIn(author));
      if (author === NOT_CLAUDE) count(score.falseClaude, said !== NOT_CLAUDE);
      else count(score.missed, said === NOT_CLAUDE);
    }
  }
}

function scorePieces(
  truth: readonly TruePiece[],
  said: ReadonlyMap<string, RecordedPiece>,
  score: Score,
): void {
  const trueGenerations = new Map<string, number>();
  for (const { author, startLine, endLine, replaced, disturbed } of truth) {
    const piece = said.get(author);
    count(score.ranges, piece?.startLine === startLine && piece.endLine === endLine);
    const shares = sharesOf(replaced);
    const most = shares[0]?.share ?? 0;
    const best = shares.filter(({ share }) => share === most).map((share) => eventIn(share.author));
    const parent = piece?.parent ?? null;
    count(score.parents[disturbed], parent === null ? shares.length === 0 : best.includes(parent));
    const generation = generationAfter(shares, trueGenerations);
    trueGenerations.set(author, generation);
    count(score.generations, piece?.generation === generation);
  }
}

function generationAfter(
  [dominant]: readonly AuthorShare[],
  generations: ReadonlyMap<string, number>,
): number {
  return dominant === undefined ? 1 : (generations.get(dominant.author) ?? 0) + 1;
}

function eventIn(author: Author): string | null {
  return author === NOT_CLAUDE ? null : eventOf(author);
}

function count(counts: Count, isRight: boolean): void {
  counts.all += 1;
  if (isRight) counts.right += 1;
}
