import {
  deliveryDays,
  deliveryFigures,
  NO_DELIVERY,
} from '../../../store/queries/statistics/delivery-figures.ts';
import type {
  DeliveryDay,
  DeliveryFigures,
} from '../../../store/queries/statistics/delivery-figures.ts';
import { statisticsGroups } from '../../../store/queries/statistics/statistics.ts';
import type { StatisticsGroup } from '../../../store/queries/statistics/statistics.ts';
import { deliveryReport } from '../../server/health/sink-report.ts';
import type { DeliveryReport } from '../../server/health/sink-report.ts';
import type { PageQuery } from '../page.ts';

/** How fast is it: the numbers of `metrics`, of `report` and of `stats --by tool`. */
export interface PerformanceData {
  /** Since the metrics were last reset. */
  readonly delivery: DeliveryReport;
  /** In the time that is shown. */
  readonly figures: DeliveryFigures;
  readonly days: readonly DeliveryDay[];
  /** Tools by how long their calls take, the slowest first. */
  readonly tools: readonly StatisticsGroup[];
}

export const performanceQuery: PageQuery<PerformanceData> = {
  load: ({ range: { since = 0, until = Number.MAX_SAFE_INTEGER }, range }, sources) => {
    const read = sources.read((database) => ({
      figures: deliveryFigures(database, since, until),
      days: deliveryDays(database, since, until),
      tools: statisticsGroups(database, range, { by: 'tool' }),
    }));
    const { figures, days, tools } = read ?? { figures: NO_DELIVERY, days: [], tools: [] };
    return {
      delivery: deliveryReport(sources),
      figures,
      days,
      tools: tools
        .filter(({ p95Ms }) => p95Ms !== null)
        .toSorted((one, other) => (other.p95Ms ?? 0) - (one.p95Ms ?? 0)),
    };
  },
  rows: ({ days }) => days.map((day) => ({ ...day })),
};
