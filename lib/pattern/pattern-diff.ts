import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';

/** A pattern as the head of a diff names it. */
export interface DiffedPattern {
  readonly id: string;
  readonly name: string;
}

/** What a pattern changed in its parent. */
export interface DiffedChange {
  readonly parent: DiffedPattern;
  readonly before: string;
  readonly after: string;
}

/** A unified diff from the parent's code to the pattern's; '' when nothing but white space at the ends differs. */
export function patternDiff(pattern: DiffedPattern, change: DiffedChange): string {
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
