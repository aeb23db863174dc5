import { listSessions } from '../../../store/queries/sessions.ts';
import type { ListedSession } from '../../../store/queries/sessions.ts';
import type { PageQuery } from '../page.ts';

/** The sessions of the last day, those that need somebody first. */
export interface NowData {
  readonly sessions: readonly ListedSession[];
}

export const nowQuery: PageQuery<NowData> = {
  load: ({ now, projectIds }, sources) => {
    const filter = { since: now - DAY, projectIds, limit: MOST };
    return { sessions: sources.read((database) => listSessions(database, filter)) ?? [] };
  },
};

// --- internal ---

const DAY = 86_400_000;
const MOST = 100;
