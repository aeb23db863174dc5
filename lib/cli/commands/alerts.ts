import { hostname } from 'node:os';
import { OWN_RULES } from '../../alerts/alert-rules.ts';
import { AlertSender } from '../../alerts/alert-sender.ts';
import { AlertWatch, changeAlertState, judgedNow } from '../../alerts/alert-watch.ts';
import { prometheusRules } from '../../alerts/prometheus-rules.ts';
import { shownAlerts } from '../../alerts/shown-alerts.ts';
import type { ShownAlert } from '../../alerts/shown-alerts.ts';
import { isoTime } from '../../base/clock.ts';
import { nearest } from '../../base/nearest.ts';
import { ago, localTime } from '../../base/time-text.ts';
import { alertAccessFault, ALERT_SINKS } from '../../delivery/alerts/alert-sinks.ts';
import { outboxTotals } from '../../delivery/store/outbox-totals.ts';
import { SinkState } from '../../delivery/store/sink-state.ts';
import { readDatabase } from '../../store/database/read-database.ts';
import { actionArg, actionOf } from '../arguments/action.ts';
import { parseSpan } from '../arguments/span.ts';
import { UsageError } from '../arguments/usage-error.ts';
import { alertSources } from '../alerts/alert-sources.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import type { CliEnvironment } from '../environment.ts';
import { painter, renderTable } from '../listing/table.ts';
import type { Paint } from '../listing/table.ts';
import { printJson } from '../output/json-output.ts';
import { plainLine } from '../output/plain-text.ts';

const ACTIONS = ['list', 'evaluate', 'silence', 'unsilence', 'prometheus'] as const;
/** The longest silence: a month, in milliseconds. */
const LONGEST_MS = 31 * 86_400_000;

/** `alerts`: what is wrong, and who is told. */
export const alertsCommand = trackerCommand({
  name: 'alerts',
  summary: 'Show what is wrong and for how long, and silence it.',
  examples: [
    'pattern-tracker alerts',
    'pattern-tracker alerts silence api_down --for 2h',
    'pattern-tracker alerts unsilence api_down',
    'pattern-tracker alerts evaluate',
  ],
  actions: {
    list: 'judge all rules now, and show what fires, is about to, or did in the last week',
    evaluate: 'judge them as the courier does each minute, and tell people: for cron',
    silence: 'tell nobody of a rule for a while; it is shown all the same',
    unsilence: 'tell people of it again',
    prometheus: 'print all rules as a file of rules for Prometheus',
  },
  details: `The courier judges the rules once a minute while it lives, and so does \`serve\`. \`alerts\` in config.yaml says who is told,
besides the log: the desktop, a command, a webhook, mail. An alert is told once when it begins and once when it is over. Something that was
seen only before a machine slept does not count: it has to be seen for as long as its rule says.`,
  json: `{alerts: [{rule, title, level: "critical" | "high" | "medium" | "low", state: "ok" | "pending" | "firing" | "silenced" |
"resolved", detail, since, fired_at, resolved_at, silenced_until, respond_within_minutes, action, runbook}], for every rule; escalation: {level_2,
level_3}, channels: [{name, address, waiting, dead, last_error, fault}] of those that are tried again}.`,
  exitCodes: '1 when an alert fires that is not silenced, else 0; of silence and unsilence, 0.',
  args: {
    ...actionArg(ACTIONS),
    rule: {
      type: 'positional',
      required: false,
      description: 'For silence and unsilence: the rule, as the list names it',
    },
    for: {
      type: 'string',
      valueHint: 'time',
      default: '1h',
      description: 'For silence: how long, such as 30m, 2h or 7d',
    },
    all: { type: 'boolean', description: 'Show the rules by which nothing is wrong, too' },
    ...common.jsonArg,
  },
  async run(args, cli) {
    const action = actionOf(args.action, ACTIONS, 'alerts');
    if (action === 'silence' || action === 'unsilence') {
      const rule = ruleIdOf(args.rule, action);
      const until =
        action === 'silence' ? cli.now() + parseSpan('--for', args.for, LONGEST_MS) : null;
      silence(cli, rule, until);
      if (args.json) printJson(cli, { rule, silencedUntil: isoTime(until) });
      else if (until === null) cli.out(`People are told of ${rule} again.\n`);
      else cli.out(`Nobody is told of ${rule} until ${localTime(until)}.\n`);
      return 0;
    }
    if (action === 'prometheus') {
      cli.out(prometheusRules());
      return 0;
    }
    const sources = alertSources(cli);
    if (action === 'evaluate') {
      const sender = await AlertSender.open(sources);
      const { clean, tell } = sender;
      const watch = new AlertWatch({ sources: () => sources, machine: hostname(), clean, tell });
      try {
        await watch.look({ isForced: true });
        await sender.send(sources.config.courier.config);
      } finally {
        await sender.close();
      }
    }
    const alerts = shownAlerts(judgedNow(sources), { paths: cli.paths, now: cli.now() });
    const channels = readChannels(cli, sources);
    const { escalation } = sources.config.courier.config;
    if (args.json) printJson(cli, { alerts: alerts.map(forJson), escalation, channels });
    else cli.out(render(alerts, { cli, channels, withOk: args.all === true, escalation }));
    return alerts.some(({ state }) => state === 'firing') ? 1 : 0;
  },
});

