import { listingOf } from '../../../store/queries/listing.ts';
import type { Listing } from '../../../store/queries/listing.ts';
import { countSessions, listSessions } from '../../../store/queries/sessions.ts';
import type { ListedSession } from '../../../store/queries/sessions.ts';
import type { PageQuery } from '../page.ts';

/** Sessions by their last event, newest first, as `pattern-tracker sessions` lists them. */
export type SessionsData = Listing<ListedSession>;

export const sessionsQuery: PageQuery<SessionsData> = {
  load: ({ range, projectIds }, sources) => {
    const filter = { ...range, projectIds, limit: MOST };
    const query = { rows: listSessions, count: countSessions };
    return sources.read((database) => listingOf(database, filter, query)) ?? { rows: [], total: 0 };
  },
  rows: (data) => data.rows.map((session) => ({ ...session })),
};

// --- internal ---

const MOST = 1_000;
