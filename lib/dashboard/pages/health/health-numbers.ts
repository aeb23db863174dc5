import type { ShownAlert } from '../../../alerts/shown-alerts.ts';
import type { HealthFacts } from '../../../health/health-facts.ts';
import type { RecentEvents } from '../../../store/queries/live/recent-events.ts';
import type { DeliveryReport } from '../../server/health/sink-report.ts';

/** What the sentences and the way are made from. */
export interface HealthNumbers {
  readonly facts: HealthFacts;
  readonly alerts: readonly ShownAlert[];
  readonly delivery: DeliveryReport;
  /** Events that were stored within the last hour, and when the newest was captured. */
  readonly stored: RecentEvents;
  /** Events that sinks acknowledged within the last hour. */
  readonly delivered: number;
}
