import { byteText, counted } from '../../base/amount-text.ts';
import type { StoredContent } from '../../health/stored-facts.ts';

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
