import { TrackerError } from '../../../base/errors.ts';
import { TOOL_OUTCOMES } from '../../../event/tool-call.ts';
import type { Database } from '../../../store/database/database.ts';
import { sessionFiles } from '../../../store/queries/history/session-files.ts';
import type { NetChange } from '../../../store/queries/history/session-files.ts';
import { callDetail } from '../../../store/queries/session/call-detail.ts';
import type { CallDetail } from '../../../store/queries/session/call-detail.ts';
import { sessionTimeline } from '../../../store/queries/session/session-timeline.ts';
import type { SessionTimeline } from '../../../store/queries/session/session-timeline.ts';
import { sessionsByPrefix } from '../../../store/queries/sessions.ts';
import type { PageQuery } from '../page.ts';
import { callIn, timelineRows } from './timeline-rows.ts';
import type { TimelineRow } from './timeline-rows.ts';

/** What happened in a session. Times are milliseconds since 1970 UTC. */
export interface SessionData extends Omit<SessionTimeline, 'turns' | 'next'> {
  readonly rows: readonly TimelineRow[];
  /** False if it has more calls than a page shows. */
  readonly isWhole: boolean;
  /** The call that is open beside the timeline; null for none. */
  readonly call: CallDetail | null;
  /** The prompt that is open beside it. */
  readonly prompt: { readonly at: number | null; readonly text: string | null } | null;
  /** What the session changed in all; null unless `show=changes` asks for it. */
  readonly changes: readonly NetChange[] | null;
}

export const sessionQuery: PageQuery<SessionData> = {
  find: ({ params }, sources) => {
    const named = params['session'] ?? '';
    const found = sources.read((database) => sessionId(database, named));
    if (found === undefined) throw noSuchSession(named);
  },
  load: ({ params, query, now, isFirst }, sources) => {
    const named = params['session'] ?? '';
    const data = sources.read((database): SessionData => {
      const id = sessionId(database, named);
      // What a URL says of a call may be about any of them.
      const limit = isFirst && query.size === 0 ? FIRST_CALLS : MOST_CALLS;
      const timeline = sessionTimeline(database, id, { limit, isBrief: true });
      if (timeline === undefined || timeline === 'no-such-call') throw noSuchSession(named);
      return sessionDataOf(database, timeline, query, now);
    });
    if (data === undefined) throw noSuchSession(named);
    return data;
  },
  isPart: ({ isWhole, rows }) => !isWhole && rows.length < MOST_CALLS,
  rows: ({ rows }) =>
    rows.flatMap((row) =>
      row.kind === 'call'
        ? [
            {
              at: new Date(row.at).toISOString(),
              depth: row.depth,
              tool: row.tool,
              what: row.summary,
              outcome: row.outcome,
              duration_ms: row.durationMs,
              lines_added: row.linesAdded,
              lines_removed: row.linesRemoved,
              error: row.error,
            },
          ]
        : [],
    ),
};

/** What the page shows of a session. @param query the filters of its URL @param now milliseconds since 1970 */
export function sessionDataOf(
  database: Database,
  timeline: SessionTimeline,
  query: URLSearchParams,
  now: number,
): SessionData {
  const { turns, next, ...rest } = timeline;
  const all = timelineRows(timeline, now);
  const only = query.get('only');
  const isAboutChanges = query.get('show') === 'changes';
  return {
    ...rest,
    rows: only === null ? all : chosenRows(all, only),
    isWhole: next === null,
    call: openCall(database, timeline, query.get('call')),
    prompt: openPrompt(turns, query.get('prompt')),
    changes: isAboutChanges ? sessionFiles(database, timeline.session.id) : null,
  };
}

// --- internal ---

/** The list is drawn in part, but comes as a whole. */
const MOST_CALLS = 20_000;
/** More than a page draws at first. */
const FIRST_CALLS = 300;

function sessionId(database: Database, named: string): string {
  const found = sessionsByPrefix(database, named, { limit: 2, withTests: true });
  const [first, second] = found;
  if (first && (first.id === named || second === undefined)) return first.id;
  if (second) {
    throw new TrackerError('E_AMBIGUOUS_SESSION', `more than one session begins with ${named}`, {
      hint: 'Give more characters of its id.',
    });
  }
  throw noSuchSession(named);
}

function noSuchSession(named: string): TrackerError {
  return new TrackerError('E_NO_SESSION', `no session begins with "${named.slice(0, 100)}"`, {
    hint: 'It was never recorded, or it was forgotten. The list of sessions has those that are there.',
  });
}

/** The calls of one outcome, or those that did again what had not ended well, below their prompts. */
function chosenRows(rows: readonly TimelineRow[], only: string): TimelineRow[] {
  const isMeant = (row: TimelineRow): boolean => {
    if (row.kind !== 'call') return row.kind === 'turn';
    if (only === 'retries') return row.isRetry;
    return TOOL_OUTCOMES.some((outcome) => outcome === only) ? row.outcome === only : true;
  };
  const chosen = rows.filter(isMeant).map((row) => ('inside' in row ? { ...row, inside: 0 } : row));
  return chosen.filter((row, at) => row.kind !== 'turn' || chosen[at + 1]?.kind === 'call');
}

function openCall(
  database: Database,
  timeline: SessionTimeline,
  toolUseId: string | null,
): CallDetail | null {
  const call = toolUseId === null ? undefined : callIn(timeline, toolUseId);
  return call === undefined ? null : callDetail(database, timeline.session.id, call);
}

function openPrompt(turns: SessionTimeline['turns'], key: string | null): SessionData['prompt'] {
  const turn =
    key === null ? undefined : turns.find(({ at }, index) => `turn-${at}-${index}` === key);
  return turn === undefined ? null : { at: turn.at, text: turn.prompt };
}
