import type { Database } from '../../store/database/database.ts';
import { Outbox } from '../../delivery/store/outbox.ts';
import { chosenRows, outboxRows, rowsInSum } from '../../delivery/store/outbox-rows.ts';
import type { OutboxFilter } from '../../delivery/store/outbox-rows.ts';

/** What a flush is to send. */
export interface FlushChoice {
  /** At most so many; undefined is all. */
  readonly events: number | undefined;
  /** The first characters of a session id, or all of it. */
  readonly session: string | undefined;
  /** Dead letters too. */
  readonly dead: boolean;
}

export interface FlushPlan {
  readonly wouldSend: number;
  /** Dead letters that there are. */
  readonly dead: number;
  readonly characters: number;
  readonly oldestAt: number | null;
}

export const EMPTY_PLAN: FlushPlan = { wouldSend: 0, dead: 0, characters: 0, oldestAt: null };

/** What a flush would send to a sink at this moment; changes nothing. */
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

/** Ids are gathered in parts of so many rows, for each is read with its body. */
const PART_ROWS = 500;

function filterOf(sink: string, { events, dead }: FlushChoice): OutboxFilter {
  return { sink, dead: dead ? undefined : false, limit: events ?? -1 };
}

/** The rows of a session, and those that the server must have before them. */
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
    const rows = pass.next({ now, after, rows: PART_ROWS, characters: Infinity });
    const last = rows.at(-1);
    if (!last) break;
    ids.push(...rows.map(({ id }) => id));
    after = last.id;
  }
  if (ids.length === 0) return { sink, limit: 0 };
  return { sink, ids, limit: events ?? -1 };
}
