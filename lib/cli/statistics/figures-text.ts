import { shareText } from '../../base/amount-text.ts';
import { span } from '../../base/time-text.ts';
import type { Tokens } from '../../store/queries/statistics/tokens.ts';

/** A number for people, thousands apart; a dash where it is not known. */
export function numberText(value: number | null): string {
  return value === null ? '-' : value.toLocaleString('en-US');
}

/** A part of a whole for people; a dash where there is no whole. */
export function rateText(share: number | null): string {
  return share === null ? '-' : shareText(share);
}

/** A length of time for people; a dash where it is not known. */
export function spanText(ms: number | null): string {
  return ms === null ? '-' : span(ms);
}

/** A large number for people, in its unit: `812`, `12.4k`, `40.1M`. */
export function shortNumber(value: number): string {
  const [unit, by] = value >= 1e9 ? ['G', 1e9] : value >= 1e6 ? ['M', 1e6] : ['k', 1e3];
  return value < 1000 ? String(value) : `${(value / by).toFixed(1)}${unit}`;
}

/** A sum of money, in the currency of the configured prices; a dash where no price is known. */
export function costText(cost: number | null): string {
  if (cost === null) return '-';
  return cost.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

/** All tokens. */
export function allTokens({ input, output, cacheCreation, cacheRead }: Tokens): number {
  return input + output + cacheCreation + cacheRead;
}

/** Tokens by their kinds: `12.0k in, 900.0k written to the cache, 40.0M read from it, 250 out`. */
export function tokensText({ input, cacheCreation, cacheRead, output }: Tokens): string {
  const [sent, written, read, got] = [input, cacheCreation, cacheRead, output].map(shortNumber);
  return `${sent} in, ${written} written to the cache, ${read} read from it, ${got} out`;
}

/** A bar of at most `width` characters, exact to an eighth of one; what is not nothing has at least that. */
export function bar(value: number, largest: number, width: number): string {
  if (value <= 0 || largest <= 0) return '';
  const eighths = Math.max(1, Math.round((value / largest) * width * 8));
  return '█'.repeat(Math.floor(eighths / 8)) + (' ▏▎▍▌▋▊▉'[eighths % 8] ?? '').trim();
}
