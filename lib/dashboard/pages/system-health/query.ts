import type { ShownAlert } from '../../../alerts/shown-alerts.ts';
import { CHECKLISTS } from '../../../health/checklist/checklists.ts';
import type { CourierFacts } from '../../../health/courier-facts.ts';
import type { SpoolFacts } from '../../../health/spool-facts.ts';
import { newestBackup } from '../../../health/checklist/checklist-facts.ts';
import type { MadeBackup } from '../../../health/checklist/checklist-facts.ts';
import { fileHoldings } from '../../../store/maintenance/forget/file-holdings.ts';
import type { FileHolding } from '../../../store/maintenance/forget/file-holdings.ts';
import { deliveryReport } from '../../server/health/sink-report.ts';
import type { DeliveryReport } from '../../server/health/sink-report.ts';
import type { Sources } from '../../server/sources.ts';
import type { PageQuery } from '../page.ts';

/** Is every part well: what `health`, `status` and, on request, `check` say. */
export interface SystemHealthData {
  readonly status: 'healthy' | 'degraded' | 'unhealthy';
  readonly reasons: readonly string[];
  readonly recording: { readonly state: 'on' | 'off'; readonly text: string };
  readonly courier: CourierFacts;
  readonly spool: SpoolFacts;
  readonly delivery: DeliveryReport;
  /** Those by which something is or was wrong. */
  readonly alerts: readonly ShownAlert[];
  readonly storage: Storage;
  /** Null until a list is asked for, since it asks the server and reads the whole database. */
  readonly checks: Checks | null;
}

/** What is stored, and where. */
export interface Storage {
  readonly databaseBytes: number | null;
  /** The pages in use, which `retention.max_database_bytes` bounds; null while there is no database. */
  readonly usedBytes: number | null;
  readonly mostBytes: number | null;
  readonly events: number;
  readonly setAsidePath: string | null;
  readonly backup: MadeBackup | null;
  readonly files: readonly FileHolding[];
}

/** A list of `pattern-tracker check`, gone through. */
export interface Checks {
  readonly list: keyof typeof CHECKLISTS;
  readonly ok: boolean;
  readonly checks: readonly CheckRow[];
}

/** What one check found. */
export interface CheckRow {
  readonly id: string;
  readonly title: string;
  readonly status: 'ok' | 'warn' | 'fail';
  readonly detail: string;
  /** What to do; null where all is well. */
  /** What to do; absent when all is well. */
  readonly mend?: string;
}

export const systemHealthQuery: PageQuery<SystemHealthData> = {
  load: async ({ query }, sources) => {
    const { facts, health, config } = sources.health();
    const { installation } = sources;
    const { recording, courier, spool, stored } = facts;
    const content = stored.content.value;
    const list = LISTS.find((one) => one === query.get('check'));
    return {
      status: health.status,
      reasons: health.reasons,
      recording: {
        state: recording.state,
        text:
          recording.state === 'on'
            ? `by ${recording.by.join(' and ')}`
            : `${recording.why}. ${recording.hint}`,
      },
      courier,
      spool,
      delivery: stored.content.error ? NO_DELIVERY : deliveryReport(sources),
      alerts: sources.alerts().filter(({ state }) => state !== 'ok'),
      storage: {
        databaseBytes: stored.bytes,
        usedBytes: content?.usedBytes ?? null,
        mostBytes: config.config.retention.max_database_bytes,
        events: content?.totals.events ?? 0,
        setAsidePath: content?.setAside?.path ?? null,
        backup: newestBackup(installation) ?? null,
        files: fileHoldings(installation.paths),
      },
      checks: list === undefined ? null : await checksOf(list, sources),
    };
  },
  rows: ({ checks }) => (checks?.checks ?? []).map((check) => ({ ...check })),
};

// --- internal ---

const LISTS = ['daily', 'evening', 'weekly', 'monthly'] as const;
const NO_DELIVERY: DeliveryReport = { sinks: [], cache: { entries: 0, size: 0, hitRate: null } };

async function checksOf(list: Checks['list'], sources: Sources): Promise<Checks> {
  const { ok, checks } = await sources.answerOf<{
    readonly ok: boolean;
    readonly checks: readonly Omit<CheckRow, 'title'>[];
  }>(['check', `--${list}`]);
  const titles = new Map<string, string>(CHECKLISTS[list].map(({ id, title }) => [id, title]));
  return { list, ok, checks: checks.map((of) => ({ ...of, title: titles.get(of.id) ?? of.id })) };
}
