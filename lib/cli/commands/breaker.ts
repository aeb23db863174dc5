import type { BreakerState, Transition } from '../../delivery/breaker/breaker.ts';
import { CLOSED } from '../../delivery/breaker/breaker.ts';
import { loadConfig } from '../../config/config-file.ts';
import type { Config } from '../../config/config.ts';
import { breakerPolicy } from '../../delivery/delivery-policy.ts';
import type { Sink } from '../../delivery/sink.ts';
import { SINKS } from '../../delivery/sinks.ts';
import { sinksInUse } from '../../delivery/sinks-in-use.ts';
import { withDelivery } from '../../health/delivery-side.ts';
import { actionArg, actionOf } from '../arguments/action.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import type { CliEnvironment } from '../environment.ts';
import { isoTime } from '../../base/clock.ts';
import { printJson } from '../output/json-output.ts';
import { noSinkLine } from '../output/sink-text.ts';
import { plainLine } from '../output/plain-text.ts';
import { counted } from '../../base/amount-text.ts';
import { sinkArg, sinkOf } from '../arguments/sink-choice.ts';
import { painter, renderTable } from '../listing/table.ts';
import type { Paint } from '../listing/table.ts';
import { ago, span } from '../../base/time-text.ts';
import { UsageError } from '../arguments/usage-error.ts';

const ACTIONS = ['show', 'reset', 'trip'] as const;
const SHOWN_TRANSITIONS = 10;

/** `breaker`: shows, closes or opens the circuit breakers. */
export const breakerCommand = trackerCommand({
  name: 'breaker',
  summary: 'Show the circuit breakers, close them, or open one for a drill.',
  examples: [
    'pattern-tracker breaker',
    'pattern-tracker breaker reset',
    'pattern-tracker breaker trip --sink http --reason "drill"',
  ],
  actions: {
    show: 'each breaker with its history',
    reset: 'close both, or with --sink only that one',
    trip: 'open the one that --sink names, for a drill',
  },
  details: `The server and the collector have one each, shared by all processes. While it is open, nothing is sent
until the recovery timeout is over; while it is half open, single events probe whether it can close.`,
  json: `{state, failure_count, last_failure_time, last_success_time, failure_threshold, recovery_timeout,
opened_at, retry_at, reason, trips, history: [{at, from, to, reason}]} for the first, and sinks: the same
for each, with its name as sink.`,
  args: {
    ...actionArg(ACTIONS),
    ...sinkArg,
    reason: { type: 'string', valueHint: 'text', default: 'by hand', description: 'For trip: why' },
    ...common.jsonArg,
  },
  run(args, cli) {
    const action = actionOf(args.action, ACTIONS, 'breaker');
    const only = sinkOf(args);
    const loaded = loadConfig(cli.paths, { env: cli.env });
    const { config } = loaded;
    const views = withDelivery(cli, loaded, ({ sinks, storeOf }) => {
      const chosen = only ? [only] : sinks;
      if (action === 'trip') checkOne(chosen);
      return chosen.map((sink): BreakerView => {
        const { breaker, state } = storeOf(sink);
        if (action === 'reset') {
          breaker.reset();
          state.pause(0);
        }
        if (action === 'trip') breaker.trip(args.reason);
        return { sink, state: breaker.read(), history: breaker.history(SHOWN_TRANSITIONS) };
      });
    });
    if (!views && action === 'trip') {
      throw new UsageError('nothing was recorded yet', 'There is no circuit to open.');
    }
    const shown = views ?? (only ? [only] : sinksInUse(config)).map(closed);
    if (args.json) {
      const sinks = shown.map((view) => ({ sink: view.sink.name, ...forJson(view, config) }));
      const { sink: _, ...first } = sinks[0] ?? {};
      printJson(cli, { ...first, sinks });
    } else {
      const asked = only ? [only] : SINKS;
      const missing =
        action === 'show' && noSinkLine(asked, config, cli.paths, 'no circuit is in use');
      if (missing) cli.out(missing);
      if (missing && shown.every(isUntouched)) return;
      const titled = shown.map((view) =>
        shown.length > 1
          ? `${title(view.sink, config, cli)}${text(view, config, cli)}`
          : text(view, config, cli),
      );
      cli.out(titled.join('\n'));
    }
  },
});

