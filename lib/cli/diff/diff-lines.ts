import { plainLines } from '../output/plain-text.ts';
import { painter } from '../listing/table.ts';
import type { Paint } from '../listing/table.ts';

/** The lines of a unified diff, safe to print, in the colours of git. */
export function diffLines(diff: string, color: boolean): string[] {
  const paint = painter(color);
  return plainLines(diff.trimEnd()).map((line) => paint(paintOf(line), line));
}

// --- internal ---

function paintOf(line: string): Paint | undefined {
  if (line.startsWith('--- ') || line.startsWith('+++ ')) return 'bold';
  if (line.startsWith('@@')) return 'cyan';
  if (line.startsWith('-')) return 'red';
  return line.startsWith('+') ? 'green' : undefined;
}