// --- internal ---

/** A way of alerts that is tried again, and how it does. */
interface Channel {
  readonly name: string;
  readonly address: string | null;
  readonly waiting: number;
  readonly dead: number;
  readonly lastError: string | null;
  readonly fault: string | null;
}

function ruleIdOf(given: string | undefined, action: string): string {
  const ids = OWN_RULES.map(({ id }) => id);
  if (given === undefined)
    throw new UsageError(`${action} needs a rule`, `One of ${ids.join(', ')}.`);
  if (ids.includes(given)) return given;
  const near = nearest(given, ids);
  const hint = near ? `Did you mean ${near}?` : `Expected ${ids.join(', ')}.`;
  throw new UsageError(`no rule is named "${given}"`, hint);
}

function silence({ paths }: CliEnvironment, rule: string, until: number | null): void {
  changeAlertState(paths, (state) => {
    const { [rule]: _, ...others } = state.silences;
    return { ...state, silences: until === null ? others : { ...others, [rule]: until } };
  });
}

function readChannels(
  { paths }: CliEnvironment,
  { config: { courier } }: ReturnType<typeof alertSources>,
): Channel[] {
  const sinks = ALERT_SINKS.filter((sink) => sink.delivers(courier.config));
  if (sinks.length === 0) return [];
  const rows = readDatabase(paths.database, (database) =>
    sinks.map(({ name }) => ({
      ...outboxTotals(database, name),
      lastError: new SinkState(database, name).read().lastError,
    })),
  );
  return sinks.map((sink, index) => ({
    name: sink.name,
    address: sink.address(courier.config),
    waiting: rows?.[index]?.waiting ?? 0,
    dead: rows?.[index]?.dead ?? 0,
    lastError: rows?.[index]?.lastError ?? null,
    fault: alertAccessFault(courier.config, sink),
  }));
}

function render(
  alerts: readonly ShownAlert[],
  {
    cli,
    channels,
    withOk,
    escalation,
  }: {
    readonly cli: CliEnvironment;
    readonly channels: readonly Channel[];
    readonly withOk: boolean;
    readonly escalation: {
      readonly level_2: readonly string[];
      readonly level_3: readonly string[];
    };
  },
): string {
  const now = cli.now();
  const shown = alerts.filter(
    ({ state, silencedUntil }) => withOk || state !== 'ok' || silencedUntil !== null,
  );
  const paint = painter(cli.color);
  const table = renderTable(
    cli,
    [
      {
        title: 'State',
        cell: ({ state }) => state,
        isWhole: true,
        paint: ({ state }) => STATE_PAINT[state],
      },
      { title: 'Level', cell: ({ level }) => level, isWhole: true },
      { title: 'Rule', cell: ({ rule }) => rule, isWhole: true },
      { title: 'Since', cell: ({ since }) => (since === null ? '' : ago(since, now)), rank: 1 },
      {
        title: 'What',
        cell: ({ title, detail, silencedUntil }) => {
          const what = detail === null ? title : `${title}: ${detail}`;
          if (silencedUntil === null) return what;
          return `${what}; nobody is told until ${localTime(silencedUntil)}`;
        },
      },
    ],
    shown,
  );
  const firing = alerts.filter(({ state }) => state === 'firing');
  const steps = firing.map(
    ({ rule, action, runbook, respondWithinMinutes: minutes }) =>
      `${paint('bold', rule)}: act within ${minutes} min.\n  First: ${action}\n  Then:  ${runbook}\n`,
  );
  const { level_2: second, level_3: third } = escalation;
  const contacts =
    firing.length === 0
      ? []
      : [
          ...(second.length > 0 ? [`After 15 minutes call ${second.join(', ')}.\n`] : []),
          ...(third.length > 0 ? [`After 30 minutes call ${third.join(', ')}.\n`] : []),
        ];
  const troubled = channels.flatMap(({ name, waiting, dead, fault, lastError }) => {
    if (fault !== null) return [`The ${name} cannot be used: ${fault}\n`];
    if (waiting + dead === 0) return [];
    return [
      `The ${name} has ${waiting} to be sent and refused ${dead}: ${lastError ?? 'not tried yet'}\n`,
    ];
  });
  const head = shown.length === 0 ? `Nothing is wrong by ${alerts.length} rules.\n` : table;
  return [
    head,
    ...(steps.length > 0 ? ['\n', ...steps] : []),
    ...contacts,
    ...troubled.map(plain),
  ].join('');
}

function plain(line: string): string {
  return `${plainLine(line.trimEnd())}\n`;
}

const STATE_PAINT: Readonly<Record<ShownAlert['state'], Paint | undefined>> = {
  firing: 'red',
  silenced: 'yellow',
  pending: 'yellow',
  resolved: 'green',
  ok: undefined,
};

function forJson(alert: ShownAlert) {
  const { since, firedAt, resolvedAt, silencedUntil } = alert;
  return {
    ...alert,
    since: isoTime(since),
    firedAt: isoTime(firedAt),
    resolvedAt: isoTime(resolvedAt),
    silencedUntil: isoTime(silencedUntil),
  };
}
