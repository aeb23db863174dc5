import type { AlertRule } from './alert-rule.ts';
import { MACHINE_RULES } from './machine-rules.ts';
import { FLEET_RULES, SERVICE_RULES } from './service-rules.ts';

/** Every rule, in the order in which they are shown and written for Prometheus. */
export const ALERT_RULES: readonly AlertRule[] = [
  ...SERVICE_RULES,
  ...MACHINE_RULES,
  ...FLEET_RULES,
];

/** The rules that this program judges itself. */
export const OWN_RULES: readonly AlertRule[] = ALERT_RULES.filter(({ judge }) => judge);
