import { openDatabase } from '../../store/database/database.ts';
import {
  acknowledgeEvicted,
  acknowledgeSetAside,
  evictedFiles,
  setAsideDatabase,
} from '../../store/queries/totals.ts';
import type { ShownAlert } from '../../alerts/shown-alerts.ts';
import type { Config } from '../../config/config.ts';
import { MAIN_SINK } from '../../delivery/sinks.ts';
import { captureSummary, captureText } from '../../config/capture-text.ts';
import { foreignFiles } from '../../health/files/foreign-files.ts';
import { forgetAttempts } from '../../health/attempts/attempts.ts';
import { attemptTexts } from '../../health/attempts/attempt-text.ts';
import { gatherFacts } from '../../health/health-facts.ts';
import type { HealthFacts } from '../../health/health-facts.ts';
import { factsInUse, factsOf } from '../../health/stored-facts.ts';
import { readRegistration } from '../../install/settings/registration.ts';
import { firingAlerts } from '../alerts/alert-check.ts';
import { missingEvents } from '../installation.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import { courierConfig } from '../courier-config.ts';
import type { CliEnvironment } from '../environment.ts';
import { isoTime } from '../../base/clock.ts';
import { printJson } from '../output/json-output.ts';
import { sizeText } from '../output/retention-text.ts';
import { plainLine } from '../output/plain-text.ts';
import { readDatabase } from '../../store/database/read-database.ts';
import { counted } from '../../base/amount-text.ts';
import { storeLines } from '../status/store-lines.ts';
import type { StoreStatus } from '../status/store-lines.ts';
import { deliveryLines, deliveryNumbers, deliveryStatus } from '../output/delivery-status.ts';
import type { DeliveryStatus, StatusRow as Line } from '../output/delivery-status.ts';
import { painter } from '../listing/table.ts';
import { ago } from '../../base/time-text.ts';

/** `status`: shows whether Claude Code is recorded, and how everything stands. */
export const statusCommand = trackerCommand({
  name: 'status',
  summary: 'Show whether Claude Code is recorded, and what was recorded.',
  examples: ['pattern-tracker status', 'pattern-tracker status --json | jq .spool.waiting'],
  json: `{recording: {state, by} or {state, why, hint}, is_installed, missing_events: events
that the newest Claude Code here knows and that have no hook, courier: {status, pid, version, started_at,
updated_at, degraded_at, reason, hint, config_error, crashes: when couriers came after one that had not ended as it should}, spool: {waiting, oldest_at, is_full, quarantined, dropped:
{unwritable, spool_full}}, attempts: what projects tried, or what their settings could do, the last
first: [{project, redirected, switched_off, unrecorded_sessions, last_at, settings: {hooks_disabled_in, switched_off_in,
redirected_in, variables}, is_gone}], totals: {sessions, tool_calls, patterns, events, projects, last_event_at} or
null, counters, evicted: {files, at} that the quarantine lost, or null, forgetting: orders to forget that are not finished, database: {path, bytes, error,
size_fault: why it is larger than its bound, or null, owner_fault: which file belongs to somebody else, or null, set_aside: {path, at, reason} or null}, proof: {sessions, calls: that
their transcripts tell, tracked: of these, recorded, recovered: from transcripts only, missing, incomplete_sessions, outdated_sessions: compared before a
repair or restore and not since, at} or null, capture: {content, prompts,
projects, exclude_paths, default_exclude_paths, exclude_tools: numbers of rules}, alerts: [{rule, level, state: "firing" or "silenced",
title, detail, since}], config: {path, error}, log: {path}, delivery: {base_url, waiting, oldest_at, dead, delivered, last_delivered_at, next_attempt_at,
breaker, breaker_reason, last_error, last_error_at, sinks: [the same with sink and address in place of
base_url], access_fault: why nothing can be sent, queued_for: the server before its address was changed,
elsewhere: [{address, waiting, dead}] for servers that config.yaml does not name}}; everything outside sinks is about the server (http).`,
  exitCodes: '1 when the database exists but cannot be read, else 0.',
  args: {
    acknowledge: {
      type: 'boolean',
      description:
        'Stop reporting the corrupt database that was set aside, files that the quarantine lost, and what projects tried',
    },
    ...common.jsonArg,
  },
  async run({ acknowledge, json }, cli) {
    if (acknowledge) {
      forgetNotes(cli);
      forgetAttempts(cli.paths.tried);
    }
    const config = await courierConfig(cli);
    const registration = readRegistration(cli);
    const facts = gatherFacts(cli, { registration });
    const inUse = factsInUse(config?.config, facts.stored.delivery.value);
    const deliveries = inUse.map((of) =>
      deliveryStatus(of, config?.config, facts.stored.delivery.value),
    );
    const status = {
      ...facts,
      deliveries,
      configError: config?.error ?? null,
      alerts: firingAlerts(cli, config),
      sizeFault: sizeFaultOf(facts, config?.config),
      foreign: foreignFiles(cli.paths) ?? null,
      capture: config?.config.capture,
      missing: missingEvents(cli, registration, facts.stored.content.value?.claudeVersion),
    };
    if (json) printJson(cli, forJson(status, cli));
    else cli.out(render(status, cli));
    return facts.stored.content.error ? 1 : 0;
  },
});

