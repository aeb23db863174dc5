import {
  chosenRows,
  dropRows,
  eachOutboxRow,
  outboxRows,
  retryRows,
  rowsBySink,
} from '../../delivery/store/outbox-rows.ts';
import type { OutboxFilter, OutboxRow } from '../../delivery/store/outbox-rows.ts';
import type { Config } from '../../config/config.ts';
import { loadConfig } from '../../config/config-file.ts';
import { SINKS } from '../../delivery/sinks.ts';
import type { DeliveryMetric } from '../../delivery/store/delivery-store.ts';
import { Metrics } from '../../delivery/store/metrics.ts';
import { withDelivery } from '../../health/delivery-side.ts';
import type { DeliverySide } from '../../health/delivery-side.ts';
import { actionArg, actionOf } from '../arguments/action.ts';
import { canAsk, isAgreed } from '../arguments/agreement.ts';
import { ANY_NUMBER } from '../arguments/arguments.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import type { CliEnvironment } from '../environment.ts';
import { isoTime } from '../../base/clock.ts';
import { cloudEvent } from '../output/cloud-event.ts';
import { printJson, printJsonAsIs } from '../output/json-output.ts';
import { parseCount, parsePage, sessionOf } from '../arguments/list-arguments.ts';
import { printList } from '../listing/list-output.ts';
import type { ListStyle } from '../listing/list-output.ts';
import { listingOf, MOST_COUNTED } from '../../store/queries/listing.ts';
import type { Database } from '../../store/database/database.ts';
import { plainLine, plainLines } from '../output/plain-text.ts';
import { outboxColumns } from '../listing/outbox-columns.ts';
import { noSinkLine } from '../output/sink-text.ts';
import { counted } from '../../base/amount-text.ts';
import { chooseSession } from '../arguments/session-choice.ts';
import { moveAll } from '../outbox-move.ts';
import { sinkArg, sinkOf } from '../arguments/sink-choice.ts';
import { UsageError } from '../arguments/usage-error.ts';

const ACTIONS = ['list', 'show', 'retry', 'move', 'drop', 'export'] as const;
const FORMATS = ['jsonl', 'cloudevents'] as const;
/** An export is read and written in parts of this size, in characters, so that it needs little memory. */
const PART_CHARACTERS = 4_000_000;

