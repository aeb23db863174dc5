import { existsSync } from 'node:fs';
import { byteText, counted } from '../../base/amount-text.ts';
import { isoTime } from '../../base/clock.ts';
import { localTime } from '../../base/time-text.ts';
import { loadConfig } from '../../config/config-file.ts';
import { leaves } from '../../config/config.ts';
import type { Config } from '../../config/config.ts';
import { SINKS } from '../../delivery/sinks.ts';
import { Metrics } from '../../delivery/store/metrics.ts';
import { outboxTotals } from '../../delivery/store/outbox-totals.ts';
import { SinkPatterns } from '../../delivery/store/sink-patterns.ts';
import { SinkState } from '../../delivery/store/sink-state.ts';
import type { Database } from '../../store/database/database.ts';
import { isWiped } from '../../store/database/meta.ts';
import { readDatabase } from '../../store/database/read-database.ts';
import { fileHoldings } from '../../store/maintenance/forget/file-holdings.ts';
import type { FileHolding } from '../../store/maintenance/forget/file-holdings.ts';
import { holdings, projectHoldings } from '../../store/maintenance/forget/holdings.ts';
import type { Holding, ProjectHolding } from '../../store/maintenance/forget/holdings.ts';
import { countersOf, redactionCounts, redactionsCountedSince } from '../../store/queries/totals.ts';
import { actionArg, actionOf } from '../arguments/action.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import type { CliEnvironment } from '../environment.ts';
import { renderTable } from '../listing/table.ts';
import { printJson } from '../output/json-output.ts';
import { evictedText } from '../output/retention-text.ts';
import { plainLine } from '../output/plain-text.ts';

const ACTIONS = ['report'] as const;

/** `privacy`: says what is held about the user, and where it went. */
export const privacyCommand = trackerCommand({
  name: 'privacy',
  summary: 'Say what was recorded, where it lies, and where it was sent.',
  examples: ['pattern-tracker privacy report', 'pattern-tracker privacy report --json | jq .sent'],
  actions: {
    report:
      'kinds, numbers and ages of what is held, its files, the servers, what is kept how long',
  },
  details:
    '`pattern-tracker forget` erases. Lengths are those of the texts, in characters; sizes are what they take.',
  json: `{held: [{kind, count, characters, bytes, oldest, newest}], projects: [{root, sessions, events, prompts, tool_calls,
patterns, oldest, newest}], files: [{path, kind, files, bytes, oldest, newest}], sent: [{sink, server, is_configured,
delivered, waiting, dead, last_delivered_at, patterns, recalls}], redactions, redacted: [{rule, count}], counted_since,
evicted: {payloads, patterns, states, expired_patterns, expired_states}, retention: {key: value}, is_wiped}; redactions counts all secrets,
redacted by rule those since counted_since, texts that were left out unchecked as unchecked; is_wiped is false while unused parts of the file may still hold what was deleted.`,
  args: { ...actionArg(ACTIONS), ...common.jsonArg },
  run(args, cli) {
    actionOf(args.action, ACTIONS, 'privacy');
    const { config } = loadConfig(cli.paths, { env: cli.env });
    const stored = readDatabase(cli.paths.database, (database) => storedReport(database, config));
    const files = existsSync(cli.paths.data) ? fileHoldings(cli.paths) : [];
    const report = { ...(stored ?? NOTHING_HELD), files, retention: retentionOf(config) };
    if (args.json) printJson(cli, forJson(report));
    else cli.out(render(cli, report));
  },
});

// --- internal ---

interface Sent {
  readonly sink: string;
  readonly noun: string;
  readonly server: string | null;
  readonly isConfigured: boolean;
  /** Events that it has acknowledged since the last reset of the metrics. */
  readonly delivered: number;
  readonly waiting: number;
  readonly dead: number;
  readonly lastDeliveredAt: number | null;
  /** Patterns that it knows, or is about to be told. */
  readonly patterns: number;
  /** Whether it can be told to delete. */
  readonly recalls: boolean;
}

