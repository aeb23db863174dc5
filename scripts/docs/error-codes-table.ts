import { ERROR_CODES } from './error-codes.ts';

/** The table of {@link ERROR_CODES}. */
export function errorCodesTable(): string {
  const rows = Object.entries(ERROR_CODES)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([code, told]) => [`\`${code}\``, ...told]);
  return [
    '| code | cause | do |',
    '| --- | --- | --- |',
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ].join('\n');
}