// --- internal ---

/** What the command shows. */
interface Status extends HealthFacts, StoreStatus {
  readonly deliveries: readonly DeliveryStatus[];
  readonly alerts: readonly ShownAlert[];
  /** What is wrong with the files of the configuration; null when all is well. */
  readonly configError: string | null;
  /** What is kept of events; undefined for the defaults. */
  readonly capture: Config['capture'] | undefined;
  /** Events that the newest Claude Code knows, and for which no hook is registered. */
  readonly missing: readonly string[];
}

function sizeFaultOf({ stored }: HealthFacts, config: Config | undefined): string | null {
  const content = stored.content.value;
  if (!content || !config) return null;
  const outbox = (stored.delivery.value?.sinks ?? []).map((facts) => facts.outbox);
  const rows = outbox.reduce((total, { waiting, dead }) => total + waiting + dead, 0);
  return sizeText(content, config.retention.max_database_bytes, rows);
}

function forgetNotes(cli: CliEnvironment): void {
  const isNoted = readDatabase(
    cli.paths.database,
    (each) => setAsideDatabase(each) ?? evictedFiles(each),
  );
  if (!isNoted) return;
  const database = openDatabase(cli.paths.database);
  try {
    acknowledgeSetAside(database);
    acknowledgeEvicted(database);
  } finally {
    database.close();
  }
}

function render(status: Status, cli: CliEnvironment): string {
  const paint = painter(cli.color);
  const lines: Line[] = [
    ...recordingLines(status),
    ...courierLines(status, cli),
    ...spoolLines(status, cli),
    ...attemptLines(status),
    ...storeLines(status, cli.now()),
    ...status.deliveries.flatMap((delivery) =>
      deliveryLines(delivery, status.deliveries, cli.now()),
    ),
    ...captureLines(status),
    ...alertLines(status, cli),
    ...(status.configError ? [['Config', status.configError, 'red'] as const] : []),
    ['Log', cli.paths.logFile],
  ];
  return lines
    .map(
      ([label, text, color]) =>
        `${paint('bold', label.padEnd(10))}  ${paint(color, plainLine(text))}\n`,
    )
    .join('');
}

function recordingLines({ recording, missing }: Status): Line[] {
  if (recording.state === 'off') {
    return [
      ['Recording', `off: ${recording.why}`, 'red'],
      ['', recording.hint],
    ];
  }
  const lines: Line[] = [['Recording', `on, by ${recording.by.join(' and ')}`, 'green']];
  if (missing.length > 0) {
    lines.push(
      ['', `without a hook for ${missing.join(', ')}, which this Claude Code knows`, 'yellow'],
      ['', 'Run `pattern-tracker install`.'],
    );
  }
  return lines;
}

function courierLines({ courier, spool }: Status, cli: CliEnvironment): Line[] {
  const { status, pid, reason, hint, updatedAt, degradedAt } = courier;
  const trouble: Line[] = reason ? [['', reason], ...(hint ? [['', hint] as const] : [])] : [];
  const since = degradedAt === null ? '' : `, since ${ago(degradedAt, cli.now())}`;
  if (status === 'degraded')
    return [['Courier', `degraded, pid ${pid}${since}`, 'red'], ...trouble];
  if (status === 'stalled')
    return [['Courier', `stalled, pid ${pid ?? 'unknown'}`, 'red'], ...trouble];
  if (status !== 'stopped') return [['Courier', `${status}, pid ${pid}`, 'green'], ...trouble];
  const left = updatedAt === null ? 'has not run yet' : `left ${ago(updatedAt, cli.now())}`;
  const next = spool.waiting > 0 ? '; the next event or `capture-test` starts it' : '';
  return [['Courier', `not running, ${left}${next}`], ...trouble];
}

