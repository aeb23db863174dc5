import { parseSince } from './since.ts';
import { UsageError } from './usage-error.ts';

/** What a list's `--limit` says: -1, SQLite's word for all, when it is 0. @throws UsageError */
export function parseLimit(text: string): number {
  const limit = parseCount('--limit', text);
  return limit === 0 ? -1 : limit;
}

/** A whole number from 0 up. @throws UsageError */
export function parseCount(flag: string, text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(count)) return count;
  throw new UsageError(`${flag} is "${text}"`, 'Expected a whole number, 0 or more.');
}

/** `--session`, or undefined where it is not given. @throws UsageError where it is empty, as of an unset variable */
export function sessionOf(args: { readonly session?: string | undefined }): string | undefined {
  if (args.session !== '') return args.session;
  throw new UsageError('--session is empty', 'Give the first characters of its id.');
}

/** `--since` as milliseconds, or undefined where it is not given. @throws UsageError */
export function sinceOf(
  args: { readonly since?: string | undefined },
  now: number,
): number | undefined {
  return args.since === undefined ? undefined : parseSince(args.since, now);
}
