import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';

/** A unified diff of one settings file; '' when nothing differs. Null stands for no file. */
export function settingsDiff(file: string, before: string | null, after: string | null): string {
  if (before === after) return '';
  const name = (text: string | null) => (text === null ? '/dev/null' : file);
  return createTwoFilesPatch(
    name(before),
    name(after),
    before ?? '',
    after ?? '',
    undefined,
    undefined,
    { context: 3, headerOptions: FILE_HEADERS_ONLY },
  );
}
