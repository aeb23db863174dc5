/**
 * Why a call did not succeed, in words that calls which failed for the same reason share: its outcome, its exit code, or
 * the first line of its error without what differs from call to call.
 *
 * @param outcome of a call that has ended, but not `ok`
 */
export function failureCause(outcome: string, error: string | null): string {
  if (outcome !== 'failed') return outcome;
  const line = (error ?? '')
    .replaceAll(/<\/?tool_use_error>/g, '')
    .split(/[\r\n]+/)
    .map((text) => text.trim())
    .find(Boolean);
  if (line === undefined) return 'not told';
  const code = /^(?:Error: )?(?:Command failed with )?exit code:? (-?\d+)/i.exec(line)?.[1];
  if (code !== undefined) return `exit code ${code}`;
  const words = line
    .replaceAll(/(["'`]).*?\1/g, '…')
    .replaceAll(/(?:[A-Za-z]:|~)?(?:[\\/][^\s:,;()]+)+/g, '…')
    .replaceAll(/\d+(?:\.\d+)?/g, '…')
    .replaceAll(/(?:…\s*)+…/g, '…');
  return words.length > MAX_CAUSE ? `${words.slice(0, MAX_CAUSE - 1)}…` : words;
}

// --- internal ---

const MAX_CAUSE = 80;
