import { asArray, asNumber, asString, isJsonObject } from '../../base/json.ts';
import { ALERT_LEVELS } from '../../config/settings/alert-settings.ts';
import type { AlertLevel } from '../../config/settings/alert-settings.ts';

/** What people and programs are told when an alert begins or ends. Its JSON is what a webhook and a command get. */
export interface AlertMessage {
  /** The same when it is sent again. */
  readonly id: string;
  /** The rule's id, such as `api_down`. */
  readonly rule: string;
  readonly state: 'firing' | 'resolved';
  readonly level: AlertLevel;
  /** How soon somebody should act. */
  readonly respond_within_minutes: number;
  readonly title: string;
  /** What was found. */
  readonly detail: string;
  /** What to run first. */
  readonly action: string;
  /** The section of the runbook. */
  readonly runbook: string;
  /** When it began, ISO 8601. */
  readonly since: string;
  /** When this was said, ISO 8601. */
  readonly at: string;
  /** The name of the machine that says so. */
  readonly machine: string;
  /** Whom to call when it lasts. */
  readonly escalation: { readonly level_2: readonly string[]; readonly level_3: readonly string[] };
}

/** The body of an outbox row as a message; undefined when it is none. */
export function parseAlertMessage(body: string): AlertMessage | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (!isJsonObject(value)) return undefined;
  const text = (key: string) => asString(value[key]) ?? '';
  const level = ALERT_LEVELS.find((known) => known === value['level']);
  const contacts = isJsonObject(value['escalation']) ? value['escalation'] : {};
  const names = (key: string) => asArray(contacts[key]).map(String);
  if (level === undefined || text('id') === '') return undefined;
  return {
    id: text('id'),
    rule: text('rule'),
    state: value['state'] === 'resolved' ? 'resolved' : 'firing',
    level,
    respond_within_minutes: asNumber(value['respond_within_minutes']) ?? 0,
    title: text('title'),
    detail: text('detail'),
    action: text('action'),
    runbook: text('runbook'),
    since: text('since'),
    at: text('at'),
    machine: text('machine'),
    escalation: { level_2: names('level_2'), level_3: names('level_3') },
  };
}

/** The message in one line: the subject of a mail, the title of a notification. */
export function alertHeadline({ state, level, title, machine }: AlertMessage): string {
  const what = state === 'firing' ? level.toUpperCase() : 'Resolved';
  return `[PatternTracker] ${what}: ${title} (${machine})`;
}

/** The whole message for people, in lines. */
export function alertLines(message: AlertMessage): string[] {
  const { state, detail, since, respond_within_minutes: minutes, action, runbook } = message;
  const { level_2: second, level_3: third } = message.escalation;
  if (state === 'resolved') return [detail, `It began ${since}.`];
  return [
    detail,
    `Since:   ${since}`,
    `Respond: within ${minutes} minutes`,
    `First:   ${action}`,
    `Runbook: ${runbook}`,
    ...(second.length > 0 ? [`After 15 minutes call: ${second.join(', ')}`] : []),
    ...(third.length > 0 ? [`After 30 minutes call: ${third.join(', ')}`] : []),
  ];
}
