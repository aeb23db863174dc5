import { recentEvents } from '../../../store/queries/live/recent-events.ts';
import { deliveryFigures } from '../../../store/queries/statistics/delivery-figures.ts';
import { deliveryReport } from '../../server/health/sink-report.ts';
import type { DeliveryReport } from '../../server/health/sink-report.ts';
import type { PageQuery } from '../page.ts';
import type { HealthNumbers } from './health-numbers.ts';
import { sentencesOf } from './sentences.ts';
import type { Sentence } from './sentences.ts';
import { wayOf } from './way.ts';
import type { Station } from './way.ts';

/** Can I trust it: what `pattern-tracker health` says, and the way of an event. */
export interface HealthData {
  readonly status: 'healthy' | 'degraded' | 'unhealthy';
  readonly reasons: readonly string[];
  readonly sentences: readonly Sentence[];
  /** From the hooks to the sinks. */
  readonly way: readonly Station[];
}

export const healthQuery: PageQuery<HealthData> = {
  load: ({ now }, sources) => {
    const { facts, health } = sources.health();
    const since = now - HOUR_MS;
    const isReadable = facts.stored.content.error === null;
    const hour = isReadable
      ? sources.read((database) => ({
          stored: recentEvents(database, since),
          delivered: deliveryFigures(database, since, now).delivered,
        }))
      : undefined;
    const numbers: HealthNumbers = {
      facts,
      alerts: sources.alerts(),
      delivery: isReadable ? deliveryReport(sources) : NO_DELIVERY,
      stored: hour?.stored ?? { count: 0, newestAt: null },
      delivered: hour?.delivered ?? 0,
    };
    return {
      status: health.status,
      reasons: health.reasons,
      sentences: sentencesOf(numbers),
      way: wayOf(numbers),
    };
  },
};

// --- internal ---

const HOUR_MS = 3_600_000;
const NO_DELIVERY: DeliveryReport = { sinks: [], cache: { entries: 0, size: 0, hitRate: null } };
