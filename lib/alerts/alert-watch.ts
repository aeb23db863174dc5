import { existsSync } from 'node:fs';
import { Deadline } from '../base/deadline.ts';
import type { Elapsed } from '../base/deadline.ts';
import { InvariantError } from '../base/errors.ts';
import type { TrackerPaths } from '../base/paths.ts';
import type { Config } from '../config/config.ts';
import type { AlertLevel } from '../config/settings/alert-settings.ts';
import type { AlertMessage } from '../delivery/alerts/alert-message.ts';
import { acquireProcessLock } from '../store/database/process-lock.ts';
import { gatherAlertFacts } from './alert-facts.ts';
import type { AlertSources } from './alert-facts.ts';
import { ALERT_RULES, OWN_RULES } from './alert-rules.ts';
import { RESPONSE_MINUTES } from './alert-rule.ts';
import type { AlertRule } from './alert-rule.ts';
import { readAlertState, writeAlertState } from './alert-state.ts';
import type { AlertState } from './alert-state.ts';
import { evaluate } from './evaluation.ts';
import type { AlertNews } from './evaluation.ts';
import { runbookLink } from './runbook-link.ts';

/** How often the rules are judged, in milliseconds. */
const LOOK_MS = 60_000;
/** How long to wait for another process that judges, in milliseconds. */
const LOCK_WAIT_MS = 1_000;

/** What an alert watch works with. */
export interface AlertWatchOptions {
  /** Where facts come from; asked anew at each look. */
  readonly sources: () => AlertSources | Promise<AlertSources>;
  /** The name of this machine. */
  readonly machine: string;
  /** Takes the secrets out of a text. */
  readonly clean: (text: string) => string;
  /** Tells people. An error of it is the caller's. */
  readonly tell: (message: AlertMessage, config: Config) => Promise<void>;
  /** Milliseconds by a clock that nobody sets. @default performance.now */
  readonly elapsed?: Elapsed | undefined;
}

/** Judges the rules once a minute, keeps their state, and has people told of what begins and ends. */
export class AlertWatch {
  readonly #options: AlertWatchOptions;
  #wait = Deadline.past();
  /** The state, while it cannot be written. */
  #unkept: AlertState | undefined;

  constructor(options: AlertWatchOptions) {
    this.#options = options;
  }

  /**
   * Judges the rules if a minute has passed since it last did, or if it must. Leaves it to another process that is at it.
   *
   * @throws the error of a file or of the way to tell; the next look tries again
   */
  async look({ isForced = false } = {}): Promise<void> {
    if (!isForced && !this.#wait.isOver) return;
    this.#wait = Deadline.in(LOOK_MS, this.#options.elapsed);
    await this.#underLock(OWN_RULES, 0);
  }

  /**
   * Takes the word of the caller for one rule, which nobody judges: `detail` says what is wrong, undefined that nothing is.
   *
   * @throws as `look`
   */
  async report(id: string, detail: string | undefined): Promise<void> {
    const rule = ALERT_RULES.find((one) => one.id === id);
    if (!rule) throw new InvariantError(`no rule is named ${id}`);
    await this.#underLock([{ ...rule, holdMs: 0, judge: () => detail }], LOCK_WAIT_MS);
  }

  /** Leaves it to another process that is at it for longer than `waitMs`. */
  async #underLock(rules: readonly AlertRule[], waitMs: number): Promise<void> {
    const sources = await this.#options.sources();
    const { courier } = sources.config;
    if (!courier.config.alerts.enabled || !existsSync(sources.paths.data)) return;
    const lock = acquireProcessLock(sources.paths.alertsLock, waitMs);
    if (!lock) return;
    try {
      await this.#judge(sources, rules);
    } finally {
      lock.release();
    }
  }

  async #judge(sources: AlertSources, rules: readonly AlertRule[]): Promise<void> {
    const { paths, config } = sources;
    const before = this.#unkept ?? readAlertState(paths);
    const facts = gatherAlertFacts(sources, before.marks);
    const { state, news } = evaluate(rules, facts, before, this.#options.clean);
    // First told and then kept: whoever is killed between tells again, with the same id.
    for (const one of news) {
      const message = alertMessage(one, sources, this.#options.machine);
      await this.#options.tell(message, config.courier.config);
    }
    this.#unkept = state; // on a full disk nobody shall be told each minute
    writeAlertState(paths, state);
    this.#unkept = undefined;
  }
}

/** Judges the rules now, after what is kept of them; keeps nothing, and so tells nobody. */
export function judgedNow(sources: AlertSources): AlertState {
  const before = readAlertState(sources.paths);
  return evaluate(OWN_RULES, gatherAlertFacts(sources, before.marks), before).state;
}

/** Whether what each rule is about is there now, for how long ever; a rule that cannot be judged now is left out. */
export function conditionsNow(
  sources: AlertSources,
): { readonly rule: string; readonly level: AlertLevel; readonly isOn: boolean }[] {
  const facts = gatherAlertFacts(sources, readAlertState(sources.paths).marks);
  return OWN_RULES.flatMap(({ id: rule, level, judge }) => {
    const found = judge?.(facts);
    return found === null ? [] : [{ rule, level, isOn: found !== undefined }];
  });
}

/** Changes the state of alerts, while no other process does. @throws the system's error, as on a full disk */
export function changeAlertState(
  paths: Pick<TrackerPaths, 'alerts' | 'alertsLock'>,
  change: (state: AlertState) => AlertState,
): void {
  const lock = acquireProcessLock(paths.alertsLock, LOCK_WAIT_MS);
  try {
    writeAlertState(paths, change(readAlertState(paths)));
  } finally {
    lock?.release();
  }
}

/** What people are told of an alert that has begun or is over. */
export function alertMessage(
  { rule, state, record }: AlertNews,
  { paths, now, config }: AlertSources,
  machine: string,
): AlertMessage {
  const { level_2, level_3 } = config.courier.config.escalation;
  return {
    id: `${rule.id}-${record.firedAt ?? record.since}-${state}`,
    rule: rule.id,
    state,
    level: rule.level,
    respond_within_minutes: RESPONSE_MINUTES[rule.level],
    title: rule.title,
    detail: record.detail,
    action: rule.action,
    runbook: runbookLink(paths, rule.section),
    since: new Date(record.since).toISOString(),
    at: new Date(now()).toISOString(),
    machine,
    escalation: { level_2, level_3 },
  };
}
