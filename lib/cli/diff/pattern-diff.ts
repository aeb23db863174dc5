import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import type { PatternChange } from '../../store/queries/pattern-change.ts';
import type { PatternWithCode } from '../../store/queries/patterns.ts';
import { plainLines } from '../output/plain-text.ts';
import { painter } from '../listing/table.ts';
import type { Paint } from '../listing/table.ts';

/** A unified diff from the parent's code to the pattern's; '' when nothing but white space at the ends differs. */
export function patternDiff(pattern: PatternWithCode, change: PatternChange): string {
  const [before, after] = [change.before, change.after].map((text) => text.replace(/\n?$/, '\n'));
  if (before === after) return '';
  return createTwoFilesPatch(
    `${change.parent.id}/${change.parent.name}`,
    `${pattern.id}/${pattern.name}`,
    before ?? '',
    after ?? '',
    undefined,
    undefined,
    { context: 3, headerOptions: FILE_HEADERS_ONLY },
  );
}

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
