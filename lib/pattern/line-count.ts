/** Counts the lines of a text, at least 1. A line break at the end does not begin another line. */
export function lineCount(text: string): number {
  return text.replace(/\r?\n$/, '').split('\n').length;
}
