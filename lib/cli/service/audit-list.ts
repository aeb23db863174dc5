import { isoTime } from '../../base/clock.ts';
import { localTime } from '../../base/time-text.ts';
import type { StoredAuditEntry } from '../../service/store/audit-store.ts';
import type { ServiceStore } from '../../service/store/service-store.ts';
import { parsePage } from '../arguments/list-arguments.ts';
import { momentOf } from '../arguments/time-range.ts';
import type { CliEnvironment } from '../environment.ts';
import { printJson } from '../output/json-output.ts';

/** What of the audit log is shown. */
export interface AuditListArgs {
  readonly tenant?: string | undefined;
  readonly since?: string | undefined;
  readonly limit: string;
  readonly page?: string | undefined;
  readonly json?: boolean | undefined;
}

/** Checks the arguments, and returns what shows the audit log. */
export async function showAudit(cli: CliEnvironment, args: AuditListArgs) {
  const { limit, offset } = parsePage(args);
  const end = limit === -1 ? Number.MAX_SAFE_INTEGER : offset + limit;
  const since =
    args.since === undefined ? undefined : await momentOf('--since', args.since, cli.now());
  return async (store: ServiceStore): Promise<void> => {
    const { tenant } = args;
    const rows: StoredAuditEntry[] = [];
    let isMore = true;
    while (isMore && rows.length <= end) {
      const size = Math.min(end + 1 - rows.length, PAGE_ROWS);
      const page = await store.audit.list({ limit: size, tenant, since, before: rows.at(-1)?.id });
      rows.push(...page);
      isMore = page.length === size;
    }
    const shown = rows.slice(offset, end);
    if (args.json) {
      return printJson(
        cli,
        shown.map((row) => ({ ...row, at: isoTime(row.at) })),
      );
    }
    if (shown.length === 0) return cli.out('The audit log has nothing of that.\n');
    const { renderTable } = await import('../listing/table.ts');
    const table = renderTable<StoredAuditEntry>(
      cli,
      [
        { title: 'TIME', cell: ({ at }) => localTime(at), isWhole: true },
        { title: 'TENANT', cell: (row) => row.tenant },
        { title: 'WHAT', cell: ({ action }) => action },
        { title: 'COUNT', cell: ({ count }) => String(count) },
        { title: 'TOKEN', cell: ({ tokenName, tokenId }) => tokenName ?? tokenId ?? '' },
        { title: 'FROM', cell: ({ address }) => address ?? '' },
        { title: 'ROUTE', cell: ({ route }) => route ?? '' },
        { title: 'OF', cell: ({ subject }) => subject ?? '' },
      ],
      shown,
    );
    cli.out(table);
    if (rows.length <= end) return;
    const which =
      offset === 0 ? `The newest ${limit}` : `${offset + 1} to ${end}, the newest first`;
    cli.err(`${which}; --limit 0 shows all.\n`);
  };
}

// --- internal ---

/** Entries read at a time. */
const PAGE_ROWS = 1_000;
