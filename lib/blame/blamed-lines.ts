import { eventOf, NOT_CLAUDE } from '../authorship/author.ts';
import type { Database } from '../store/database/database.ts';
import { LineWriters } from '../store/queries/authorship/line-writers.ts';
import type { LineWriter } from '../store/queries/authorship/line-writers.ts';
import { PromptFinder } from '../store/queries/authorship/prompts.ts';
import type { TypedPrompt } from '../store/queries/authorship/prompts.ts';
import type { DiskLine, DiskLines } from './disk-lines.ts';

/** A line of a file, and who wrote it. */
export interface BlamedLine {
  /** From 1. */
  readonly line: number;
  /** As it is on disk, without its newline. */
  readonly text: string;
  /** `other`: no recorded call of Claude's; `unknown`: not even that is known. */
  readonly by: 'claude' | 'other' | 'unknown';
  readonly origin: DiskLine['origin'];
  readonly confidence: DiskLine['confidence'];
  /** The event that wrote it; undefined if it is not Claude's. */
  readonly eventId: string | undefined;
  /** The call that wrote it; undefined also once nothing of it is kept. */
  readonly writer: LineWriter | undefined;
  /** What a person had asked for then. */
  readonly prompt: TypedPrompt | undefined;
}

/** Which lines are meant. */
export interface AskedLines {
  /** The first line, from 1. */
  readonly first: number;
  /** The last line, inclusive. One after the end means the end, as git has it. */
  readonly last: number;
}

/**
 * Names who wrote the chosen lines of a file.
 *
 * @param withWholePrompts false for the first words of the prompts only
 */
export function blamedLines(
  database: Database | undefined,
  { lines: all }: Pick<DiskLines, 'lines'>,
  { first, last }: AskedLines,
  withWholePrompts: boolean,
): BlamedLine[] {
  const find = database && new WriterFinder(database, withWholePrompts);
  return all.slice(first - 1, last).map((found, index): BlamedLine => {
    const { text, author, origin, confidence } = found;
    const by = author === undefined ? 'unknown' : author === NOT_CLAUDE ? 'other' : 'claude';
    const base = { line: first + index, text, by, origin, confidence } as const;
    if (typeof author !== 'string') {
      return { ...base, eventId: undefined, writer: undefined, prompt: undefined };
    }
    const written = find?.of(author) ?? { writer: undefined, prompt: undefined };
    return { ...base, eventId: eventOf(author), ...written };
  });
}

// --- internal ---

type Written = Pick<BlamedLine, 'writer' | 'prompt'>;

/** Looks up each author once. */
class WriterFinder {
  readonly #writers;
  readonly #prompts;
  readonly #known = new Map<string, Written>();

  constructor(database: Database, withWholePrompts: boolean) {
    this.#writers = new LineWriters(database);
    this.#prompts = new PromptFinder(database, withWholePrompts);
  }

  of(author: string): Written {
    const known = this.#known.get(author);
    if (known !== undefined) return known;
    const event = eventOf(author);
    const writer = this.#writers.find(event, Number(author.slice(event.length + 1)));
    const prompt = writer && this.#prompts.before(writer.sessionId, writer.at);
    const written = { writer, prompt };
    this.#known.set(author, written);
    return written;
  }
}