// --- internal ---

interface BreakerView {
  readonly sink: Sink;
  readonly state: BreakerState;
  readonly history: readonly Transition[];
}

/** @throws UsageError when several circuits would be opened, because a drill opens one */
function checkOne(sinks: readonly Sink[]): void {
  if (sinks.length === 1) return;
  const names = sinks.map(({ name }) => name).join(' or ');
  throw new UsageError('there is more than one circuit', `Give --sink ${names}.`);
}

function closed(sink: Sink): BreakerView {
  return { sink, state: CLOSED, history: [] };
}

/** True when the circuit was never used and never opened, so that there is nothing to show. */
function isUntouched({ state, history }: BreakerView): boolean {
  const { lastSuccessAt, lastFailureAt, trips } = state;
  return lastSuccessAt === null && lastFailureAt === null && trips === 0 && history.length === 0;
}

function title(sink: Sink, config: Config, cli: CliEnvironment): string {
  const address = sink.address(config);
  const where = address === null ? '' : `, ${plainLine(address)}`;
  return `${painter(cli.color)('bold', sink.name)}${where}\n`;
}

function text({ state, history }: BreakerView, config: Config, cli: CliEnvironment): string {
  const policy = breakerPolicy(config);
  const paint = painter(cli.color);
  const now = cli.now();
  const when = (at: number | null) => (at === null ? 'never' : ago(at, now));
  const lines: [string, string, Paint?][] = [
    ['State', state.phase.replace('_', ' '), state.phase === 'closed' ? 'green' : 'red'],
  ];
  if (state.phase !== 'closed') lines.push(['Reason', state.reason]);
  if (state.phase === 'open') {
    const left = state.openedAt + policy.recoveryTimeoutMs - now;
    lines.push(['Probed', left > 0 ? `in ${span(left)}` : 'with the next delivery']);
  }
  lines.push(
    ['Failures', `${state.consecutiveFailures} in a row, opens at ${policy.failureThreshold}`],
    ['Last', `success ${when(state.lastSuccessAt)}, failure ${when(state.lastFailureAt)}`],
    ['Opened', counted(state.trips, 'time')],
  );
  const head = lines
    .map(
      ([label, value, color]) =>
        `${paint('bold', label.padEnd(8))}  ${paint(color, plainLine(value))}\n`,
    )
    .join('');
  if (history.length === 0) return head;
  const table = renderTable<Transition>(
    cli,
    [
      { title: 'WHEN', cell: ({ at }) => ago(at, now) },
      { title: 'FROM', cell: ({ from }) => from.replace('_', ' ') },
      { title: 'TO', cell: ({ to }) => to.replace('_', ' ') },
      { title: 'WHY', cell: ({ reason }) => reason },
    ],
    history,
  );
  return `${head}\n${table}`;
}

function forJson({ state, history }: BreakerView, config: Config) {
  const policy = breakerPolicy(config);
  const openedAt = state.phase === 'open' ? state.openedAt : null;
  return {
    state: state.phase,
    failureCount: state.consecutiveFailures,
    lastFailureTime: isoTime(state.lastFailureAt),
    lastSuccessTime: isoTime(state.lastSuccessAt),
    failureThreshold: policy.failureThreshold,
    recoveryTimeout: policy.recoveryTimeoutMs / 1000,
    openedAt: isoTime(openedAt),
    retryAt: isoTime(openedAt === null ? null : openedAt + policy.recoveryTimeoutMs),
    reason: state.phase === 'closed' ? null : state.reason,
    trips: state.trips,
    history: history.map(({ at, ...rest }) => ({ at: isoTime(at), ...rest })),
  };
}
