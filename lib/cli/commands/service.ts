import { isoTime } from '../../base/clock.ts';
import { localTime } from '../../base/time-text.ts';
import { deletionEntry } from '../../service/accounting/audit-log.ts';
import type { AuditEntry } from '../../service/store/audit-store.ts';
import { forget } from '../../service/store/forgetting.ts';
import type { Forgotten } from '../../service/store/forgetting.ts';
import { REMOVED_KINDS } from '../../service/store/rows/forgetting.ts';
import type { RemovedRows, Selection } from '../../service/store/rows/forgetting.ts';
import type { Retention } from '../../service/store/retention-store.ts';
import type { ServiceStore } from '../../service/store/service-store.ts';
import { DEFAULT_TENANT, TENANT_NAME } from '../../service/store/tenants.ts';
import { actionArg, actionOf } from '../arguments/action.ts';
import { checkAgreement, isAgreed } from '../arguments/agreement.ts';
import { momentOf } from '../arguments/time-range.ts';
import { UsageError } from '../arguments/usage-error.ts';
import { jsonArg, limitArg, pageArg, trackerCommand } from '../command.ts';
import type { CliEnvironment } from '../environment.ts';
import { printJson } from '../output/json-output.ts';
import { showAudit } from '../service/audit-list.ts';
import { exportArgs, exportEvents } from '../service/event-export.ts';
import { databasePlace } from './serve.ts';

const ACTIONS = ['audit', 'export', 'forget', 'retention'] as const;
const CHANGES = ['list', 'set', 'off'] as const;
const MAX_DAYS = 36_500;
/** A command waits until nothing is left in the files, however large they are. */
const DAY_MS = 86_400_000;

/** `service`: deletes from a service's store, sets how long it keeps rows, and shows its audit log. */
export const serviceCommand = trackerCommand({
  name: 'service',
  summary: 'Delete from a service, copy its events, show its audit log.',
  examples: [
    'pattern-tracker service audit --since yesterday',
    'pattern-tracker service export --follow --output events.jsonl',
    'pattern-tracker service forget --session 0e9f1c --dry-run',
    'pattern-tracker service forget --tenant team --before 2026-01-01 --yes',
    'pattern-tracker service retention set --tenant team --days 180',
  ],
  actions: {
    audit: 'who made tokens, deleted, and read code, newest first',
    export:
      'write all accepted events as CloudEvents, a line each, to --output, --to or standard output',
    forget: 'delete what --pattern, --session, --machine and --before name together, or --all',
    retention: 'list, set --days, or off: what is older is deleted once a day by the service',
  },
  details: `It works on the store itself, so it needs no running service and no token. A pattern is deleted when no
event of others tells of it. What is deleted stays deleted, even if a client sends its events again.`,
  json: `for forget {removed: {patterns, versions, events, occurrences, edges, feedback, improvements, executions,
sessions}, is_complete, dry_run}, for retention [{tenant, days, ran_at}], for audit [{id, at, tenant, action, token_id,
token_name, address, route, subject, count, detail}].`,
  args: {
    ...actionArg(ACTIONS),
    change: { type: 'positional', required: false, description: 'For retention: list, set, off' },
    tenant: {
      type: 'string',
      valueHint: 'name',
      description: `Whose rows; default ${DEFAULT_TENANT}, for audit and retention list all`,
    },
    pattern: { type: 'string', valueHint: 'id', description: 'Delete this pattern' },
    session: { type: 'string', valueHint: 'id', description: 'Delete what this session sent' },
    machine: { type: 'string', valueHint: 'name', description: 'Delete what this machine sent' },
    before: {
      type: 'string',
      valueHint: 'time',
      description: 'Delete what happened before this time: 90d, 2026-01-01',
    },
    all: { type: 'boolean', description: 'Delete everything of the tenant' },
    'dry-run': { type: 'boolean', description: 'Only count what would be deleted' },
    yes: { type: 'boolean', description: 'Delete without asking' },
    days: { type: 'string', valueHint: 'n', description: 'For retention set: days that are kept' },
    since: { type: 'string', valueHint: 'time', description: 'For audit: only since this time' },
    ...exportArgs,
    ...limitArg,
    ...pageArg,
    database: {
      type: 'string',
      valueHint: 'path|postgres://…',
      description: 'Where patterns are kept, as for `serve`',
    },
    ...jsonArg,
  },
  async run(args, cli) {
    const action = actionOf(args.action, ACTIONS, 'service');
    if (args.change !== undefined && action !== 'retention') {
      throw new UsageError(`unexpected argument "${args.change}"`);
    }
    if (args.tenant !== undefined && !TENANT_NAME.test(args.tenant)) {
      const hint = 'Use at most 63 lower-case letters, digits, - and _.';
      throw new UsageError(`--tenant "${args.tenant}" is not a valid name`, hint);
    }
    const act = await {
      audit: () => showAudit(cli, args),
      export: async () => exportEvents(cli, { ...args, tenant: args.tenant ?? DEFAULT_TENANT }),
      forget: () => forgetRows(cli, args),
      retention: () => changeRetention(cli, args),
    }[action]();
    const { openServiceStore } = await import('../../service/store/store-opening.ts');
    const store = await openServiceStore(databasePlace(args.database, cli));
    try {
      return await act(store);
    } finally {
      await store.close();
    }
  },
});

// --- internal ---

/** What is left to do once the arguments are checked. */
type Act = (store: ServiceStore) => Promise<number | void>;

