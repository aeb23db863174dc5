import { ago, span } from '../../base/time-text.ts';
import type { OutboxRow } from '../../delivery/store/outbox-rows.ts';
import type { Column } from './table.ts';

/** The columns of a table of outbox rows. `now` is in milliseconds since 1970. */
export function outboxColumns(now: number, hasSeveralSinks: boolean): Column<OutboxRow>[] {
  return [
    { title: 'ID', cell: ({ id }) => String(id), align: 'right', isWhole: true },
    ...(hasSeveralSinks ? [{ title: 'SINK', cell: ({ sink }: OutboxRow) => sink }] : []),
    { title: 'EVENT', cell: ({ eventType }) => eventType.replace('pattern_', '') },
    { title: 'PATTERN', cell: ({ patternId }) => patternId, rank: 2, paint: () => 'yellow' },
    { title: 'QUEUED', cell: ({ createdAt }) => ago(createdAt, now), rank: 1 },
    { title: 'ATTEMPTS', cell: ({ attempts }) => String(attempts), align: 'right', rank: 3 },
    {
      title: 'NEXT',
      cell: (row) => nextAttempt(row, now),
      paint: ({ deadAt }) => (deadAt === null ? undefined : 'red'),
    },
    { title: 'LAST ERROR', cell: ({ lastError }) => lastError ?? '', least: 16 },
  ];
}

// --- internal ---

function nextAttempt({ deadAt, notBefore }: OutboxRow, now: number): string {
  if (deadAt !== null) return 'dead';
  return notBefore <= now ? 'now' : `in ${span(notBefore - now)}`;
}
