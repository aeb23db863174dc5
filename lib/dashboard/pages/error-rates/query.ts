import { startOfDay } from '../../../base/time-text.ts';
import { outboxRows } from '../../../delivery/store/outbox-rows.ts';
import type { OutboxRow } from '../../../delivery/store/outbox-rows.ts';
import type { DropCounts } from '../../../health/spool-facts.ts';
import { readLog } from '../../../log/log-reader.ts';
import { deliveryDays } from '../../../store/queries/statistics/delivery-figures.ts';
import type { DeliveryDay } from '../../../store/queries/statistics/delivery-figures.ts';
import { deliveryReport } from '../../server/health/sink-report.ts';
import type { DeliveryReport } from '../../server/health/sink-report.ts';
import type { Sources } from '../../server/sources.ts';
import type { PageQuery } from '../page.ts';

/** What fails: the numbers of `metrics`, `breaker`, `outbox` and of the log. */
export interface ErrorRatesData {
  readonly delivery: DeliveryReport;
  readonly days: readonly DeliveryDay[];
  /** The first dead letters, in the order of delivery. */
  readonly deadLetters: readonly OutboxRow[];
  readonly dropped: DropCounts;
  readonly quarantined: number;
  /** What went wrong since yesterday by the log, most frequent first. */
  readonly logErrors: readonly { readonly message: string; readonly count: number }[];
}

export const errorRatesQuery: PageQuery<ErrorRatesData> = {
  load: async ({ range: { since = 0, until = Number.MAX_SAFE_INTEGER }, now }, sources) => {
    const { spool } = sources.health().facts;
    const read = sources.read((database) => ({
      days: deliveryDays(database, since, until),
      deadLetters: outboxRows(database, { dead: true, limit: MOST_LETTERS }),
    }));
    return {
      delivery: deliveryReport(sources),
      days: (read?.days ?? []).filter(({ requests, dead }) => requests + dead > 0),
      deadLetters: read?.deadLetters ?? [],
      dropped: spool.dropped,
      quarantined: spool.quarantined,
      logErrors: await logErrors(sources, startOfDay(startOfDay(now) - NOON_MS)),
    };
  },
  rows: ({ days }) => days.map((day) => ({ ...day })),
};

// --- internal ---

const MOST_LETTERS = 50;
/** A day has 23 to 25 hours. */
const NOON_MS = 12 * 3_600_000;

async function logErrors(
  { installation: { paths } }: Sources,
  since: number,
): Promise<ErrorRatesData['logErrors']> {
  const counts = new Map<string, number>();
  const filter = { since, level: 'error' } as const;
  for await (const entries of readLog(paths.logFile, { filter, limit: -1 })) {
    for (const { message } of entries) counts.set(message, (counts.get(message) ?? 0) + 1);
  }
  return [...counts]
    .map(([message, count]) => ({ message, count }))
    .toSorted((one, other) => other.count - one.count);
}
