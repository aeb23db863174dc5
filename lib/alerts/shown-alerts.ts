import type { AlertLevel } from '../config/settings/alert-settings.ts';
import type { TrackerPaths } from '../base/paths.ts';
import { ALERT_RULES } from './alert-rules.ts';
import { RESPONSE_MINUTES } from './alert-rule.ts';
import type { AlertState } from './alert-state.ts';
import { runbookLink } from './runbook-link.ts';

/** A rule as people see it. Times are milliseconds since 1970. */
export interface ShownAlert {
  readonly rule: string;
  readonly title: string;
  readonly level: AlertLevel;
  /** `ok`: nothing was found. `silenced`: it fires, and nobody is told. `resolved`: it fired in the last week. */
  readonly state: 'ok' | 'pending' | 'firing' | 'silenced' | 'resolved';
  /** What was found last; null when nothing was. */
  readonly detail: string | null;
  readonly since: number | null;
  readonly firedAt: number | null;
  readonly resolvedAt: number | null;
  /** Until when nobody is told; null when people are. */
  readonly silencedUntil: number | null;
  readonly respondWithinMinutes: number;
  readonly action: string;
  readonly runbook: string;
}

/** Every rule that this program judges, or was told of, as it stands: what fires first, and of that the worst first. */
export function shownAlerts(
  state: AlertState,
  { paths, now }: { readonly paths: Pick<TrackerPaths, 'home'>; readonly now: number },
): ShownAlert[] {
  const known = ALERT_RULES.filter(({ id, judge }) => judge || state.alerts[id]);
  const shown = known.map(({ id, title, level, action, section }): ShownAlert => {
    const record = state.alerts[id];
    const until = state.silences[id] ?? 0;
    const isSilenced = until > now;
    const stands = record?.state ?? 'ok';
    return {
      rule: id,
      title,
      level,
      state: stands === 'firing' && isSilenced ? 'silenced' : stands,
      detail: record?.detail ?? null,
      since: record?.since ?? null,
      firedAt: record?.firedAt ?? null,
      resolvedAt: record?.resolvedAt ?? null,
      silencedUntil: isSilenced ? until : null,
      respondWithinMinutes: RESPONSE_MINUTES[level],
      action,
      runbook: runbookLink(paths, section),
    };
  });
  return shown.toSorted(
    (one, other) =>
      ORDER.indexOf(one.state) - ORDER.indexOf(other.state) ||
      one.respondWithinMinutes - other.respondWithinMinutes,
  );
}

// --- internal ---

const ORDER: readonly ShownAlert['state'][] = ['firing', 'silenced', 'pending', 'resolved', 'ok'];
