import { plainLine, plainLines } from './plain-text.ts';

/** A text as code within a line of Markdown: nothing of it is markup. */
export function codeSpan(text: string): string {
  const line = plainLine(text).trim();
  if (line === '') return '';
  const ticks = '`'.repeat(longestRun(line) + 1);
  // A blank keeps a tick at an end apart; Markdown takes it away again.
  const space = ticks.length > 1 ? ' ' : '';
  return `${ticks}${space}${line}${space}${ticks}`;
}

/** A text within a line of Markdown: as it is if nothing of it can be markup, else as code. */
export function plainOrCode(text: string): string {
  const line = plainLine(text).trim();
  return HARMLESS.test(line) ? line : codeSpan(line);
}

/** A text as a block of code in Markdown. */
export function fenced(text: string, language: string): string {
  const lines = plainLines(text);
  const ticks = '`'.repeat(Math.max(3, longestRun(lines.join('\n')) + 1));
  return [`${ticks}${language}`, ...lines, ticks].join('\n');
}

// --- internal ---

/** Words, numbers and times. A colon elsewhere may make an emoji, a point a link. */
const HARMLESS = /^(?:[\p{L}\p{N} ,·+%()-]|(?<=\d)[.:](?=\d))*$/u;

/** How many backticks stand in a row at most. */
function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}
