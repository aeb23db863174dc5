import { stringify } from 'yaml';
import { RESPONSE_MINUTES } from './alert-rule.ts';
import type { AlertRule } from './alert-rule.ts';
import { MACHINE_RULES } from './machine-rules.ts';
import { FLEET_RULES, SERVICE_RULES } from './service-rules.ts';

/** The metric by which a machine says of each rule whether what it is about is there. */
export const ALERT_METRIC = 'claude_pattern_tracker_alert';

/** Every rule as a file of rules for Prometheus. */
export function prometheusRules(): string {
  const groups = [
    { name: 'service', rules: SERVICE_RULES.map(ruleFor) },
    { name: 'machines', rules: [...MACHINE_RULES, ...FLEET_RULES].map(ruleFor) },
  ];
  return `${HEAD}${stringify({ groups }, { lineWidth: 0, blockQuote: 'literal' })}`;
}

/** The name of a rule in Prometheus: `PatternTrackerApiDown`. */
export function prometheusName({ id, prometheus }: Pick<AlertRule, 'id' | 'prometheus'>): string {
  if (prometheus) return prometheus.alert;
  const words = id.split('_').map((word) => word.slice(0, 1).toUpperCase() + word.slice(1));
  return `PatternTracker${words.join('')}`;
}

// --- internal ---

const HEAD = `# Written by \`pattern-tracker alerts prometheus\` from the rules that machines and services judge by themselves
# (docs/alerts.md). Thresholds: requests usually take < 100 ms and at worst < 500 ms; > 1 s is critical. > 95 % of
# requests succeed, and caches answer > 80 % of queries. Severities say how soon to react: critical within
# ${RESPONSE_MINUTES.critical} minutes, high ${RESPONSE_MINUTES.high}, medium ${RESPONSE_MINUTES.medium}, low an hour. Test them with
# \`promtool test rules alerts.test.yml outage.test.yml machine-outage.test.yml\`.
`;

function ruleFor(rule: AlertRule): object {
  const { id, level, title, holdMs, action, section, prometheus } = rule;
  const runbook = `RUNBOOK.md#${section}`;
  const held = prometheus?.for ?? duration(holdMs);
  return {
    alert: prometheusName(rule),
    expr: prometheus?.expr ?? `${ALERT_METRIC}{rule="${id}"} == 1`,
    ...(held === undefined ? {} : { for: held }),
    labels: { severity: level },
    annotations: {
      summary: prometheus?.summary ?? `{{ $labels.instance }}: ${title}`,
      ...(prometheus?.description === undefined ? {} : { description: prometheus.description }),
      action: prometheus ? (prometheus.action ?? action) : `${action}, on that machine`,
      runbook,
    },
  };
}

/** As Prometheus writes it; undefined for at once. */
function duration(ms: number): string | undefined {
  if (ms === 0) return undefined;
  const minutes = ms / 60_000;
  if (minutes % 1_440 === 0) return `${minutes / 1_440}d`;
  return minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`;
}
