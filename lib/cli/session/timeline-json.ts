import { isoTime } from '../../base/clock.ts';
import type { SessionTimeline } from '../../store/queries/session/session-timeline.ts';

/** A timeline as `--json` prints it, with times in ISO 8601. */
export function timelineForJson({ session, ...timeline }: SessionTimeline): unknown {
  const { id: sessionId, ...head } = session;
  return withIsoTimes({ session: { sessionId, ...head }, ...timeline });
}

// --- internal ---

const TIMES: ReadonlySet<string> = new Set([
  'at',
  'startedAt',
  'endedAt',
  'lastEventAt',
  'waitingSince',
]);

function withIsoTimes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withIsoTimes);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]: [string, unknown]) => {
      return [
        key,
        TIMES.has(key) && typeof inner === 'number' ? isoTime(inner) : withIsoTimes(inner),
      ];
    }),
  );
}
