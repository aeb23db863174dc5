import { NO_LINE } from '../authorship/author.ts';
import { versionsOf } from '../authorship/state/file-history.ts';
import type { FileVersion } from '../authorship/state/file-history.ts';
import type { Database } from '../store/database/database.ts';
import { LineWriters } from '../store/queries/authorship/line-writers.ts';
import type { LineWriter } from '../store/queries/authorship/line-writers.ts';
import { PromptFinder } from '../store/queries/authorship/prompts.ts';
import type { TypedPrompt } from '../store/queries/authorship/prompts.ts';
import { AuthorshipTables } from '../store/writers/authorship/authorship-tables.ts';
import { blamedLines } from './blamed-lines.ts';
import type { BlamedLine } from './blamed-lines.ts';
import type { DiskLine } from './disk-lines.ts';

/** A text that a file had, as far as it is kept, with who wrote its lines. */
export interface KeptVersion {
  readonly version: FileVersion;
  /** The call that made it; undefined for a text that was found so, and once nothing of the call is kept. */
  readonly writer: LineWriter | undefined;
  /** What a person had asked for then: the first words. */
  readonly prompt: TypedPrompt | undefined;
}

/** The versions that are kept of a file, the oldest first. They are redacted. */
export function keptVersions(database: Database, path: string): KeptVersion[] {
  const history = new AuthorshipTables(database).history(path);
  if (history === undefined) return [];
  const writers = new LineWriters(database);
  const prompts = new PromptFinder(database, false);
  return versionsOf(history).map((version) => {
    const writer = version.event === null ? undefined : writers.find(version.event, 0);
    const prompt = writer && prompts.before(writer.sessionId, writer.at);
    return { version, writer, prompt };
  });
}

/** Who wrote the lines of a version. */
export function blamedVersion(database: Database, { lines, authors }: FileVersion): BlamedLine[] {
  const end = lines.at(-1) === '' ? lines.length - 1 : lines.length;
  const known = lines
    .slice(0, end)
    .map((text, line): DiskLine =>
      text === NO_LINE
        ? { text: '', author: undefined, origin: 'unknown', confidence: 'low' }
        : { text, author: authors[line] ?? null, origin: 'kept', confidence: 'high' },
    );
  return blamedLines(database, { lines: known }, WHOLE, false);
}

// --- internal ---

const WHOLE = { first: 1, last: Number.POSITIVE_INFINITY };
