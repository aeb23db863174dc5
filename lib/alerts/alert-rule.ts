import type { AlertLevel } from '../config/settings/alert-settings.ts';
import type { AlertFacts } from './alert-facts.ts';

/** How soon somebody should act, in minutes. */
export const RESPONSE_MINUTES: Readonly<Record<AlertLevel, number>> = {
  critical: 5,
  high: 15,
  medium: 30,
  low: 60,
};

/** What is looked at, when it is an alert, and what to do then: the one place for all that judge it. */
export interface AlertRule {
  /** Stable, for `--json`, `silence` and labels of metrics. */
  readonly id: string;
  readonly level: AlertLevel;
  readonly title: string;
  /** What to run first. */
  readonly action: string;
  /** The heading of the runbook's section, as the end of a link. */
  readonly section: string;
  /**
   * How long it has to be seen before it is an alert, in milliseconds. Time in which nobody looked does not count, so
   * that a machine that wakes up has the chance to catch up first.
   */
  readonly holdMs: number;
  /**
   * What is wrong, in one sentence without a full stop; undefined when nothing is, null when that cannot be known now.
   * Left out where only Prometheus, which sees several machines, can tell.
   */
  readonly judge?: (facts: AlertFacts) => string | undefined | null;
  /** The rule as Prometheus has it. @default what machines say that `judge` found, held as long */
  readonly prometheus?: PrometheusRule;
}

/** A rule of Prometheus about the service, or about metrics of machines. */
export interface PrometheusRule {
  /** The name of the alert. */
  readonly alert: string;
  readonly expr: string;
  /** How long it holds before it fires. @default as long as the rule's `holdMs` */
  readonly for?: string;
  /** With `{{ $labels… }}` and `{{ $value }}`. */
  readonly summary: string;
  readonly description?: string;
  /** @default the rule's own */
  readonly action?: string;
}
