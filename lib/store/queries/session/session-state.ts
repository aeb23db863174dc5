import { span } from '../../../base/time-text.ts';
import type { SessionHead } from './session-head.ts';

/**
 * How a session stands. `waiting`: for the user. `silent`: no end was recorded, and nothing else for a while: its user is
 * away, or Claude was ended. `no_end`: silent for so long that it counts as over, as after a kill, or where only a
 * transcript tells of it, which has no record of the end.
 */
export type SessionState = 'open' | 'waiting' | 'silent' | 'no_end' | 'ended';

/** What the state of a session follows from. */
export type StateFacts = Pick<
  SessionHead,
  'startedAt' | 'endedAt' | 'lastEventAt' | 'waitingSince'
>;

/** How a session stands at a time, in milliseconds since 1970 UTC. */
export function sessionState(
  { endedAt, lastEventAt, waitingSince }: StateFacts,
  now: number,
): SessionState {
  if (endedAt !== null) return 'ended';
  if (now - lastEventAt >= OVER_MS) return 'no_end';
  if (waitingSince !== null) return 'waiting';
  return now - lastEventAt > SILENT_MS ? 'silent' : 'open';
}

/** How long a session lasted, for people, or how it stands if it is not over. */
export function lastedText(facts: StateFacts, now: number): string {
  const { startedAt, endedAt, lastEventAt } = facts;
  const state = sessionState(facts, now);
  if (state === 'no_end') return `${span(lastEventAt - startedAt)}, no end`;
  return endedAt === null ? state : span(endedAt - startedAt);
}

// --- internal ---

/** A session that told of nothing for so long may have been killed, in milliseconds. */
const SILENT_MS = 15 * 60_000;
/** Its calls that still run then are closed, too (`closeAbandonedCalls`). In milliseconds. */
const OVER_MS = 86_400_000;