/** `outbox`: lists, shows, retries, drops and exports what waits for the sinks. */
export const outboxCommand = trackerCommand({
  name: 'outbox',
  summary: 'Show and manage what waits for the server and the collector.',
  examples: [
    'pattern-tracker outbox list --dead',
    'pattern-tracker outbox retry --dead',
    'pattern-tracker outbox export --format cloudevents > events.jsonl',
  ],
  actions: {
    list: 'what waits, and dead letters, which were refused or failed too often',
    show: 'everything known about one row; ID is the first column of the list',
    retry: 'send rows with the next delivery; a dead letter gets another chance',
    move: 'give what waits for a server that config.yaml does not name to the one it names',
    drop: 'remove rows for good, after asking; with --yes without asking',
    export: 'print bodies, one per line; as CloudEvents 1.0 with --format cloudevents',
  },
  details: 'retry and drop need IDs, --dead, --session or --all.',
  json: `for list an array of {id, sink, event_id, event_type, session_id, pattern_id, lineage_id, created_at,
attempts, faults, attempted_at, next_attempt_at, last_error, dead_at}, for show one of these with body, for
retry, move and drop {changed}. The pattern_id of a tool call is empty.`,
  args: {
    ...actionArg(ACTIONS),
    id: {
      type: 'positional',
      required: false,
      valueHint: ANY_NUMBER,
      description: 'Ids of rows; show takes one',
    },
    dead: { type: 'boolean', description: 'Dead letters only' },
    all: { type: 'boolean', description: 'For retry and drop: every row' },
    yes: { type: 'boolean', description: 'For drop: do not ask' },
    format: {
      type: 'string',
      valueHint: FORMATS.join('|'),
      default: 'jsonl',
      description: 'For export: the format of a line',
    },
    ...sinkArg,
    ...common.sessionArg,
    limit: {
      type: 'string',
      valueHint: 'n',
      description: 'At most n, the oldest first; 0 is all (default 20 for list, else all)',
    },
    page: {
      ...common.pageArg.page,
      description: 'For list: show the n-th part, each of --limit rows',
    },
    ...common.pagerArg,
    ...common.jsonArg,
  },
  async run(args, cli) {
    const action = actionOf(args.action, ACTIONS, 'outbox');
    const ids = args._.slice(1).map((id) => parseCount('ID', id));
    const session = sessionOf(args);
    const isList = action === 'list';
    if (args.page !== undefined && !isList) {
      throw new UsageError('--page is for list', 'Leave it out, or name the rows by their ids.');
    }
    const limit = args.limit ?? (isList ? '20' : '0');
    const loaded = loadConfig(cli.paths, { env: cli.env });
    const { config } = loaded;
    const delivery: Delivery = (work) => withDelivery(cli, loaded, work);
    const filter: OutboxFilter = {
      sink: sinkOf(args)?.name,
      dead: args.dead ? true : undefined,
      session:
        session &&
        delivery(({ database }) => chooseSession(database, session, cli, { inOutbox: true })),
      ids: ids.length > 0 ? ids : undefined,
      ...parsePage({ limit, page: args.page }),
    };
    switch (action) {
      case 'list':
        return list(cli, delivery, filter, { ...args, config });
      case 'show':
        return show(cli, delivery, filter, args.json === true);
      case 'export':
        return exportRows(cli, delivery, filter, args.format);
      case 'retry':
        checkChoice(filter, args.all === true);
        return change(
          cli,
          delivery,
          args.json === true,
          'Will be sent with the next delivery',
          (side) => {
            checkThere(side, filter);
            return retryRows(side.database, filter);
          },
        );
      case 'drop':
        checkChoice(filter, args.all === true);
        return drop(cli, delivery, filter, { asks: !args.yes, json: args.json === true });
      case 'move':
        if (ids.length > 0) throw new UsageError('move takes no ID', 'It moves all rows.');
        return change(cli, delivery, args.json === true, 'Moved', ({ database }) =>
          moveAll(database, sinkOf(args), cli),
        );
    }
  },
});

// --- internal ---

/** Runs `work` on the delivery side of tracker.db; returns undefined when there is no database yet. */
type Delivery = <T>(work: (side: DeliverySide) => T) => T | undefined;

async function list(
  cli: CliEnvironment,
  delivery: Delivery,
  filter: OutboxFilter,
  { config, ...style }: ListStyle & { readonly config: Config },
): Promise<number> {
  const missing = noSinkLine(SINKS, config, cli.paths);
  const { listing, hasSeveralSinks } = delivery(({ database, sinks }) => ({
    listing: listingOf(database, filter, { rows: outboxRows, count: countRows }),
    hasSeveralSinks: sinks.length > 1,
  })) ?? { listing: { rows: [], total: 0 }, hasSeveralSinks: false };
  if (missing && listing.rows.length > 0 && !style.json) cli.err(missing);
  await printList<OutboxRow>(cli, style, {
    ...listing,
    forJson,
    nothing:
      missing ?? (filter.dead ? 'There are no dead letters.\n' : 'Nothing waits to be sent.\n'),
    columns: outboxColumns(cli.now(), hasSeveralSinks),
  });
  return 0;
}

function countRows(database: Database, filter: OutboxFilter): number {
  return chosenRows(database, { ...filter, limit: MOST_COUNTED }).count;
}

function show(
  cli: CliEnvironment,
  delivery: Delivery,
  filter: OutboxFilter,
  json: boolean,
): number {
  const [id, surplus] = filter.ids ?? [];
  if (id === undefined) throw new UsageError('ID is missing', 'See `outbox list`.');
  if (surplus !== undefined) throw new UsageError(`unexpected argument "${surplus}"`);
  const row = delivery(({ database }) => [...eachOutboxRow(database, filter)][0]);
  if (!row) throw new UsageError(`there is no row ${id}`, 'See `outbox list`.');
  const body: unknown = JSON.parse(row.body);
  if (json) {
    printJsonAsIs(cli, { ...forJson(row), body });
    return 0;
  }
  const fields = Object.entries(forJson(row)).filter(([, value]) => value !== null && value !== '');
  const width = Math.max(...fields.map(([name]) => name.length));
  for (const [name, value] of fields)
    cli.out(`${name.padEnd(width)}  ${plainLine(String(value))}\n`);
  cli.out(`${plainLines(JSON.stringify(body, null, 2)).join('\n')}\n`);
  return 0;
}

