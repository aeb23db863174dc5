import { loadConfig } from '../../../config/config-file.ts';
import { STATISTICS_KEYS } from '../../../store/queries/statistics/group-key.ts';
import type { StatisticsKey } from '../../../store/queries/statistics/group-key.ts';
import {
  NO_STATISTICS,
  statisticsGroups,
  statisticsOf,
} from '../../../store/queries/statistics/statistics.ts';
import type { Statistics, StatisticsGroup } from '../../../store/queries/statistics/statistics.ts';
import { callsByWeekHour } from '../../../store/queries/statistics/week-hours.ts';
import type { WeekHour } from '../../../store/queries/statistics/week-hours.ts';
import type { PageQuery } from '../page.ts';
import { readSurvival } from './survival.ts';
import type { SurvivalReport } from './survival.ts';

/** What works, and what does not: the numbers of `pattern-tracker stats --by …`, and on request those of `survival`. */
export interface InsightData {
  readonly by: StatisticsKey;
  readonly statistics: Statistics;
  /** Every day from the first to the last that has numbers. */
  readonly days: readonly StatisticsGroup[];
  readonly hours: readonly WeekHour[];
  /** Null until it is asked for, since it reads every file. */
  readonly survival: SurvivalReport | null;
}

export const insightQuery: PageQuery<InsightData> = {
  load: async (ask, sources) => {
    const { range, projectIds, query } = ask;
    const asked = query.get('by') ?? 'tool';
    const by = STATISTICS_KEYS.find((key) => key === asked) ?? 'tool';
    const { env, paths } = sources.installation;
    const { prices } = loadConfig(paths, { env }).config;
    const filter = { ...range, projectIds };
    const read = sources.read((database) => {
      const statistics = statisticsOf(database, filter, { by, prices });
      const days =
        by === 'day'
          ? statistics.groups
          : statisticsGroups(database, filter, { by: 'day', prices });
      return { statistics, days, hours: callsByWeekHour(database, filter) };
    });
    const survival = query.get('survival') === null ? null : await readSurvival(ask, sources);
    const { statistics, days, hours } = read ?? { statistics: NO_STATISTICS, days: [], hours: [] };
    return { by, statistics, days, hours, survival };
  },
  rows: ({ statistics }) =>
    statistics.groups.map(({ tokens, ...group }) => ({
      ...group,
      inputTokens: tokens?.input ?? null,
      cacheCreationTokens: tokens?.cacheCreation ?? null,
      cacheReadTokens: tokens?.cacheRead ?? null,
      outputTokens: tokens?.output ?? null,
    })),
};