interface StoredReport {
  readonly held: readonly Holding[];
  readonly projects: readonly ProjectHolding[];
  readonly sent: readonly Sent[];
  readonly redactions: number;
  /** How much each rule has taken out since `countedSince`, most first. */
  readonly redacted: readonly { readonly rule: string; readonly count: number }[];
  /** Null when nothing is counted. */
  readonly countedSince: number | null;
  readonly evicted: {
    readonly payloads: number;
    readonly patterns: number;
    /** States of files, by which lines find their authors. */
    readonly states: number;
    readonly expiredPatterns: number;
    readonly expiredStates: number;
  };
  readonly isWiped: boolean;
}

interface Report extends StoredReport {
  readonly files: readonly FileHolding[];
  readonly retention: Readonly<Record<string, unknown>>;
}

const NOTHING_HELD: StoredReport = {
  held: [],
  projects: [],
  sent: [],
  redactions: 0,
  redacted: [],
  countedSince: null,
  evicted: { payloads: 0, patterns: 0, states: 0, expiredPatterns: 0, expiredStates: 0 },
  isWiped: true,
};

function storedReport(database: Database, config: Config): StoredReport {
  const counters = countersOf(database);
  return {
    held: holdings(database).filter(({ count }) => count > 0),
    projects: projectHoldings(database),
    sent: SINKS.flatMap((sink) => {
      const { server, lastDeliveredAt } = new SinkState(database, sink.name).read();
      const address = sink.address(config);
      if (server === null && address === null) return [];
      const { waiting, dead } = outboxTotals(database, sink.name);
      return [
        {
          sink: sink.name,
          noun: sink.noun,
          server: server ?? address,
          isConfigured: address !== null,
          delivered: new Metrics<'delivered'>(database, sink.name).value('delivered'),
          waiting,
          dead,
          lastDeliveredAt,
          patterns: new SinkPatterns(database, sink.name).count,
          recalls: sink.erase !== undefined,
        },
      ];
    }),
    redactions: counters['redactions'] ?? 0,
    redacted: redactedByRule(database),
    countedSince: redactionsCountedSince(database),
    evicted: {
      payloads: counters['evicted_payloads'] ?? 0,
      patterns: counters['evicted_patterns'] ?? 0,
      states: counters['evicted_states'] ?? 0,
      expiredPatterns: counters['expired_patterns'] ?? 0,
      expiredStates: counters['expired_states'] ?? 0,
    },
    isWiped: isWiped(database),
  };
}

function redactedByRule(database: Database): StoredReport['redacted'] {
  const counts = new Map<string, number>();
  for (const { rule, count } of redactionCounts(database)) {
    counts.set(rule, (counts.get(rule) ?? 0) + count);
  }
  return [...counts]
    .map(([rule, count]) => ({ rule, count }))
    .toSorted((a, b) => b.count - a.count || (a.rule < b.rule ? -1 : 1));
}

function retentionOf({ retention, spool, logging }: Config): Record<string, unknown> {
  const { max_bad_files, max_bad_bytes } = spool;
  const { max_size_mb, max_age_days, backup_count } = logging;
  return Object.fromEntries(
    leaves({
      retention,
      spool: { max_bad_files, max_bad_bytes },
      logging: { max_size_mb, max_age_days, backup_count },
    }),
  );
}

