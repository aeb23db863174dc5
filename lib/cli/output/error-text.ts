import { errorMessage, TrackerError } from '../../base/errors.ts';
import { plainLine, plainLines } from './plain-text.ts';

/**
 * An error as people read it: what happened, and below it what to do. Messages quote file names, typed
 * words and replies of the server, so control characters are removed.
 */
export function errorLines(error: unknown): string {
  const hint = error instanceof TrackerError ? error.hint : undefined;
  const mend = hint ? `  ${plainLines(hint).join('\n')}\n` : '';
  return `error: ${plainLine(errorMessage(error))}\n${mend}`;
}
