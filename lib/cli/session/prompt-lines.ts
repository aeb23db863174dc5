import { plainLines } from '../output/plain-text.ts';

/** The beginning of a prompt as lists show it, safe to print: a prompt may be a whole file. `--json` has all of it. */
export function promptLines(prompt: string | null): string[] {
  if (prompt === null) return [];
  const lines = plainLines(prompt.trim());
  const more = lines.length > MAX_LINES ? ['…'] : [];
  return [...lines.slice(0, MAX_LINES).map(cutLine), ...more];
}

// --- internal ---

const MAX_LINES = 5;
/** In characters: some lines of a terminal. */
const MAX_LINE = 400;

function cutLine(line: string): string {
  if (line.length <= MAX_LINE) return line;
  const start = Array.from(line.slice(0, MAX_LINE * 2)); // which splits no character
  return start.length <= MAX_LINE ? line : `${start.slice(0, MAX_LINE).join('')}…`;
}
