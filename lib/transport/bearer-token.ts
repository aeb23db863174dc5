import { readFileSync, statSync } from 'node:fs';
import { errorMessage, TrackerError } from '../base/errors.ts';

export interface TokenSource {
  readonly token: string | null;
  /** A file that holds the token and is for the user's eyes only. */
  readonly tokenFile: string | null;
}

/**
 * The bearer token to send; undefined for none.
 *
 * @throws TrackerError E_TOKEN_FILE, E_TOKEN_FILE_MODE
 */
export function bearerToken({ token, tokenFile }: TokenSource): string | undefined {
  if (token) return token;
  if (!tokenFile) return undefined;
  let text: string;
  let mode: number;
  try {
    ({ mode } = statSync(tokenFile));
    text = readFileSync(tokenFile, 'utf8').trim();
  } catch (error) {
    throw new TrackerError('E_TOKEN_FILE', `${tokenFile}: ${errorMessage(error)}`, {
      hint: 'api.token_file names the file with the bearer token.',
      cause: error,
    });
  }
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new TrackerError('E_TOKEN_FILE_MODE', `${tokenFile} can be read by others`, {
      hint: `Run: chmod 600 ${tokenFile}`,
    });
  }
  if (!/^[\x21-\x7e]+$/.test(text)) {
    throw new TrackerError('E_TOKEN_FILE', `${tokenFile} does not hold a token in one line`, {
      hint: 'A token has no spaces and only ASCII characters.',
    });
  }
  return text;
}