function render(cli: CliEnvironment, report: Report): string {
  const { held, projects, files, sent, redactions, evicted, retention } = report;
  const time = (at: number | null) => (at === null ? '' : localTime(at));
  const number = (value: number) => value.toLocaleString('en-US');
  const span = [
    { title: 'OLDEST', cell: ({ oldest }: Span) => time(oldest), rank: 1 },
    { title: 'NEWEST', cell: ({ newest }: Span) => time(newest), rank: 2 },
  ] as const;
  const parts: string[] = [];
  if (held.length === 0) parts.push('Nothing was recorded yet.\n');
  else {
    parts.push(
      renderTable<Holding>(
        cli,
        [
          { title: 'HELD', cell: ({ kind }) => kind, isWhole: true },
          { title: 'COUNT', align: 'right', cell: ({ count }) => number(count) },
          { title: 'CHARACTERS', align: 'right', cell: ({ characters }) => number(characters) },
          { title: 'SIZE', align: 'right', cell: ({ bytes }) => byteText(bytes), rank: 3 },
          ...span,
        ],
        held,
      ),
      '\n',
    );
  }
  if (projects.length > 0) {
    parts.push(
      renderTable<ProjectHolding>(
        cli,
        [
          { title: 'PROJECT', cell: ({ root }) => root, cut: 'start', least: 16 },
          { title: 'SESSIONS', align: 'right', cell: ({ sessions }) => number(sessions), rank: 3 },
          { title: 'EVENTS', align: 'right', cell: ({ events }) => number(events) },
          { title: 'PATTERNS', align: 'right', cell: ({ patterns }) => number(patterns) },
          ...span,
        ],
        projects,
      ),
      '\n',
    );
  }
  if (files.length > 0) {
    parts.push(
      renderTable<FileHolding>(
        cli,
        [
          { title: 'FILES', cell: ({ kind }) => kind, isWhole: true },
          { title: 'COUNT', align: 'right', cell: (row) => number(row.files) },
          { title: 'SIZE', align: 'right', cell: ({ bytes }) => byteText(bytes) },
          { title: 'IN', cell: ({ path }) => path, cut: 'start', least: 16 },
        ],
        files,
      ),
      '\n',
    );
  }
  if (sent.length === 0) parts.push('Nothing was sent anywhere.\n');
  for (const sink of sent) parts.push(sentLine(sink, time(sink.lastDeliveredAt)));
  parts.push(
    `${counted(redactions, 'secret')} redacted before anything was stored${ruleText(report)}.\n`,
  );
  const removed = evictedText({
    evicted_payloads: evicted.payloads,
    evicted_patterns: evicted.patterns,
    evicted_states: evicted.states,
    expired_patterns: evicted.expiredPatterns,
    expired_states: evicted.expiredStates,
  });
  if (removed !== undefined) parts.push(`Removed: ${removed}.\n`);
  if (!report.isWiped) {
    parts.push(
      'Unused parts of the file may still hold what was deleted; the courier rewrites it once a day, when nothing comes.\n',
    );
  }
  parts.push(
    `Kept: ${Object.entries(retention)
      .map(([key, value]) => `${key} ${String(value)}`)
      .join(', ')}.\n`,
  );
  return parts.join('');
}

/** The rules that have taken out most, and how many there are besides. */
function ruleText({ redacted, countedSince }: Report): string {
  if (redacted.length === 0) return '';
  const shown = redacted.slice(0, SHOWN_RULES).map(({ rule, count }) => `${count} ${rule}`);
  const others = redacted.length - shown.length;
  const more =
    others === 0 ? '' : `, and ${counted(others, 'other rule')} (redact audit lists all)`;
  const since = countedSince === null ? '' : `since ${localTime(countedSince)}: `;
  return `; ${since}${shown.join(', ')}${more}`;
}

const SHOWN_RULES = 8;

interface Span {
  readonly oldest: number | null;
  readonly newest: number | null;
}

function sentLine(sink: Sent, last: string): string {
  const { noun, server, delivered, patterns, waiting, dead, recalls } = sink;
  const told = recalls ? `, ${counted(patterns, 'pattern')}` : '';
  const rest = waiting + dead > 0 ? `; ${counted(waiting + dead, 'event')} not delivered` : '';
  const when = last === '' ? '' : `, the last ${last}`;
  return `${plainLine(`Sent to the ${noun} ${server}: ${counted(delivered, 'event')}${told}${when}${rest}.`)}\n`;
}

function forJson({ held, projects, files, sent, countedSince, ...rest }: Report) {
  const times = <Row extends Span>(row: Row) => ({
    ...row,
    oldest: isoTime(row.oldest),
    newest: isoTime(row.newest),
  });
  return {
    held: held.map(times),
    projects: projects.map(times),
    files: files.map(times),
    sent: sent.map(({ noun: _noun, ...row }) => ({
      ...row,
      lastDeliveredAt: isoTime(row.lastDeliveredAt),
    })),
    ...rest,
    countedSince: isoTime(countedSince),
  };
}