async function exportRows(
  cli: CliEnvironment,
  delivery: Delivery,
  filter: OutboxFilter,
  format: string,
): Promise<number> {
  const shape = FORMATS.find((known) => known === format);
  if (!shape) throw new UsageError(`--format is "${format}"`, `Expected ${FORMATS.join(' or ')}.`);
  let after = 0;
  let left = filter.limit;
  while (left !== 0) {
    let text = '';
    delivery(({ database }) => {
      for (const row of eachOutboxRow(database, { ...filter, after, limit: left })) {
        text += `${shape === 'jsonl' ? row.body : JSON.stringify(cloudEvent(row))}\n`;
        after = row.id;
        left -= 1;
        if (text.length >= PART_CHARACTERS) break;
      }
    });
    if (text === '') break;
    cli.out(text);
    await cli.written();
  }
  return 0;
}

function checkChoice({ ids, dead, session }: OutboxFilter, all: boolean): void {
  if (ids !== undefined || dead || session !== undefined || all) return;
  throw new UsageError('no rows are named', 'Give an ID, --dead, --session or --all.');
}

/** @throws UsageError when one of the named rows does not exist; nothing is changed then */
function checkThere({ database }: DeliverySide, { sink, ids = [] }: OutboxFilter): void {
  const there = new Set(outboxRows(database, { sink, ids, limit: -1 }).map(({ id }) => id));
  const missing = ids.find((id) => !there.has(id));
  if (missing !== undefined) {
    throw new UsageError(`there is no row ${missing}`, 'Nothing was changed. See `outbox list`.');
  }
}

async function drop(
  cli: CliEnvironment,
  delivery: Delivery,
  filter: OutboxFilter,
  { asks, json }: { readonly asks: boolean; readonly json: boolean },
): Promise<number> {
  const chosen = delivery((side) => {
    checkThere(side, filter);
    return chosenRows(side.database, filter);
  });
  const { count = 0, lastId = 0 } = chosen ?? {};
  if (asks && count > 0 && !(await isDropAgreed(cli, count))) {
    cli.err('Nothing was dropped.\n');
    return 1;
  }
  // The user has not agreed to drop rows that were added since.
  const agreed = { ...filter, upTo: lastId ?? 0 };
  return change(cli, delivery, json, 'Dropped', ({ database }) =>
    database
      .transaction(() => {
        const counts = rowsBySink(database, agreed);
        for (const [name, count] of counts) {
          new Metrics<DeliveryMetric>(database, name).add('dropped', count);
        }
        return dropRows(database, agreed);
      })
      .immediate(),
  );
}

function change(
  cli: CliEnvironment,
  delivery: Delivery,
  json: boolean,
  verb: string,
  work: (side: DeliverySide) => number,
): number {
  const changed = delivery(work) ?? 0;
  if (json) printJson(cli, { changed });
  else cli.out(`${verb}: ${counted(changed, 'event')}.\n`);
  return 0;
}

/** Asks whether to drop that many rows. @throws UsageError when there is nobody to ask */
async function isDropAgreed(cli: CliEnvironment, rows: number): Promise<boolean> {
  const what = counted(rows, 'event');
  if (!canAsk(cli)) {
    throw new UsageError(
      `${what} would be lost for good`,
      'Use --yes to drop them without being asked.',
    );
  }
  // On standard error, because with --json a program reads standard output.
  return isAgreed(`Drop ${what} for good? They will never be sent.`, process.stderr);
}

function forJson(row: OutboxRow) {
  return {
    id: row.id,
    sink: row.sink,
    event_id: row.eventId,
    event_type: row.eventType,
    session_id: row.sessionId,
    pattern_id: row.patternId,
    lineage_id: row.lineageId,
    created_at: isoTime(row.createdAt),
    attempts: row.attempts,
    faults: row.faults,
    attempted_at: isoTime(row.attemptedAt),
    next_attempt_at: row.deadAt === null && row.notBefore > 0 ? isoTime(row.notBefore) : null,
    last_error: row.lastError,
    dead_at: isoTime(row.deadAt),
  };
}
