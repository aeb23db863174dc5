import type { OutboxRow } from '../../../delivery/store/outbox-rows.ts';
import { Plain, shortText } from '../../parts/plain.tsx';
import { Table } from '../../parts/table.tsx';
import type { Column } from '../../parts/table.tsx';
import { Ago } from '../../parts/time.tsx';

/** Events that a sink refused, with what it answered. */
export function DeadLetters({
  letters,
  url,
}: {
  readonly letters: readonly OutboxRow[];
  readonly url: URL;
}) {
  if (letters.length === 0) return <p class="dim">There are none.</p>;
  return (
    <>
      <Table
        caption="Dead letters"
        columns={COLUMNS}
        rows={letters}
        rowKey={({ id }) => `${id}`}
        url={url}
      />
      <p class="dim error-hint">
        <code>pattern-tracker outbox retry</code> tries them again,{' '}
        <code>pattern-tracker outbox drop</code> gives them up.
      </p>
    </>
  );
}

// --- internal ---

const COLUMNS: readonly Column<OutboxRow>[] = [
  { name: 'dead', title: 'Since', cell: ({ deadAt }) => <Ago at={deadAt} /> },
  { name: 'sink', title: 'Sink', cell: ({ sink }) => <Plain text={sink} />, from: 560 },
  { name: 'kind', title: 'Event', cell: ({ eventType }) => <Plain text={eventType} />, from: 900 },
  {
    name: 'answer',
    title: 'Answer',
    isWide: true,
    cell: ({ lastError }) => <bdi>{shortText(lastError ?? 'none', 200)}</bdi>,
  },
  {
    name: 'attempts',
    title: 'Attempts',
    align: 'right',
    cell: ({ attempts }) => attempts.toLocaleString('en-US'),
    from: 560,
  },
  {
    name: 'session',
    title: 'Session',
    cell: ({ sessionId }) =>
      sessionId === null ? null : (
        <a href={`/sessions/${encodeURIComponent(sessionId)}`}>
          <code>{sessionId.slice(0, 8)}</code>
        </a>
      ),
    from: 900,
  },
];
