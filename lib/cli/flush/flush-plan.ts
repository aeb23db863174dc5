import type { Database } from '../../store/database/database.ts';
import { Outbox } from '../../delivery/store/outbox.ts';
import { chosenRows, outboxRows, rowsInSum } from '../../delivery/store/outbox-rows.ts';
import type { OutboxFilter } from '../../delivery/store/outbox-rows.ts';

/** Which events a flush sends. */
export interface FlushChoice {
  /** The largest number of events; undefined for all. */
  readonly events: number | undefined;
  /** The id of a session; undefined for every session. */
  readonly session: string | undefined;
  /** True to send dead letters, too. */
  readonly dead: boolean;
}

/** What a flush would send to one sink. */
export interface FlushPlan {
  /** The number of events. */
  readonly wouldSend: number;
  /** The number of dead letters, whether they would be sent or not. */
  readonly dead: number;
  /** The length of all bodies together. */
  readonly characters: number;
  /** When the oldest event was queued, in milliseconds since 1970; null when there is none. */
  readonly oldestAt: number | null;
}

/** The plan when there is no database, so that nothing waits. */
export const EMPTY_PLAN: FlushPlan = { wouldSend: 0, dead: 0, characters: 0, oldestAt: null };

/** What a flush would send to a sink now; changes nothing. */
export function flushPlan(
  database: Database,
  sink: string,
  choice: FlushChoice,
  now: number,
): FlushPlan {
  const { session } = choice;
  const filter =
    session === undefined
      ? filterOf(sink, choice)
      : filterOfSession(database, sink, session, choice, now);
  const { count, characters, oldestAt } = rowsInSum(database, filter);
  const deadLetters = { sink, dead: true, session, limit: -1 };
  const { count: dead } = chosenRows(database, deadLetters);
  return { wouldSend: count, dead, characters, oldestAt };
}

// --- internal ---

/** How many rows to read at a time while gathering ids: each row comes with its body. */
const PART_ROWS = 500;

function filterOf(sink: string, { events, dead }: FlushChoice): OutboxFilter {
  return { sink, dead: dead ? undefined : false, limit: events ?? -1 };
}

/** The rows of a session, and those of others that the server needs before them. */
function filterOfSession(
  database: Database,
  sink: string,
  session: string,
  { events, dead }: FlushChoice,
  now: number,
): OutboxFilter {
  const ids = dead
    ? outboxRows(database, { sink, dead, session, limit: -1 }).map(({ id }) => id)
    : [];
  const pass = new Outbox(database, sink).pass({ early: true, sessionId: session });
  for (let after = 0; ;) {
    const rows = pass.next({ now, after, rows: PART_ROWS, bytes: Infinity });
    const last = rows.at(-1);
    if (!last) break;
    ids.push(...rows.map(({ id }) => id));
    after = last.id;
  }
  if (ids.length === 0) return { sink, limit: 0 };
  return { sink, ids, limit: events ?? -1 };
}
