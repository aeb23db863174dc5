import { FileTeller } from './file-teller.ts';
import type { OpenCalls } from './open-call.ts';
import type { Told } from '../told.ts';
import { timeOf } from './record-event.ts';
import { byteText } from '../../base/amount-text.ts';
import { TrackerError } from '../../base/errors.ts';
import { asString } from '../../base/json.ts';
import { readHead } from '../../base/regular-file.ts';
import type { TranscriptFile, TranscriptSession } from './transcript-files.ts';
import { CHUNK_BYTES, MAX_LINE_BYTES, transcriptLines } from './transcript-lines.ts';

/** What is told of how far the reading has come. */
export interface ReadingSteps {
  /** Called with the number of bytes that were read since the last call. */
  readonly onRead?: ((bytes: number) => void) | undefined;
  /** Called for a file that cannot be read, or not all of it; the rest is. */
  readonly onUnreadable?: ((path: string, error: unknown) => void) | undefined;
}

/**
 * All that the files of a session tell, by time: what subagents did comes between what their session did. A subagent's
 * file is opened when its time has come, so that only those are open that worked side by side.
 */
export function* tellSession(
  session: TranscriptSession,
  steps: ReadingSteps = {},
): Generator<Told> {
  const open: OpenCalls = new Map(); // of all files: a call may have its result in another one
  const isInOneFile = session.files.filter(({ agentId }) => agentId === undefined).length === 1;
  const sources = session.files.map((file) => {
    const beginsAt = isInOneFile && file.agentId === undefined ? -Infinity : beginOf(file.path);
    return new Source(file, toldInFile(session, file, open, steps), { ...steps, beginsAt });
  });
  for (;;) {
    let earliest: Source | undefined;
    for (const source of sources) {
      if (source.nextAt < (earliest?.nextAt ?? Infinity)) earliest = source;
    }
    if (!earliest) return;
    const told = earliest.take();
    if (told) yield told;
  }
}

// --- internal ---

/** Subagents' files are many and small. In bytes. */
const AGENT_CHUNK_BYTES = 64 * 1024;
/** How much of a file is read to learn when it begins, in bytes. */
const HEAD_BYTES = 16 * 1024;

/** One file, of which the next thing told is known. */
class Source {
  /** When the next thing is told; infinite when there is none. */
  nextAt: number;
  readonly #file: TranscriptFile;
  readonly #steps: ReadingSteps;
  readonly #told: Generator<Told>;
  #next: Told | undefined;

  constructor(
    file: TranscriptFile,
    told: Generator<Told>,
    { beginsAt, ...steps }: ReadingSteps & { readonly beginsAt: number },
  ) {
    this.#file = file;
    this.#steps = steps;
    this.#told = told;
    this.nextAt = beginsAt;
  }

  /** The next thing told, after which the one behind it is known; nothing when the file was not open yet. */
  take(): Told | undefined {
    const told = this.#next;
    try {
      const { value, done } = this.#told.next();
      this.#next = done === true ? undefined : value;
    } catch (error) {
      this.#next = undefined;
      this.#steps.onUnreadable?.(this.#file.path, error);
    }
    // Times in a file may go back a little; its order counts.
    this.nextAt = this.#next === undefined ? Infinity : Math.max(this.nextAt, this.#next.at);
    return told;
  }
}

function* toldInFile(
  session: TranscriptSession,
  file: TranscriptFile,
  open: OpenCalls,
  { onRead, onUnreadable }: ReadingSteps,
): Generator<Told> {
  const teller = new FileTeller(session, file, open);
  const chunkBytes = file.agentId === undefined ? CHUNK_BYTES : AGENT_CHUNK_BYTES;
  let seen = 0;
  const onTooLong = (bytes: number) => onUnreadable?.(file.path, tooLong(bytes));
  for (const { record, readBytes } of transcriptLines(file.path, chunkBytes, onTooLong)) {
    onRead?.(readBytes - seen);
    seen = readBytes;
    yield* teller.tell(record);
  }
  onRead?.(Math.max(0, file.bytes - seen));
  yield* teller.end();
}

function tooLong(bytes: number): TrackerError {
  return new TrackerError('E_LARGE_FILE', `a record of ${byteText(bytes)} was not read whole`, {
    hint: `Of a record of more than ${byteText(MAX_LINE_BYTES)}, long texts are left out.`,
  });
}

function beginOf(path: string): number {
  try {
    for (const line of readHead(path, HEAD_BYTES).split('\n')) {
      const text = /"timestamp":"([^"]{1,40})"/.exec(line)?.[1];
      const at = timeOf({ timestamp: asString(text) ?? '' });
      if (at !== undefined) return at;
    }
  } catch {
    // Reading it will tell why.
  }
  return -Infinity;
}
