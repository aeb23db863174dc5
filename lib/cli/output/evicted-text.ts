import { counted } from '../../base/amount-text.ts';

/** What the courier removed to keep the database within its bound, by the stored counters; undefined if nothing. */
export function evictedText(counters: Readonly<Record<string, number>>): string | undefined {
  const { evicted_payloads: payloads = 0, evicted_patterns: patterns = 0 } = counters;
  if (payloads + patterns === 0) return undefined;
  const what = `${counted(payloads, 'payload')} and ${counted(patterns, 'pattern')}`;
  return `${what}, to stay within retention.max_database_bytes`;
}