interface ServiceArgs {
  readonly change?: string | undefined;
  readonly tenant?: string | undefined;
  readonly pattern?: string | undefined;
  readonly session?: string | undefined;
  readonly machine?: string | undefined;
  readonly before?: string | undefined;
  readonly all?: boolean | undefined;
  readonly 'dry-run'?: boolean | undefined;
  readonly yes?: boolean | undefined;
  readonly days?: string | undefined;
  readonly since?: string | undefined;
  readonly limit: string;
  readonly page?: string | undefined;
  readonly json?: boolean | undefined;
}

const ACTOR = { tokenId: null, tokenName: null, address: null, route: 'pattern-tracker service' };

async function forgetRows(cli: CliEnvironment, args: ServiceArgs): Promise<Act> {
  const tenant = args.tenant ?? DEFAULT_TENANT;
  const selection = await selectionOf(args, cli.now());
  const isTrial = args['dry-run'] === true;
  if (!isTrial) checkAgreement(cli, args);
  return async (store) => {
    const signal = cli.interruption();
    const run = (trial: boolean) =>
      forget(store.tenant(tenant), selection, {
        isTrial: trial,
        clock: cli.now,
        mayGoOn: () => !signal.aborted,
        settleMs: DAY_MS,
      });
    if (isTrial || !args.yes) {
      const preview = await run(true);
      if (isTrial) return report(cli, preview, { isTrial, json: args.json });
      cli.out(`In tenant ${tenant} this deletes:\n${countsText(preview.removed)}`);
      if (!(await isAgreed('Delete?'))) {
        cli.out('Nothing was deleted.\n');
        return 1;
      }
    }
    const forgotten = await run(false);
    await store.audit.add([deletionEntry({ ...ACTOR, tenant }, cli.now(), selection, forgotten)]);
    return report(cli, forgotten, { isTrial, json: args.json });
  };
}

async function selectionOf(args: ServiceArgs, now: number): Promise<Selection> {
  const { pattern, session, machine, before, all } = args;
  const named = Object.entries({ pattern, session, machine, before }).filter(
    ([, value]) => value !== undefined,
  );
  const empty = named.find(([, value]) => value === '');
  if (empty) throw new UsageError(`--${empty[0]} is empty`);
  if (named.length === 0 && !all) {
    const hint = 'Give --pattern, --session, --machine or --before, or --all.';
    throw new UsageError('nothing is named to delete', hint);
  }
  if (named.length > 0 && all) throw new UsageError('--all stands alone');
  return {
    patternId: pattern,
    sessionId: session,
    machine,
    before: before === undefined ? undefined : await momentOf('--before', before, now),
  };
}

function report(
  cli: CliEnvironment,
  { removed, isComplete }: Forgotten,
  { isTrial, json }: { readonly isTrial: boolean; readonly json?: boolean | undefined },
): number {
  if (json) printJson(cli, { removed, isComplete, dryRun: isTrial });
  else cli.out(`${isTrial ? 'Would be deleted' : 'Deleted'}:\n${countsText(removed)}`);
  if (isComplete) return 0;
  cli.err('It was ended early; the same command again does the rest.\n');
  return 1;
}

function countsText(removed: RemovedRows): string {
  const lines = REMOVED_KINDS.filter((kind) => removed[kind] > 0).map(
    (kind) => `  ${kind.padEnd(12)} ${removed[kind].toLocaleString('en-US')}\n`,
  );
  return lines.length > 0 ? lines.join('') : '  nothing\n';
}

async function changeRetention(cli: CliEnvironment, args: ServiceArgs): Promise<Act> {
  const change = actionOf(args.change ?? CHANGES[0], CHANGES, 'service retention');
  if (change === 'list') {
    return async (store) => {
      const all = await store.retention.list();
      const { tenant } = args;
      return showRetention(cli, tenant ? all.filter((row) => row.tenant === tenant) : all, args);
    };
  }
  const tenant = args.tenant ?? DEFAULT_TENANT;
  const days = change === 'off' ? undefined : daysOf(args.days);
  return async (store) => {
    await store.retention.set(tenant, days);
    const entry: AuditEntry = {
      ...ACTOR,
      tenant,
      at: cli.now(),
      action: 'retention_set',
      subject: null,
      count: 1,
      detail: { days: days ?? null },
    };
    await store.audit.add([entry]);
    if (args.json) return showRetention(cli, await store.retention.list(), args);
    cli.out(
      days === undefined
        ? `Rows of tenant ${tenant} are kept for ever.\n`
        : `Rows of tenant ${tenant} are kept for ${days} days; the service deletes what is older.\n`,
    );
  };
}

function daysOf(text: string | undefined): number {
  const days = text !== undefined && /^\d+$/.test(text) ? Number(text) : NaN;
  if (days >= 1 && days <= MAX_DAYS) return days;
  throw new UsageError(
    text === undefined ? '--days is missing' : `--days is "${text}"`,
    `Expected a whole number, 1 to ${MAX_DAYS}.`,
  );
}

async function showRetention(
  cli: CliEnvironment,
  rows: readonly Retention[],
  { json }: ServiceArgs,
): Promise<void> {
  if (json) {
    return printJson(
      cli,
      rows.map((row) => ({ ...row, ranAt: isoTime(row.ranAt) })),
    );
  }
  if (rows.length === 0) return cli.out('No tenant has a retention: rows are kept for ever.\n');
  const { renderTable } = await import('../listing/table.ts');
  const table = renderTable<Retention>(
    cli,
    [
      { title: 'TENANT', cell: ({ tenant }) => tenant },
      { title: 'DAYS', cell: ({ days }) => String(days) },
      { title: 'LAST DONE', cell: ({ ranAt }) => (ranAt === null ? 'never' : localTime(ranAt)) },
    ],
    rows,
  );
  cli.out(table);
}
