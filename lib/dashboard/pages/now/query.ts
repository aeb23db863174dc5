import { listSessions } from '../../../store/queries/sessions.ts';
import type { ListedSession } from '../../../store/queries/sessions.ts';
import { sessionState } from '../../../store/queries/session/session-state.ts';
import { callsByMinute, pulseReader } from '../../../store/queries/live/session-pulse.ts';
import type { SessionPulse } from '../../../store/queries/live/session-pulse.ts';
import type { PageQuery } from '../page.ts';
import { NEEDS } from './needs.ts';
import type { Need } from './needs.ts';

/** A session, and what it does at this moment. */
export interface SessionCard extends ListedSession, SessionPulse {
  readonly need: Need;
  /** Since when, in milliseconds since 1970. */
  readonly needSince: number;
  /** Calls that began in each of the last ten minutes. */
  readonly callsByMinute: readonly number[];
}

/** The sessions of the last day, those that need somebody first. */
export interface NowData {
  readonly sessions: readonly SessionCard[];
}

export const nowQuery: PageQuery<NowData> = {
  load: ({ now, projectIds }, sources) => {
    const filter = { since: now - DAY, projectIds, limit: MOST };
    const sessions = sources.read((database) => {
      const read = pulseReader(database);
      const from = now - MINUTES * 60_000;
      const calls = callsByMinute(database, from, MINUTES);
      return listSessions(database, filter).map((session): SessionCard => {
        const pulse = read(session.id);
        const minutes = calls.get(session.id) ?? [];
        return { ...session, ...pulse, ...needOf(session, pulse, now), callsByMinute: minutes };
      });
    });
    return { sessions: (sessions ?? []).toSorted(byNeed) };
  },
  rows: ({ sessions }) =>
    sessions.map(({ id, projectName, gitBranch, model, need, needSince, ...session }) => ({
      session_id: id,
      project: projectName,
      branch: gitBranch,
      model,
      need,
      since: new Date(needSince).toISOString(),
      prompt: session.lastPrompt,
      calls: session.toolCalls,
      failed: session.failedToolCalls,
      files: session.files,
      lines_added: session.linesAdded,
      lines_removed: session.linesRemoved,
    })),
};

// --- internal ---

const DAY = 86_400_000;
const MOST = 100;
const MINUTES = 10;

function needOf(
  session: ListedSession,
  { lastMark, running }: SessionPulse,
  now: number,
): Pick<SessionCard, 'need' | 'needSince'> {
  const { endedAt, waitingSince, lastEventAt } = session;
  if (endedAt !== null) return { need: 'ended', needSince: endedAt };
  if (waitingSince !== null) return { need: 'waiting', needSince: waitingSince };
  const isLast = lastMark !== null && running.length === 0;
  if (isLast && lastMark.name === 'StopFailure') return { need: 'failing', needSince: lastMark.at };
  if (isLast && lastMark.name === 'Stop') return { need: 'finished', needSince: lastMark.at };
  if (sessionState(session, now) !== 'open') return { need: 'silent', needSince: lastEventAt };
  const since = running.at(-1)?.startedAt ?? lastMark?.at ?? lastEventAt;
  return { need: 'running', needSince: since };
}

/**
 * Who has waited longest comes first. Those at work stand in the order in which they began, since all of them did something
 * a moment ago, and would change places all the time; of the others, who did something last comes first.
 */
function byNeed(one: SessionCard, other: SessionCard): number {
  const rank = NEEDS.indexOf(one.need) - NEEDS.indexOf(other.need);
  if (rank !== 0) return rank;
  if (one.need === 'waiting') return one.needSince - other.needSince;
  if (one.need === 'running' && one.startedAt !== other.startedAt) {
    return other.startedAt - one.startedAt;
  }
  return other.lastEventAt - one.lastEventAt || (one.id < other.id ? -1 : 1);
}
