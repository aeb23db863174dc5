import { localTime } from '../../base/time-text.ts';
import { UsageError } from './usage-error.ts';

/** The time that `--since` and `--until` ask for, in milliseconds since 1970; undefined where it is open. */
export interface TimeRange {
  readonly since: number | undefined;
  /** The first moment that is too late. */
  readonly until: number | undefined;
}

/** A moment, or a whole day or month: from its first moment to the first one after it. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * The times that `--since` and `--until` name. A day is meant whole: `--since` begins with it, `--until`
 * ends with it.
 *
 * @throws UsageError for a text that names no time, a `--since` in the future, and an `--until` that is not after it
 */
export async function timeRangeOf(
  args: { readonly since?: string | undefined; readonly until?: string | undefined },
  now: number,
): Promise<TimeRange> {
  const since = args.since === undefined ? undefined : await spanOf('--since', args.since, now);
  const until = args.until === undefined ? undefined : await spanOf('--until', args.until, now);
  if (since && since.from > now) {
    throw new UsageError(
      `--since is in the future: ${localTime(since.from)}`,
      'Nothing can be recorded after it yet. Give a time that has passed.',
    );
  }
  if (since && until && until.to <= since.from) {
    throw new UsageError(
      `--until (${localTime(until.to)}) is not after --since (${localTime(since.from)})`,
      'Give a later --until, or an earlier --since.',
    );
  }
  return { since: since?.from, until: until?.to };
}

/**
 * The time that the option `flag` names, in milliseconds since 1970; of a day, its first moment.
 *
 * @throws UsageError for a text that names no time
 */
export async function momentOf(flag: string, text: string, now: number): Promise<number> {
  return (await spanOf(flag, text, now)).from;
}

// --- internal ---

/** The units of a duration, in milliseconds. */
const UNITS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

const DURATION =
  /^(\d+(?:\.\d+)?)\s*(?:(s)(?:ec(?:ond)?s?)?|(m)(?:in(?:ute)?s?)?|(h)(?:(?:ou)?rs?)?|(d)(?:ays?)?|(w)(?:eeks?)?)$/i;
const AGO = / ago$/i;
const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?$/;
/** No words: 11/01/2026 is a day of November or of January, 2026-13-01 none, and -2h may be a slip. */
const NUMBERS_ONLY = /\d[-/]\d|\d\.\d+\.\d|^[^a-z\d]/i;
/** Words for a time of day that the parser guesses the hour of. */
const TIME_OF_DAY = /^casualReference\/(?:morning|afternoon|evening|night|tonight|noon|midnight)$/;

async function spanOf(flag: string, given: string, now: number): Promise<Span> {
  const text = given.trim();
  const span = durationSpan(text, now) ?? isoSpan(text) ?? (await wordSpan(text, now));
  if (span) return span;
  throw new UsageError(
    `${flag} is "${given}"`,
    'Expected a time such as 30m, 2h, 3d, yesterday, "2 days ago", "last monday", 2026-11-01.',
  );
}

/** `2h`, `2 days`, `an hour ago`: that long before now, also where the clocks were changed since. */
function durationSpan(text: string, now: number): Span | undefined {
  const isAgo = AGO.test(text);
  const length = isAgo ? text.replace(AGO, '').replace(/^an? /i, '1 ') : text;
  const [, count, ...units] = DURATION.exec(length) ?? [];
  const unit = units.find(Boolean)?.toLowerCase();
  if (!count || !unit) return undefined;
  if (isAgo && /[dw]/.test(unit)) return undefined; // days of the calendar, which have 23 to 25 hours
  return momentSpan(Math.max(0, now - Number(count) * (UNITS[unit] ?? 0)));
}

/** A date in ISO 8601, in local time unless it names a zone. */
function isoSpan(text: string): Span | undefined {
  const parts = ISO.exec(text)?.slice(1, 4).map(Number);
  if (!parts) return undefined;
  const [year = 0, month = 0, day = 0] = parts;
  const days = new Date(Date.UTC(year, month, 0)).getUTCDate();
  if (month < 1 || month > 12 || day < 1 || day > days) return undefined;
  if (text.length === 10) return daySpan(year, month - 1, day);
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : momentSpan(at);
}

/**
 * A time in English words. What it leaves open, such as the week of `monday`, is chosen so that the time
 * has passed. A length of time (`2 days ago`, `last week`) counts from now.
 */
async function wordSpan(text: string, now: number): Promise<Span | undefined> {
  if (NUMBERS_ONLY.test(text)) return undefined;
  const { casual } = await import('chrono-node/en'); // 100 kB, which other times need not load
  const [found, ...others] = casual.parse(text, { instant: new Date(now) });
  if (!found || others.length > 0 || found.end || found.text !== text) return undefined;
  if (/^end\b/i.test(text)) return undefined; // of a week, whose end is a matter of country
  const { start } = found;
  const tags = [...start.tags()];
  const isMoment = start.isCertain('hour') || tags.some((tag) => TIME_OF_DAY.test(tag));
  const at = start.date();
  if (at.getTime() > now && !start.isCertain('year') && !/\b(?:this|next)\b/i.test(text)) {
    if (start.isCertain('month')) at.setFullYear(at.getFullYear() - 1);
    else if (start.isCertain('weekday')) at.setDate(at.getDate() - 7);
    else if (start.isCertain('hour')) at.setDate(at.getDate() - 1);
  }
  if (isMoment || tags.includes('result/relativeDate')) return momentSpan(at.getTime());
  const [year, month, day] = [at.getFullYear(), at.getMonth(), at.getDate()];
  if (start.isCertain('day') || start.isCertain('weekday')) return daySpan(year, month, day);
  if (!start.isCertain('month')) return undefined; // `this week`: where does it begin?
  return { from: new Date(year, month).getTime(), to: new Date(year, month + 1).getTime() };
}

function momentSpan(at: number): Span {
  return { from: at, to: at };
}

/** A day of the user's zone, which has 23 or 25 hours when the clocks change. `month` from 0. */
function daySpan(year: number, month: number, day: number): Span {
  return {
    from: new Date(year, month, day).getTime(),
    to: new Date(year, month, day + 1).getTime(),
  };
}
