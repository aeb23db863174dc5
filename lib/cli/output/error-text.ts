import { errorCode, errorMessage, TrackerError } from '../../base/errors.ts';
import { terminalSafe } from '../../base/terminal-safe.ts';
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

/**
 * An error as a program reads it: `{"error": {code, message, hint}}` on one line, hint null without one.
 *
 * @param withStack adds the error's stack. @default false
 */
export function errorJson(error: unknown, withStack = false): string {
  const hint = error instanceof TrackerError ? error.hint : undefined;
  const isMisuse = error instanceof Error && error.name === 'CLIError'; // citty's own
  const code = isMisuse ? 'E_USAGE' : (errorCode(error) ?? 'E_UNEXPECTED');
  const report = { code, message: plainLine(errorMessage(error)), hint: hint ?? null };
  const stack = withStack && error instanceof Error ? { stack: error.stack } : {};
  return `${terminalSafe(JSON.stringify({ error: { ...report, ...stack } }))}\n`;
}
