/** A page of docs/ that is written from sources, never by hand. */
export interface WrittenPage {
  /** Below the repository. */
  readonly path: string;
  /** Its text before the formatter has had it. */
  readonly text: string;
}

/** The first line of a written page: where its words come from. */
export function writtenFrom(sources: string): string {
  return `<!-- written by \`npm run docs\` from ${sources}; change those -->`;
}

/** Puts every heading of a page `levels` deeper; lines in code stay. */
export function demoted(page: string, levels = 1): string {
  let isCode = false;
  return page
    .split('\n')
    .map((line) => {
      if (/^\s*```/.test(line)) isCode = !isCode;
      return !isCode && /^#+ /.test(line) ? `${'#'.repeat(levels)}${line}` : line;
    })
    .join('\n');
}
