import type { ToolCallEnd } from '../../../event/tool-call.ts';
import type { Database } from '../../database/database.ts';

/**
 * Marks calls as interrupted that still run a day after their session's last event: Claude was killed. A last event that
 * is to come more than a day after `now` is of a clock that was wrong, and says nothing. `onEnded` is called for each of
 * the calls, in the same transaction.
 */
export function closeAbandonedCalls(
  database: Database,
  now: number,
  onEnded?: (end: ToolCallEnd) => void,
): void {
  const close = database.prepare<
    { from: number; to: number },
    { sessionId: string; toolUseId: string }
  >(
    `UPDATE tool_calls SET outcome = 'interrupted', certainty = 1
     WHERE outcome = 'running' AND at NOT BETWEEN @from AND @to AND EXISTS (
       SELECT 1 FROM sessions WHERE id = session_id AND last_event_at NOT BETWEEN @from AND @to)
     RETURNING session_id AS sessionId, tool_use_id AS toolUseId`,
  );
  database
    .transaction(() => {
      const closed = close.all({ from: now - DAY_MS + 1, to: now + DAY_MS });
      for (const call of closed) onEnded?.({ ...call, at: now, isUpdate: false });
    })
    .immediate();
}

// --- internal ---

const DAY_MS = 86_400_000;
