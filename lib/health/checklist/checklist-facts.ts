import { dirname, join } from 'node:path';
import { TrackerError } from '../../base/errors.ts';
import { startOfDay } from '../../base/time-text.ts';
import type { LoadedConfig } from '../../config/config-file.ts';
import type { Transition } from '../../delivery/breaker/breaker.ts';
import type { ProxySettings } from '../../delivery/http/proxy-settings.ts';
import type { Sink } from '../../delivery/sink.ts';
import { readLastBackup } from '../../store/database/meta.ts';
import { readDatabase } from '../../store/database/read-database.ts';
import { backupTime, listBackups } from '../../store/maintenance/backup.ts';
import type { CheckFacts } from '../checks/check-facts.ts';
import { withDelivery } from '../delivery-side.ts';
import type { DeliverySide } from '../delivery-side.ts';
import { readSinkMetrics } from '../metrics/sink-metrics.ts';
import type { SinkMetrics } from '../metrics/sink-metrics.ts';
import type { SinkProbes } from '../sink-probes.ts';

/** What the checklists judge, beside what `doctor` does. */
export interface ChecklistFacts extends CheckFacts {
  readonly config: LoadedConfig;
  /** The answers of the sinks that were asked just now. */
  readonly probes: SinkProbes;
  /** The proxies through which requests go. */
  readonly proxy: ProxySettings;
  /** When yesterday began, in milliseconds since 1970 UTC: lists are about the time from then on. */
  readonly since: number;
  /** How delivery has gone. It is read at the first call. @throws TrackerError when tracker.db cannot be used */
  readonly deliveries: () => DeliveryNumbers;
}

/** How delivery has gone. */
export interface DeliveryNumbers {
  /** For each sink in use. */
  readonly sinks: readonly SinkNumbers[];
  /** The entries of the cache of the server's answers, their bound, and how often one was there, 0 to 1. */
  readonly cache: {
    readonly entries: number;
    readonly size: number;
    readonly hitRate: number | null;
  };
}

/** How delivery to one sink has gone. */
export interface SinkNumbers {
  readonly sink: Sink;
  readonly metrics: SinkMetrics;
  /** The last changes of the breaker's phase, newest first. */
  readonly history: readonly Transition[];
}

/** A backup of tracker.db. */
export interface MadeBackup {
  readonly path: string;
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
}

/** The facts of one run of a checklist. */
export function checklistFacts(
  facts: CheckFacts,
  asked: { readonly probes: SinkProbes; readonly proxy: ProxySettings },
): ChecklistFacts {
  let numbers: DeliveryNumbers | undefined;
  const today = startOfDay(facts.now());
  return {
    ...facts,
    ...asked,
    since: startOfDay(today - NOON_MS), // a day has 23 to 25 hours
    deliveries: () => (numbers ??= readNumbers(facts)),
  };
}

/** How delivery has gone, by what tracker.db holds of it. */
export function readDeliveryNumbers({
  database,
  sinks,
  storeOf,
  cache,
}: DeliverySide): DeliveryNumbers {
  return {
    sinks: sinks.map((sink): SinkNumbers => {
      const delivery = storeOf(sink);
      return {
        sink,
        metrics: readSinkMetrics({ database, delivery }, sink.name),
        history: delivery.breaker.history(SHOWN_TRANSITIONS),
      };
    }),
    cache: { entries: cache.length, size: cache.size, hitRate: cache.hitRate },
  };
}

/**
 * The newest backup of tracker.db: in the folder of backups, or where `backup` has last put one. With `until`, in milliseconds
 * since 1970 UTC, the newest that was made before.
 */
export function newestBackup(
  { paths }: Pick<CheckFacts, 'paths'>,
  until = Infinity,
): MadeBackup | undefined {
  const { database } = paths;
  const path = listBackups(join(dirname(database), 'backups'), database).findLast(
    (file) => backupTime(file) <= until,
  );
  const here = path === undefined ? undefined : { path, at: backupTime(path) };
  const noted = notedBackup(database);
  // The name of a backup tells its second only.
  const isNewer = noted && noted.at >= (here?.at ?? 0) + SECOND_MS && noted.at <= until;
  return isNewer ? noted : here;
}

// --- internal ---

const SECOND_MS = 1_000;
const NOON_MS = 12 * 3_600_000;
const SHOWN_TRANSITIONS = 100;

function readNumbers({ paths, now, config }: CheckFacts): DeliveryNumbers {
  const read = withDelivery({ paths, now }, config, readDeliveryNumbers);
  const { cache_size: size } = config.config.pattern_tracking;
  return read ?? { sinks: [], cache: { entries: 0, size, hitRate: null } };
}

function notedBackup(database: string): MadeBackup | undefined {
  try {
    return readDatabase(database, readLastBackup);
  } catch (error) {
    if (error instanceof TrackerError) return undefined; // another check tells that it cannot be read
    throw error;
  }
}
