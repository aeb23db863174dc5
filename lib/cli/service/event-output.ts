import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { errorCode, errorMessage, TrackerError } from '../../base/errors.ts';

/** Where lines of events go. */
export interface EventOutput {
  /** Resolves once they are safe there. @throws OutputBusyError when the same may be tried again */
  write(lines: string): Promise<void>;
  /** The number of the last event that is there, if it can be seen. */
  readonly lastNumber?: number | undefined;
}

/** The other side takes nothing now, or nobody knows whether it has taken it. */
export class OutputBusyError extends TrackerError {
  override readonly name = 'OutputBusyError';

  constructor(message: string) {
    super('E_EXPORT_BUSY', message);
  }
}

/** Appends to a file, which may be moved away meanwhile: each part opens it by its name. */
export class FileOutput implements EventOutput {
  readonly lastNumber: number | undefined;
  readonly #path: string;

  /** Takes away a last line that a killed process left unfinished. @throws what node:fs throws */
  constructor(path: string) {
    this.#path = path;
    const descriptor = openSync(path, 'a+', 0o600);
    try {
      const { size } = fstatSync(descriptor);
      const whole = endOfLines(descriptor, size);
      if (whole < size) ftruncateSync(descriptor, whole);
      this.lastNumber = numberBefore(descriptor, whole);
    } finally {
      closeSync(descriptor);
    }
  }

  async write(lines: string): Promise<void> {
    const descriptor = openSync(this.#path, 'a', 0o600);
    try {
      const bytes = Buffer.from(lines);
      for (let from = 0; from < bytes.length;) from += writeSync(descriptor, bytes, from);
      fdatasyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }
}

/** Posts JSON lines to an address. */
export class HttpOutput implements EventOutput {
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;

  /** @param authorization the header of this name, if there is to be one */
  constructor(url: string, authorization?: string) {
    this.#url = url;
    this.#headers = {
      'content-type': 'application/x-ndjson',
      ...(authorization ? { authorization } : {}),
    };
  }

  /** @throws TrackerError E_EXPORT_REFUSED when the other side does not want it */
  async write(lines: string): Promise<void> {
    const signal = AbortSignal.timeout(ANSWER_MS);
    // Following a redirection would ask with GET, without the lines, and take the answer for theirs.
    const redirect = 'manual';
    const headers = this.#headers;
    const request = { method: 'POST', headers, body: lines, redirect, signal } as const;
    let response: Response;
    try {
      response = await fetch(this.#url, request);
      await response.arrayBuffer();
    } catch (error) {
      const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
      throw new OutputBusyError(`No answer to the export: ${errorMessage(cause)}`);
    }
    const { ok, status } = response;
    if (ok) return;
    if (status === 408 || status === 429 || status >= 500) {
      throw new OutputBusyError(`The export was answered ${status}`);
    }
    throw new TrackerError('E_EXPORT_REFUSED', `The export was answered ${status}`, {
      hint: 'Check the address, and PATTERN_TRACKER_EXPORT_AUTHORIZATION.',
    });
  }
}

/** The number up to which all was written; 0 if there is no such file. @throws TrackerError E_EXPORT_OFFSET */
export function storedOffset(path: string): number {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 0;
    throw error;
  }
  if (/^\d+\n$/.test(text)) return Number(text);
  throw new TrackerError('E_EXPORT_OFFSET', `${path} does not hold how far the export was`, {
    hint: 'Name the number with --from, as `sequence` of the last event written has it.',
  });
}

/** Replaces the file in one step. @throws what node:fs throws */
export function storeOffset(path: string, number: number): void {
  const part = `${path}.part`;
  writeFileSync(part, `${number}\n`, { mode: 0o600, flush: true });
  renameSync(part, path);
}

// --- internal ---

/** How long the other side may take for a part, in milliseconds. */
const ANSWER_MS = 30_000;
const NEWLINE = 10;
const READ_BYTES = 65_536;

/** The number of the event on the last line before `end`; undefined if that line holds no event. */
function numberBefore(descriptor: number, end: number): number | undefined {
  if (end === 0) return undefined;
  const from = endOfLines(descriptor, end - 1);
  const line = Buffer.alloc(end - from);
  readSync(descriptor, line, 0, line.length, from);
  const number = Number(/"sequence":"(\d{16,})"/.exec(line.toString())?.[1]);
  return Number.isSafeInteger(number) ? number : undefined;
}

/** Where the last whole line ends. */
function endOfLines(descriptor: number, size: number): number {
  const buffer = Buffer.alloc(READ_BYTES);
  for (let end = size; end > 0;) {
    const from = Math.max(0, end - READ_BYTES);
    const read = readSync(descriptor, buffer, 0, end - from, from);
    const found = buffer.subarray(0, read).lastIndexOf(NEWLINE);
    if (found >= 0) return from + found + 1;
    end = from;
  }
  return 0;
}
