import { statSync } from 'node:fs';
import { errorMessage, TrackerError } from '../../base/errors.ts';
import { readRegularFile } from '../../base/regular-file.ts';

/** Where the configuration keeps a bearer token. `token` takes precedence. */
export interface TokenSource {
  readonly token: string | null;
  /** A file that holds the token; only its owner may have access to it. */
  readonly tokenFile: string | null;
}

/**
 * The bearer token to send, without surrounding white space; undefined if none is configured. No error
 * message contains it.
 *
 * @throws TrackerError E_TOKEN, E_TOKEN_FILE, E_TOKEN_FILE_MODE
 */
export function bearerToken({ token, tokenFile }: TokenSource): string | undefined {
  if (token) return checked(token, 'E_TOKEN', 'api.token');
  if (!tokenFile) return undefined;
  return checked(readPrivate(tokenFile), 'E_TOKEN_FILE', tokenFile);
}

// --- internal ---

/** The longest file with a token, in bytes. */
const MAX_BYTES = 64 * 1024;

function readPrivate(file: string): string {
  try {
    const stats = statSync(file);
    if (!stats.isFile()) throw unreadable(file, 'it is no file');
    if (process.platform !== 'win32' && (stats.mode & 0o077) !== 0) {
      throw new TrackerError('E_TOKEN_FILE_MODE', `${file} can be read by others`, {
        hint: `Run: chmod 600 ${file}`,
      });
    }
    return readRegularFile(file, MAX_BYTES);
  } catch (error) {
    if (error instanceof TrackerError && error.code.startsWith('E_TOKEN')) throw error;
    throw unreadable(file, errorMessage(error).replace(`${file}: `, ''), error);
  }
}

function unreadable(file: string, why: string, cause?: unknown): TrackerError {
  return new TrackerError('E_TOKEN_FILE', `${file}: ${why}`, {
    hint: 'The configuration names it as token_file, the file with the bearer token.',
    cause,
  });
}

function checked(text: string, code: string, source: string): string {
  const token = text.trim();
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new TrackerError(code, `${source} does not hold a token in one line`, {
    hint: 'A token has no spaces and only ASCII characters.',
  });
}
