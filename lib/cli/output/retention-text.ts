import { byteText, counted } from '../../base/amount-text.ts';
import type { StoredContent } from '../../health/stored-facts.ts';

/** What the courier removed because of the retention settings, by the stored counters; undefined if nothing. */
export function evictedText(counters: Readonly<Record<string, number>>): string | undefined {
  const {
    evicted_payloads: payloads = 0,
    evicted_patterns: patterns = 0,
    evicted_states: states = 0,
    expired_patterns: expired = 0,
    expired_states: expiredStates = 0,
  } = counters;
  const texts: string[] = [];
  if (payloads + patterns + states > 0) {
    const what = `${counted(payloads, 'payload')}, ${counted(patterns, 'pattern')} and ${counted(states, 'state')} of files`;
    texts.push(`${what}, to stay within retention.max_database_bytes`);
  }
  if (expired > 0) {
    const what = `${counted(expired, 'pattern')} and ${counted(expiredStates, 'state')} of files`;
    texts.push(`${what}, after retention.patterns_days`);
  }
  return texts.length > 0 ? texts.join('; ') : undefined;
}

/**
 * Why the database is larger than `retention.max_database_bytes` allows; null if it is not, or not bounded.
 *
 * @param outboxRows what waits for servers, dead letters included
 */
export function sizeText(
  content: Pick<StoredContent, 'usedBytes' | 'isReducible' | 'totals'>,
  most: number | null,
  outboxRows: number,
): string | null {
  const { usedBytes, isReducible, totals } = content;
  if (most === null || usedBytes <= most) return null;
  const size = `${byteText(usedBytes)} are in use, more than retention.max_database_bytes (${byteText(most)})`;
  if (isReducible)
    return `${size}: the courier removes the oldest payloads and patterns, within an hour of work`;
  const { sessions, toolCalls } = totals;
  const rest = [
    counted(sessions, 'session'),
    counted(toolCalls, 'tool call'),
    counted(outboxRows, 'outbox row'),
  ].join(', ');
  return `${size}: payloads and patterns are all removed, and the rest is never removed by itself: ${rest}`;
}
