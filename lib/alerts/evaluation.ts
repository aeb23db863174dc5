import type { AlertFacts } from './alert-facts.ts';
import type { AlertRule } from './alert-rule.ts';
import type { AlertRecord, AlertState } from './alert-state.ts';

/** Something that people are to be told. */
export interface AlertNews {
  readonly rule: AlertRule;
  readonly state: 'firing' | 'resolved';
  readonly record: AlertRecord;
}

/** What came of a look at all rules. */
export interface Evaluation {
  readonly state: AlertState;
  readonly news: readonly AlertNews[];
}

/**
 * Judges each rule that can be judged by these facts. Pure. A rule that cannot be judged now stays as it was.
 *
 * @param clean takes the secrets out of a text: what a server answered may hold one
 */
export function evaluate(
  rules: readonly AlertRule[],
  facts: AlertFacts,
  before: AlertState,
  clean: (text: string) => string = (text) => text,
): Evaluation {
  const now = facts.at;
  const sinceMs = now - before.evaluatedAt;
  const passedMs = sinceMs > 0 && sinceMs <= LONGEST_STEP_MS ? sinceMs : 0;
  const alerts: Record<string, AlertRecord> = { ...before.alerts };
  const silences = Object.fromEntries(
    Object.entries(before.silences).filter(([, until]) => until > now),
  );
  const news: AlertNews[] = [];
  for (const rule of rules) {
    const { id, judge } = rule;
    if (!judge) continue;
    const found = judge(facts);
    if (found === null) continue;
    const detail = found === undefined ? undefined : clean(found);
    const record = stepOf(rule, alerts[id], detail, { now, passedMs });
    if (record === undefined) {
      delete alerts[id];
      continue;
    }
    const isTold = record.state !== 'pending' && record.toldAt !== null;
    if (record.state === 'firing' && !isTold && silences[id] === undefined) {
      alerts[id] = { ...record, toldAt: now };
      news.push({ rule, state: 'firing', record });
    } else {
      alerts[id] = record;
      if (record.resolvedAt === now && isTold) news.push({ rule, state: 'resolved', record });
    }
  }
  return { state: { evaluatedAt: now, marks: facts.marks, alerts, silences }, news };
}

// --- internal ---

/**
 * The longest time between two looks in which something counts as seen, in milliseconds: two and a half looks. In a
 * longer one the machine slept, or nobody looked.
 */
const LONGEST_STEP_MS = 150_000;
/** How long an alert that is over is shown, in milliseconds. */
const SHOWN_MS = 7 * 86_400_000;

/** What is known of a rule after a look; undefined when there is nothing to know. */
function stepOf(
  { holdMs }: AlertRule,
  before: AlertRecord | undefined,
  detail: string | undefined,
  { now, passedMs }: { readonly now: number; readonly passedMs: number },
): AlertRecord | undefined {
  if (detail === undefined) {
    if (before?.state === 'firing') return { ...before, state: 'resolved', resolvedAt: now };
    const isOld = before?.resolvedAt !== null && now - (before?.resolvedAt ?? 0) > SHOWN_MS;
    return before?.state === 'resolved' && !isOld ? before : undefined;
  }
  if (before?.state === 'firing') return { ...before, detail };
  const isOn = before?.state === 'pending';
  const since = isOn ? before.since : now;
  const heldMs = isOn ? before.heldMs + passedMs : 0;
  const isFiring = heldMs >= holdMs;
  return {
    state: isFiring ? 'firing' : 'pending',
    detail,
    since,
    heldMs,
    firedAt: isFiring ? now : null,
    resolvedAt: null,
    toldAt: null,
  };
}
