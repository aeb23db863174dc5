/** The number of lines of a text, from 1; a line break at its end begins no line. */
export function lineCount(text: string): number {
  return text.replace(/\r?\n$/, '').split('\n').length;
}
