import { isNotebook, notebookText } from '../authorship/payload/notebook-text.ts';
import { errorCode, errorMessage, TrackerError } from '../base/errors.ts';
import { readRegularFile } from '../base/regular-file.ts';

/** A larger file is not read, in bytes. What is followed is a small part of that. */
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * The text of a file on disk; undefined if there is no file. For a notebook it is the sources of all cells, one after
 * the other, because a notebook is recorded in this form.
 *
 * @param name what messages call the file
 * @throws TrackerError E_NO_FILE for a folder, a FIFO and the like, E_LARGE_FILE for more than 16 MiB,
 *   E_BINARY_FILE for what is no text, E_FILE if it cannot be read
 */
export function diskText(path: string, name: string): string | undefined {
  const text = readText(path, name);
  if (text === undefined) return undefined;
  if (!text.includes('\0')) return isNotebook(path) ? (notebookText(text) ?? text) : text;
  throw new TrackerError('E_BINARY_FILE', `${name} is not a text: it holds NUL characters`, {
    hint: 'Name a text. One in UTF-16 has to be in UTF-8 first.',
  });
}

// --- internal ---

function readText(path: string, name: string): string | undefined {
  try {
    return readRegularFile(path, MAX_BYTES);
  } catch (error) {
    if (MISSING.has(errorCode(error))) return undefined;
    if (error instanceof TrackerError) {
      const message = error.message.replace(path, () => name);
      throw new TrackerError(error.code, message, { hint: HINT, cause: error });
    }
    throw new TrackerError('E_FILE', `${name} cannot be read: ${errorMessage(error)}`, {
      hint: HINT,
      cause: error,
    });
  }
}

const MISSING: ReadonlySet<unknown> = new Set(['ENOENT', 'ENOTDIR']);
const HINT = 'Name a file of source code that you can read.';