function spoolLines({ spool, stored }: Status, cli: CliEnvironment): Line[] {
  const age = spool.oldestAt === null ? '' : `, the oldest from ${ago(spool.oldestAt, cli.now())}`;
  const lines: Line[] = [['Spool', `${spool.waiting.toLocaleString('en-US')} waiting${age}`]];
  if (spool.isFull) {
    lines.push(['', 'full: events are dropped until the courier has caught up', 'red']);
  }
  const { unwritable, spoolFull } = spool.dropped;
  if (unwritable > 0) {
    lines.push(['Dropped', `${counted(unwritable, 'event')} that could not be written`, 'red']);
  }
  if (spoolFull > 0) {
    lines.push(['Dropped', `${counted(spoolFull, 'event')} while the spool was full`, 'red']);
  }
  if (spool.quarantined > 0) {
    const where = cli.paths.spoolBad;
    lines.push([
      'Set aside',
      `${counted(spool.quarantined, 'file')} that could not be ingested, in ${where}`,
      'yellow',
    ]);
  }
  const evicted = stored.content.value?.evicted;
  if (evicted) {
    const when = ago(evicted.at, cli.now());
    lines.push(
      [
        'Lost',
        `${counted(evicted.files, 'file')} that could not be ingested, removed or cut for good, the last ${when}`,
        'red',
      ],
      ['', '`pattern-tracker status --acknowledge` ends this notice.'],
    );
  }
  return lines;
}

function attemptLines({ attempts }: Status): Line[] {
  const { notices, facts, more, isCounted } = attemptTexts(attempts);
  return [
    ...notices.map((text): Line => ['Project', text, 'yellow']),
    ...facts.map((text): Line => ['Project', text]),
    ...(more > 0 ? [['', `${counted(more, 'more project')}: see --json.`] as const] : []),
    ...(isCounted
      ? [['', '`pattern-tracker status --acknowledge` ends this notice.'] as const]
      : []),
  ];
}

function alertLines({ alerts }: Status, cli: CliEnvironment): Line[] {
  if (alerts.length === 0) return [];
  const lines = alerts.map(({ state, level, title, detail, since }, index): Line => {
    const when = since === null ? '' : `, since ${ago(since, cli.now())}`;
    const text = `${state === 'silenced' ? 'silenced, ' : ''}${level}: ${title}${when}: ${detail ?? ''}`;
    return [index === 0 ? 'Alerts' : '', text, state === 'silenced' ? 'yellow' : 'red'];
  });
  return [...lines, ['', 'See `pattern-tracker alerts`.']];
}

function captureLines({ capture, stored }: Status): Line[] {
  const text = captureText(capture, stored.content.value?.counters ?? {});
  return text === null ? [] : [['Kept', text]];
}

function forJson(status: Status, cli: CliEnvironment) {
  const { courier, spool, stored, deliveries, attempts } = status;
  const { totals, counters, setAside, evicted, forgetting, proof } =
    stored.content.value ?? NOTHING_STORED;
  const server = deliveries.find(({ sink }) => sink === MAIN_SINK);
  return {
    recording: status.recording,
    isInstalled: status.isInstalled,
    missingEvents: status.missing,
    courier: {
      ...courier,
      startedAt: isoTime(courier.startedAt),
      updatedAt: isoTime(courier.updatedAt),
      degradedAt: isoTime(courier.degradedAt),
      crashes: courier.crashes.map((at) => isoTime(at)),
    },
    spool: { ...spool, oldestAt: isoTime(spool.oldestAt) },
    attempts: attempts.map((one) => ({ ...one, lastAt: isoTime(one.lastAt) })),
    totals: totals && { ...totals, lastEventAt: isoTime(totals.lastEventAt) },
    counters,
    evicted: evicted && { ...evicted, at: isoTime(evicted.at) },
    forgetting,
    database: {
      path: cli.paths.database,
      bytes: stored.bytes,
      error: stored.content.error?.message ?? null,
      sizeFault: status.sizeFault,
      ownerFault: status.foreign?.text ?? null,
      setAside: setAside && { ...setAside, at: isoTime(setAside.at) },
    },
    proof: proof && { ...proof, at: isoTime(proof.at) },
    capture: captureSummary(status.capture),
    alerts: status.alerts.map(({ rule, level, state, title, detail, since }) => ({
      rule,
      level,
      state,
      title,
      detail,
      since: isoTime(since),
    })),
    config: { path: cli.paths.configFile, error: status.configError },
    log: { path: cli.paths.logFile },
    delivery: {
      baseUrl: server?.address ?? null,
      ...deliveryNumbers(
        server ?? deliveryStatus(factsOf(MAIN_SINK, stored.delivery.value), undefined, null),
      ),
      sinks: deliveries.map((delivery) => ({
        sink: delivery.sink.name,
        address: delivery.address,
        ...deliveryNumbers(delivery),
      })),
    },
  };
}

const NOTHING_STORED = {
  totals: null,
  counters: {},
  setAside: null,
  evicted: null,
  forgetting: 0,
  proof: null,
};
