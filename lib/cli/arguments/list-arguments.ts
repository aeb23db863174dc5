import { languageNamed, UNKNOWN_LANGUAGE } from '../../pattern/language.ts';
import { UsageError } from './usage-error.ts';

/** The options that say which part of a list is shown. */
export interface PageArguments {
  readonly limit: string;
  readonly page?: string | undefined;
}

/** A part of a list. */
export interface PartOfList {
  /** -1 for all rows. */
  readonly limit: number;
  readonly offset: number;
}

/** The value of `--limit`. 0 becomes -1, which means no limit to SQLite. @throws UsageError */
export function parseLimit(text: string): number {
  const limit = parseCount('--limit', text);
  return limit === 0 ? -1 : limit;
}

/** `--limit` and `--page`: how many rows are shown, -1 for all, and how many are passed over. @throws UsageError */
export function parsePage({ limit: most, page }: PageArguments): PartOfList {
  const limit = parseLimit(most);
  if (page === undefined) return { limit, offset: 0 };
  const number = parseCount('--page', page);
  if (number === 0) throw new UsageError('--page is "0"', 'The first page is 1.');
  if (limit !== -1) return { limit, offset: (number - 1) * limit };
  if (number === 1) return { limit, offset: 0 };
  throw new UsageError('--limit 0 shows all on one page', 'Leave out --page or --limit 0.');
}

/** The value of the option `flag`: a whole number, 0 or more. @throws UsageError */
export function parseCount(flag: string, text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(count)) return count;
  throw new UsageError(`${flag} is "${text}"`, 'Expected a whole number, 0 or more.');
}

/**
 * `--language` as patterns have it: `ts` and `TypeScript` are `typescript`. One that is not known stays as it is, because
 * a client of the library may have named it. Undefined when it is not given.
 */
export function languageOption(args: { readonly language?: string | undefined }) {
  if (args.language === undefined) return undefined;
  const known = languageNamed(args.language);
  return known === UNKNOWN_LANGUAGE ? args.language : known;
}

/** `--session`; undefined when it is not given. @throws UsageError when it is empty (an unset variable) */
export function sessionOf(args: { readonly session?: string | undefined }): string | undefined {
  if (args.session !== '') return args.session;
  throw new UsageError('--session is empty', 'Give the first characters of its id.');
}
